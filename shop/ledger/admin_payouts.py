"""Payouts, the page of a run, and the vendor's page with its money on it."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils.html import format_html_join
from unfold.decorators import action, display
from unfold.enums import ActionVariant
from unfold.forms import BaseDialogForm
from unfold.widgets import UnfoldAdminTextInputWidget

from shop.core.admin import (
    DaysFilter,
    ReadOnlyAdmin,
    address_of,
    dialog_fields,
    link_to,
    money,
    said,
    staff,
)
from shop.core.errors import DomainError
from shop.core.files import CSV, file_answer
from shop.core.money import quantize
from shop.ledger import payout_querysets, services, statements
from shop.ledger.bank_file import bank_file
from shop.ledger.due import IN_WORDS, Due, HeldBack
from shop.ledger.models import Payout
from shop.orders.models import Order, VendorOrder
from shop.vendors.admin import VendorAdmin
from shop.vendors.models import Vendor

COLORS = {"scheduled": "warning", "sent": "info", "settled": "success", "failed": "danger"}
OPEN_PARTS = (Order.Status.PAID, Order.Status.PROCESSING, Order.Status.SHIPPED)
LAST = 10

# Which buttons each state has.
BUTTONS = {"scheduled": {"send", "fail"}, "sent": {"settle", "fail"}, "settled": {"fail"}}
ALWAYS = {"statement"}


class SettleForm(BaseDialogForm):
    reference = forms.CharField(
        max_length=200,
        required=False,
        help_text="The bank's name of it, if there is one.",
        widget=UnfoldAdminTextInputWidget,
    )


class FailForm(BaseDialogForm):
    reason = forms.CharField(
        max_length=500, help_text="The vendor reads it.", widget=UnfoldAdminTextInputWidget
    )


@admin.register(Payout)
class PayoutAdmin(ReadOnlyAdmin):
    list_display = ["number", "vendor", "state", "total", "method", "period_end", "created_at"]
    list_filter = ["status", "method", ("created_at", DaysFilter)]
    list_filter_submit = True
    list_select_related = ["vendor"]
    search_fields = ["number", "vendor__name", "reference"]
    fieldsets = [
        (
            None,
            {
                "fields": [
                    *[("number", "state"), ("vendor", "total"), ("period_end", "actor")],
                    *["failure_reason", "contents"],
                ]
            },
        ),
        ("Way", {"fields": [("method", "reference"), ("where_to", "attempted_at"), "refusals"]}),
        ("Times", {"fields": [("created_at", "sent_at"), ("settled_at", "failed_at")]}),
    ]
    actions_list = ["run", "file_for_the_bank"]
    actions_detail = ["send", "settle", "fail", "statement"]
    actions = ["send_selected"]
    ordering = ["-id"]

    total = money("amount", "amount")

    @display(ordering="status", label=COLORS)
    def state(self, payout: Payout) -> str:
        return payout.status

    @display(description="destination")
    def where_to(self, payout: Payout) -> str:
        told = [(name.replace("_", " "), value) for name, value in payout.destination.items()]
        return format_html_join("", "{}: {}<br>", told) or "-"

    @display(description="what it pays")
    def contents(self, payout: Payout) -> str:
        currency = payout.currency
        lines = [
            (line.what, f"{quantize(line.total, currency):,} {currency}")
            for line in payout_querysets.lines_of(payout)[:100]
        ]
        return format_html_join("", "{} · {}<br>", lines)

    def has_run_permission(self, request: HttpRequest, _: object = None) -> bool:
        return request.user.has_perm("ledger.add_payout")

    def has_move_permission(self, request: HttpRequest, _: object = None) -> bool:
        return request.user.has_perm("ledger.change_payout")

    def get_actions_detail(self, request: HttpRequest, object_id: int) -> list[Any]:
        state = Payout.objects.filter(pk=object_id).values_list("status", flat=True).first()
        fitting = {f"ledger_payout_{name}" for name in BUTTONS.get(state or "", set()) | ALWAYS}
        buttons = super().get_actions_detail(request, object_id)
        return [button for button in buttons if button.action_name in fitting]

    # --- A run ----------------------------------------------------------------------------

    @action(description="Run with preview", icon="payments", permissions=["run"], url_path="run")
    def run(self, request: HttpRequest) -> HttpResponse:
        """What is due to whom; and, when it is sent, the run of those that were chosen."""
        if request.method == "POST":
            return self._pay(request)
        judged = services.preview_payouts()
        payable = [due for due, reason in judged if reason in {None, HeldBack.NOT_ITS_DAY}]
        context = {
            **self.admin_site.each_context(request),
            "title": "Payout run",
            "opts": self.model._meta,
            "today": services.today(),
            "payable": payable,
            "todays": {due.vendor_id for due, reason in judged if reason is None},
            "held_back": [
                (due, IN_WORDS[reason])
                for due, reason in judged
                if reason not in {None, HeldBack.NOT_ITS_DAY}
            ],
            "back": address_of(Payout),
        }
        return TemplateResponse(request, "ledger/run.html", context)

    def _pay(self, request: HttpRequest) -> HttpResponse:
        chosen = [value for value in request.POST.getlist("vendor") if value.isdigit()]
        vendors = list(Vendor.objects.filter(pk__in=chosen[:1000], is_house=False))
        if not vendors:
            self.message_user(request, "Choose whom to pay.", messages.WARNING)
            return HttpResponseRedirect(request.get_full_path())
        try:
            done = services.schedule_payouts(
                on=services.today(), vendors=vendors, actor=staff(request)
            )
        except DomainError as refusal:
            self.message_user(request, said(refusal), messages.ERROR)
        else:
            made = len(done.payouts)
            self.message_user(request, f"{made} payouts are scheduled.", messages.SUCCESS)
        return HttpResponseRedirect(address_of(Payout))

    @action(
        description="File for the bank",
        icon="download",
        permissions=["move"],
        url_path="bank-file",
    )
    def file_for_the_bank(self, request: HttpRequest) -> HttpResponse:
        text = bank_file(payout_querysets.for_the_bank())
        return file_answer(text, name="payouts.csv", media_type=CSV)

    # --- One payout -------------------------------------------------------------------------

    @action(description="Statement", icon="description", url_path="statement")
    def statement(self, request: HttpRequest, object_id: str) -> HttpResponse:
        payout = Payout.objects.get(pk=object_id)
        text = statements.as_csv(payout, payout_querysets.lines_of(payout))
        return file_answer(text, name=f"{payout.number}.csv", media_type=CSV)

    @action(
        description="Send",
        icon="send",
        variant=ActionVariant.PRIMARY,
        permissions=["move"],
        dialog={
            "title": "Send this payout?",
            "description": "By hand: the bank was told to pay it. Stripe: it is transferred now.",
            "form_class": None,
            "form_submit_text": "Send",
        },
    )
    def send(self, request: HttpRequest, form: Any, object_id: str) -> HttpResponse:
        payout = Payout.objects.get(pk=object_id)
        return self.perform(
            request,
            lambda: services.send_payout(payout=payout, actor=staff(request)),
            done=f"{payout} is sent.",
            page=self.page_of(object_id),
        )

    @action(
        description="It has arrived",
        icon="check_circle",
        variant=ActionVariant.PRIMARY,
        permissions=["move"],
        dialog={
            "title": "Has the vendor got the money?",
            "description": "",
            "form_class": SettleForm,
            "form_submit_text": "It has arrived",
        },
    )
    def settle(self, request: HttpRequest, form: SettleForm, object_id: str) -> HttpResponse:
        payout, told = Payout.objects.get(pk=object_id), dialog_fields(form)
        return self.perform(
            request,
            lambda: services.settle_payout(payout=payout, actor=staff(request), **told),
            done=f"{payout} is settled.",
            page=self.page_of(object_id),
        )

    @action(
        description="It came back",
        icon="undo",
        variant=ActionVariant.DANGER,
        permissions=["move"],
        dialog={
            "title": "Give this payout up?",
            "description": "The amount is payable again, with the vendor's next payout.",
            "form_class": FailForm,
            "form_submit_text": "Give it up",
        },
    )
    def fail(self, request: HttpRequest, form: FailForm, object_id: str) -> HttpResponse:
        payout, told = Payout.objects.get(pk=object_id), dialog_fields(form)
        return self.perform(
            request,
            lambda: services.fail_payout(payout=payout, actor=staff(request), **told),
            done=f"{payout} is payable again.",
            page=self.page_of(object_id),
        )

    @admin.action(description="Mark the selected payouts as sent", permissions=["move"])
    def send_selected(self, request: HttpRequest, selected: QuerySet[Payout]) -> None:
        self.perform_each(
            request,
            selected,
            lambda payout: services.send_payout(payout=payout, actor=staff(request)),
            done="{} payouts are sent.",
        )


# The page of vendors is theirs; what stands above them completes it.
if admin.site.is_registered(Vendor):
    admin.site.unregister(Vendor)


@admin.register(Vendor)
class VendorWithMoneyAdmin(VendorAdmin):
    """The vendor's page, and on it what it has and what it was paid."""

    MONEY = ("balance_now", "due_now", "open_parts", "last_payouts")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        shown = super().get_readonly_fields(request, obj)
        return [*shown, *self.MONEY] if self._has_money(request, obj) else shown

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        money_box = ("Money", {"fields": [self.MONEY[:3], self.MONEY[3]]})
        fieldsets = [
            (title, {**box, "fields": [f for f in box["fields"] if f not in self.MONEY]})
            for title, box in super().get_fieldsets(request, obj)
        ]
        # Above the times, which are folded away.
        return (
            [*fieldsets[:-1], money_box, fieldsets[-1]]
            if self._has_money(request, obj)
            else fieldsets
        )

    @staticmethod
    def _has_money(request: HttpRequest, obj: Any) -> bool:
        may_see = request.user.has_perm("ledger.view_payout")
        return obj is not None and not obj.is_house and may_see

    @display(description="balance")
    def balance_now(self, vendor: Vendor) -> str:
        amounts = [(due.balance, due.currency) for due in _dues_of(vendor)]
        return format_html_join("", "{} {}<br>", amounts) or "0"

    @display(description="due now")
    def due_now(self, vendor: Vendor) -> str:
        amounts = [(due.amount, due.currency) for due in _dues_of(vendor)]
        return format_html_join("", "{} {}<br>", amounts) or "0"

    @display(description="open parts of orders")
    def open_parts(self, vendor: Vendor) -> int:
        return VendorOrder.objects.filter(vendor=vendor, status__in=OPEN_PARTS).count()

    @display(description="last payouts")
    def last_payouts(self, vendor: Vendor) -> str:
        rows = payout_querysets.payouts_of(vendor)[:LAST]
        shown = [
            (link_to(Payout, row.pk, row.number), row.amount, row.currency, row.status)
            for row in rows
        ]
        return format_html_join("", "{} · {} {} · {}<br>", shown) or "-"


def _dues_of(vendor: Vendor) -> list[Due]:
    return payout_querysets.preview(on=services.today(), vendors=[vendor.pk])
