"""Sellers, the queue of those who want to sell, and the people who act for them.

Apps above that have money to show extend `VendorAdmin`, as payments extend `OrderAdmin`.
"""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse
from unfold.admin import TabularInline
from unfold.decorators import action, display
from unfold.enums import ActionVariant
from unfold.forms import BaseDialogForm
from unfold.widgets import UnfoldAdminTextareaWidget, UnfoldAdminTextInputWidget

from shop.accounts.models import User
from shop.core.admin import (
    DaysFilter,
    ReadOnlyAdmin,
    ReadOnlyInline,
    ShopAdmin,
    changed_fields,
    dialog_fields,
    picture,
    staff,
)
from shop.core.images import image_url
from shop.vendors import services as vendors
from shop.vendors import states
from shop.vendors.models import Vendor, VendorChange, VendorInvitation, VendorMember
from shop.vendors.payout_details import masked

STATES = {"approved": "success", "pending": "info", "rejected": "danger", "suspended": "warning"}


class ReasonForm(BaseDialogForm):
    reason = forms.CharField(max_length=500, widget=UnfoldAdminTextareaWidget)


class ApprovalForm(BaseDialogForm):
    reason = forms.CharField(
        max_length=500,
        required=False,
        widget=UnfoldAdminTextInputWidget,
        help_text="For the trail only.",
    )


class StatusFilter(admin.SimpleListFilter):
    """In the order in which they need somebody."""

    title = "status"
    parameter_name = "status"

    def lookups(self, *_: object) -> list[tuple[str, str]]:
        order = ("pending", "suspended", "rejected", "approved")
        return [(status, status.capitalize()) for status in order]

    def queryset(self, request: HttpRequest, rows: QuerySet[Vendor]) -> QuerySet[Vendor]:
        status = self.value()
        return rows if status is None else rows.filter(status=status)


class MemberForm(forms.ModelForm):  # type: ignore[type-arg]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Another person is another member."""
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.fields["user"].disabled = True


class MemberInline(TabularInline):
    model = VendorMember
    form = MemberForm
    extra = 0
    autocomplete_fields = ["user"]
    tab = True

    def get_queryset(self, request: HttpRequest) -> QuerySet[VendorMember]:
        return super().get_queryset(request).select_related("user")


class InvitationInline(ReadOnlyInline):
    model = VendorInvitation
    fields = [
        "email",
        "role",
        "invited_by",
        "created_at",
        "expires_at",
        "accepted_at",
        "revoked_at",
    ]
    verbose_name_plural = "invitations"
    tab = True
    per_page = 20

    def get_queryset(self, request: HttpRequest) -> QuerySet[VendorInvitation]:
        return super().get_queryset(request).select_related("invited_by")


class ChangeInline(ReadOnlyInline):
    model = VendorChange
    fields = ["created_at", "kind", "actor", "reason", "details"]
    verbose_name_plural = "changes"
    tab = True
    per_page = 20

    def get_queryset(self, request: HttpRequest) -> QuerySet[VendorChange]:
        return super().get_queryset(request).select_related("actor")


