"""The books: to be read, and corrected by two of the staff."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from unfold.decorators import action, display
from unfold.enums import ActionVariant

from shop.core.admin import (
    DaysFilter,
    ReadOnlyAdmin,
    ReadOnlyInline,
    ShopAdmin,
    money,
    staff,
)
from shop.ledger import services as ledger
from shop.ledger.models import Adjustment, Entry, Transaction

STATES = {"proposed": "warning", "approved": "success", "rejected": "danger"}


class EntryInline(ReadOnlyInline):
    model = Entry
    fields = ["account", "vendor", "provider", "vendor_order", "debit_or_credit", "payout"]

    debit_or_credit = money("amount", "amount")

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related("vendor", "vendor_order", "payout")


@admin.register(Transaction)
class TransactionAdmin(ReadOnlyAdmin):
    list_display = ["created_at", "kind", "cause", "order", "actor", "note"]
    list_filter = ["kind", ("created_at", DaysFilter)]
    list_filter_submit = True
    list_select_related = ["order", "actor"]
    search_fields = ["cause", "order__number", "note"]
    fields = [("kind", "cause"), ("order", "actor"), "note", "created_at"]
    inlines = [EntryInline]
    ordering = ["-id"]


@admin.register(Entry)
class EntryAdmin(ReadOnlyAdmin):
    """Debits are positive, credits negative."""

    list_display = ["id", "kind", "account", "vendor", "part", "debit_or_credit", "payout", "day"]
    list_filter = ["account", "provider", "currency", ("transaction__created_at", DaysFilter)]
    list_filter_submit = True
    list_select_related = ["transaction", "vendor", "vendor_order", "payout"]
    search_fields = ["vendor__name", "vendor_order__number", "transaction__cause"]
    fields = [
        *[("transaction", "account"), ("vendor", "provider"), ("vendor_order", "payout")],
        "debit_or_credit",
    ]
    ordering = ["-id"]

    debit_or_credit = money("amount", "amount")

    @display(ordering="transaction__kind")
    def kind(self, entry: Entry) -> str:
        return entry.transaction.kind

    @display(ordering="vendor_order__number")
    def part(self, entry: Entry) -> str:
        return entry.vendor_order.number if entry.vendor_order else "-"

    @display(description="created at", ordering="transaction__created_at")
    def day(self, entry: Entry) -> Any:
        return entry.transaction.created_at


class AdjustmentForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = Adjustment
        fields = ["vendor", "amount", "currency", "reason"]


@admin.register(Adjustment)
class AdjustmentAdmin(ShopAdmin):
    """Proposed here by one of the staff, and approved by another."""

    form = AdjustmentForm
    list_display = [
        "created_at",
        "vendor",
        "credit",
        "state",
        "reason",
        "proposed_by",
        "decided_by",
    ]
    list_filter = ["status", ("created_at", DaysFilter)]
    list_filter_submit = True
    list_select_related = ["vendor", "proposed_by", "decided_by"]
    search_fields = ["vendor__name", "reason"]
    autocomplete_fields = ["vendor"]
    actions_detail = ["approve", "reject"]
    ordering = ["-id"]

    credit = money("amount", "credited to the vendor")

    @display(ordering="status", label=STATES)
    def state(self, adjustment: Adjustment) -> str:
        return adjustment.status

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        if obj is None:
            return ["vendor", "amount", "currency", "reason"]
        return [
            *[("vendor", "credit"), "reason", ("state", "created_at")],
            *[("proposed_by", "decided_by"), "decided_at"],
        ]

    def has_decide_permission(self, request: HttpRequest, _: object = None) -> bool:
        return request.user.has_perm("ledger.change_adjustment")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """It is decided about by the buttons, and never written over."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return [] if obj is None else ["credit", "state"]

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        return {"currency": settings.SHOP_CURRENCY}

    def save_model(self, request: HttpRequest, obj: Adjustment, form: Any, change: bool) -> None:
        fields = form.cleaned_data
        obj.pk = ledger.propose_adjustment(
            vendor=fields["vendor"],
            amount=fields["amount"],
            currency=fields["currency"],
            reason=fields["reason"],
            actor=staff(request),
        ).pk

    def get_actions_detail(self, request: HttpRequest, object_id: int) -> list[Any]:
        """Only what is not decided yet, and not by who proposed it."""
        adjustment = Adjustment.objects.filter(pk=object_id, status="proposed").first()
        if adjustment is None:
            return []
        buttons = super().get_actions_detail(request, object_id)
        if adjustment.proposed_by_id != staff(request).pk:
            return buttons
        own = "ledger_adjustment_approve"
        return [button for button in buttons if button.action_name != own]

    @action(
        description="Approve",
        icon="check_circle",
        variant=ActionVariant.PRIMARY,
        permissions=["decide"],
        dialog={
            "title": "Change the vendor's balance?",
            "description": "It is booked at once, and cannot be taken back but by another one.",
            "form_class": None,
            "form_submit_text": "Approve",
        },
    )
    def approve(self, request: HttpRequest, form: Any, object_id: str) -> HttpResponse:
        adjustment = Adjustment.objects.get(pk=object_id)
        return self.perform(
            request,
            lambda: ledger.approve_adjustment(adjustment=adjustment, actor=staff(request)),
            done=f"Booked: {adjustment}",
            page=self.page_of(object_id),
        )

    @action(
        description="Reject",
        icon="block",
        variant=ActionVariant.DANGER,
        permissions=["decide"],
        dialog={
            "title": "Reject it?",
            "description": "Nothing is booked.",
            "form_class": None,
            "form_submit_text": "Reject",
        },
    )
    def reject(self, request: HttpRequest, form: Any, object_id: str) -> HttpResponse:
        adjustment = Adjustment.objects.get(pk=object_id)
        return self.perform(
            request,
            lambda: ledger.reject_adjustment(adjustment=adjustment, actor=staff(request)),
            done=f"Rejected: {adjustment}",
            page=self.page_of(object_id),
        )
