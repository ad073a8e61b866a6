"""Rates of commission: to be set, ended, and withdrawn before they begin."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from unfold.decorators import action, display
from unfold.enums import ActionVariant
from unfold.forms import BaseDialogForm
from unfold.widgets import UnfoldAdminSplitDateTimeWidget

from shop.commissions import services as commissions
from shop.commissions.models import CommissionRule
from shop.core.admin import ShopAdmin, dialog_fields, money, staff

COLORS = {"counts": "success", "to come": "info", "ended": "warning"}


class EndForm(BaseDialogForm):
    valid_to = forms.SplitDateTimeField(
        required=False, widget=UnfoldAdminSplitDateTimeWidget, help_text="Empty: now. UTC."
    )


class RateForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = CommissionRule
        fields = ["vendor", "category", "product", "percent", "fee", "valid_from", "valid_to"]
        help_texts = {
            "category": "For it and what is below it.",
            "product": "For it alone. Neither: for all that the vendor sells.",
            "valid_from": "Empty: now.",
            "valid_to": "Empty: until another takes its place.",
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "valid_from" in self.fields:
            self.fields["valid_from"].required = False


@admin.register(CommissionRule)
class CommissionRuleAdmin(ShopAdmin):
    form = RateForm
    list_display = [
        *("vendor", "category", "product", "percent", "fee_of_piece"),
        *("state", "valid_from", "valid_to"),
    ]
    list_filter = [("valid_to", admin.EmptyFieldListFilter)]
    list_select_related = ["vendor", "category", "product"]
    search_fields = ["vendor__name", "product__name", "category__name"]
    autocomplete_fields = ["vendor", "category", "product"]
    ordering = ["-valid_from", "-id"]
    actions_detail = ["end"]
    actions: list[Any] = []

    fee_of_piece = money("fee")

    @display(label=COLORS)
    def state(self, rule: CommissionRule) -> str:
        now = timezone.now()
        if rule.valid_from > now:
            return "to come"
        return "counts" if rule.valid_to is None or rule.valid_to > now else "ended"

    def get_queryset(self, request: HttpRequest) -> QuerySet[CommissionRule]:
        found: QuerySet[CommissionRule] = super().get_queryset(request)
        return found.select_related("vendor", "category", "product", "actor")

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        fields = list(RateForm.Meta.fields)
        return [*fields, "is_replaced", "actor", "created_at"] if obj else fields

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """What was agreed on stays as it was: end it, and set another."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        may_delete: bool = super().has_delete_permission(request, obj)
        return may_delete and (obj is None or obj.valid_from > timezone.now())

    def has_end_permission(self, request: HttpRequest, _: object = None) -> bool:
        return request.user.has_perm("commissions.change_commissionrule")

    def save_model(
        self, request: HttpRequest, obj: CommissionRule, form: Any, change: bool
    ) -> None:
        rule = commissions.set_rate(**form.cleaned_data, actor=staff(request))
        obj.pk = rule.pk

    def delete_model(self, request: HttpRequest, obj: CommissionRule) -> None:
        commissions.withdraw_rate(rule=obj, actor=staff(request))

    @action(
        description="End",
        icon="event_busy",
        variant=ActionVariant.WARNING,
        permissions=["end"],
        dialog={
            "title": "End this rate?",
            "description": "What is less special counts again from then on.",
            "form_class": EndForm,
            "form_submit_text": "End",
        },
    )
    def end(self, request: HttpRequest, form: EndForm, object_id: str) -> HttpResponse:
        rule = CommissionRule.objects.get(pk=object_id)
        return self.perform(
            request,
            lambda: commissions.end_rate(rule=rule, actor=staff(request), **dialog_fields(form)),
            done="The rate is ended.",
            page=self.page_of(object_id),
        )