@admin.register(Vendor)
class VendorAdmin(ShopAdmin):
    list_display = ["name", "state", "country", "member_count", "product_count", "created_at"]
    list_filter = [StatusFilter, "is_house", ("created_at", DaysFilter)]
    list_filter_submit = True
    search_fields = ["name", "slug", "contact_email", "members__user__email"]
    readonly_fields = [
        *("slug", "state", "status_reason", "is_house", "logo_preview"),
        *("payout_method", "pays_to", "created_at", "updated_at"),
    ]
    fieldsets = [
        (None, {"fields": ["name", "slug", ("state", "status_reason"), "description"]}),
        ("Contact", {"fields": [("contact_email", "contact_phone"), ("country", "logo_preview")]}),
        (
            "Terms",
            {
                "fields": [
                    "products_need_approval",
                    ("payout_schedule", "payout_hold_days", "payout_minimum"),
                    ("payout_method", "pays_to"),
                ]
            },
        ),
        ("Times", {"fields": [("is_house", "created_at", "updated_at")], "classes": ["collapse"]}),
    ]
    add_fieldsets = [
        (
            None,
            {
                "fields": ["name", "description", ("contact_email", "contact_phone"), "country"],
                "description": "It is pending; add its owner on the next page, then approve it.",
            },
        )
    ]
    inlines: list[Any] = [MemberInline, InvitationInline, ChangeInline]
    actions_detail: list[Any] = ["approve", "reject", "suspend"]
    actions = ["approve_selected"]
    # What each button makes of a vendor; it is offered only where the table allows it.
    moves = {
        "approve": Vendor.Status.APPROVED,
        "reject": Vendor.Status.REJECTED,
        "suspend": Vendor.Status.SUSPENDED,
    }

    def complete_rows(self, rows: Any) -> None:
        counts = Vendor.objects.filter(pk__in=[row.pk for row in rows]).order_by()
        members = dict(counts.values_list("pk").annotate(Count("members")))
        products = dict(counts.values_list("pk").annotate(Count("products")))
        for row in rows:
            row.member_count = members.get(row.pk, 0)
            row.product_count = products.get(row.pk, 0)

    @display(ordering="status", label=STATES)
    def state(self, vendor: Vendor) -> str:
        return vendor.status

    @display(description="members")
    def member_count(self, vendor: Any) -> int:
        return int(vendor.member_count)

    @display(description="products")
    def product_count(self, vendor: Any) -> int:
        return int(vendor.product_count)

    @display(description="logo")
    def logo_preview(self, vendor: Vendor) -> str:
        return picture(image_url(file=vendor.logo.name or ""), size=80) or "-"

    @display(description="pays to")
    def pays_to(self, vendor: Vendor) -> str:
        """Its owners write it; nobody reads whole numbers of accounts here."""
        details = masked(vendor.payout_details)
        return ", ".join(str(value) for value in details.values()) or "-"

    def get_fieldsets(self, request: HttpRequest, obj: Vendor | None = None) -> Any:
        return self.fieldsets if obj else self.add_fieldsets

    def get_inlines(self, request: HttpRequest, obj: Vendor | None) -> list[Any]:
        return list(self.inlines) if obj else []

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Books and trails refer to vendors: they are suspended, not deleted."""
        return False

    def save_model(self, request: HttpRequest, obj: Vendor, form: Any, change: bool) -> None:
        changes = changed_fields(form)
        if change:
            vendors.change_vendor(vendor=obj, changes=changes, actor=staff(request))
            return
        added = vendors.add_vendor(name=changes.pop("name"), fields=changes, actor=staff(request))
        obj.pk = added.pk

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        """The services write who acts for it. Without commit, saving only sorts the rows."""
        formset.save(commit=False)
        if formset.model is VendorMember:
            _write_members(form.instance, formset, staff(request))

    def has_decide_permission(self, request: HttpRequest, _: object = None) -> bool:
        return request.user.has_perm("vendors.change_vendor")

    def get_actions_detail(self, request: HttpRequest, object_id: int) -> list[Any]:
        allowed: list[Any] = super().get_actions_detail(request, object_id)
        vendor = Vendor.objects.filter(pk=object_id).first()
        if vendor is None:
            return []
        illegal = {
            f"vendors_vendor_{name}"
            for name, to in self.moves.items()
            if not states.may_move(vendor, to)
        }
        return [button for button in allowed if button.action_name not in illegal]

    @action(
        description="Approve",
        icon="check",
        variant=ActionVariant.PRIMARY,
        permissions=["decide"],
        dialog={
            "title": "Let this vendor sell?",
            "description": "Its active products are public at once.",
            "form_class": ApprovalForm,
            "form_submit_text": "Approve",
        },
    )
    def approve(self, request: HttpRequest, form: ApprovalForm, object_id: str) -> HttpResponse:
        vendor = Vendor.objects.get(pk=object_id)
        return self.perform(
            request,
            lambda: vendors.approve_vendor(
                vendor=vendor, actor=staff(request), **dialog_fields(form)
            ),
            done=f"{vendor} is approved.",
            page=self.page_of(object_id),
        )

    @action(
        description="Reject",
        icon="block",
        variant=ActionVariant.DANGER,
        permissions=["decide"],
        dialog={
            "title": "Reject this application?",
            "description": "Its owner reads the reason, and may apply once more.",
            "form_class": ReasonForm,
            "form_submit_text": "Reject",
        },
    )
    def reject(self, request: HttpRequest, form: ReasonForm, object_id: str) -> HttpResponse:
        vendor = Vendor.objects.get(pk=object_id)
        return self.perform(
            request,
            lambda: vendors.reject_vendor(
                vendor=vendor, actor=staff(request), **dialog_fields(form)
            ),
            done=f"{vendor} is rejected.",
            page=self.page_of(object_id),
        )

    @action(
        description="Suspend",
        icon="pause_circle",
        variant=ActionVariant.DANGER,
        permissions=["decide"],
        dialog={
            "title": "Suspend this vendor?",
            "description": "Its goods vanish and its people act no more; open orders go on.",
            "form_class": ReasonForm,
            "form_submit_text": "Suspend",
        },
    )
    def suspend(self, request: HttpRequest, form: ReasonForm, object_id: str) -> HttpResponse:
        vendor = Vendor.objects.get(pk=object_id)
        return self.perform(
            request,
            lambda: vendors.suspend_vendor(
                vendor=vendor, actor=staff(request), **dialog_fields(form)
            ),
            done=f"{vendor} is suspended.",
            page=self.page_of(object_id),
        )

    @admin.action(description="Approve the selected vendors", permissions=["decide"])
    def approve_selected(self, request: HttpRequest, selected: QuerySet[Vendor]) -> None:
        self.perform_each(
            request,
            selected,
            lambda vendor: vendors.approve_vendor(vendor=vendor, actor=staff(request)),
            done="{} vendors are approved.",
        )


def _write_members(vendor: Vendor, formset: Any, actor: User) -> None:
    """New ones first, so that the last owner may go when another comes."""
    for added in formset.new_objects:
        vendors.add_member(vendor=vendor, user=added.user, role=added.role, actor=actor)
    for changed, _ in formset.changed_objects:
        vendors.change_role(member=changed, role=changed.role, actor=actor)
    for gone in formset.deleted_objects:
        vendors.remove_member(member=gone, actor=actor)


@admin.register(VendorMember)
class VendorMemberAdmin(ReadOnlyAdmin):
    """To find people; their vendor's page is where they are added and removed."""

    list_display = ["user", "vendor", "role", "created_at"]
    list_filter = ["role"]
    list_select_related = ["user", "vendor"]
    search_fields = ["user__email", "vendor__name"]
    fields = ["user", "vendor", "role", "created_at"]
    ordering = ["-id"]


@admin.register(VendorInvitation)
class VendorInvitationAdmin(ReadOnlyAdmin):
    list_display = ["email", "vendor", "role", "created_at", "expires_at", "accepted_at"]
    list_filter = ["role", ("created_at", DaysFilter)]
    list_filter_submit = True
    list_select_related = ["vendor"]
    search_fields = ["email", "vendor__name"]
    ordering = ["-id"]


@admin.register(VendorChange)
class VendorChangeAdmin(ReadOnlyAdmin):
    list_display = ["created_at", "vendor", "kind", "actor", "reason"]
    list_filter = ["kind", ("created_at", DaysFilter)]
    list_filter_submit = True
    list_select_related = ["vendor", "actor"]
    search_fields = ["vendor__name", "kind", "reason", "actor__email"]
    ordering = ["-id"]
