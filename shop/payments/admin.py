"""Payments and refunds, and the order's page with both of them on it."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from unfold.decorators import action, display
from unfold.enums import ActionVariant

from shop.core.admin import DaysFilter, ReadOnlyAdmin, ReadOnlyInline, dialog_fields, money, staff
from shop.orders.admin import HistoryInline, OrderAdmin, OrderItemInline
from shop.orders.admin_parts import VendorOrderInline
from shop.orders.models import Order
from shop.payments import methods
from shop.payments import services as payments
from shop.payments.admin_forms import RefundForm, ResolveForm
from shop.payments.admin_inbox import DisputeInline
from shop.payments.models import Payment, Refund, RefundItem

COLORS = {
    "pending": "warning",
    "requires_action": "warning",
    "succeeded": "success",
    "declined": "danger",
    "failed": "danger",
    "cancelled": "danger",
    "refunded": "info",
    "held": "danger",
    "open": "danger",
    "won": "success",
    "lost": "danger",
    "closed": "info",
}


class PaymentInline(ReadOnlyInline):
    model = Payment
    fields = ["state", "method", "due", "given_back", "paid_at", "failure_reason", "created_at"]
    show_change_link = True

    due = money("amount")
    given_back = money("refunded_amount", "given back")

    @display(label=COLORS)
    def state(self, payment: Payment) -> str:
        return payment.status


@admin.register(Order)
class OrderWithPaymentsAdmin(OrderAdmin):
    inlines = [VendorOrderInline, OrderItemInline, PaymentInline, HistoryInline]
    actions_detail = [*OrderAdmin.actions_detail, "refund"]

    def has_refund_permission(self, request: HttpRequest, _: object = None) -> bool:
        return request.user.has_perm("payments.add_refund")

    def get_actions_detail(self, request: HttpRequest, object_id: int) -> list[Any]:
        buttons = super().get_actions_detail(request, object_id)
        paid = Payment.objects.filter(order=object_id, paid_at__isnull=False)
        if paid.exclude(status=Payment.Status.REFUNDED).exists():
            return buttons
        return [button for button in buttons if button.action_name != "orders_order_refund"]

    @action(
        description="Refund",
        icon="undo",
        variant=ActionVariant.WARNING,
        permissions=["refund"],
        dialog={
            "title": "Give money back",
            "description": "For cash and transfers: say so only when you have handed it over.",
            "form_class": RefundForm,
            "form_submit_text": "Refund",
        },
    )
    def refund(self, request: HttpRequest, form: RefundForm, object_id: str) -> HttpResponse:
        order = Order.objects.get(pk=object_id)
        return self.perform(
            request,
            lambda: payments.refund_order(order=order, actor=staff(request), **dialog_fields(form)),
            done=f"Money of {order} is given back.",
            page=self.page_of(object_id),
        )


class RefundInline(ReadOnlyInline):
    model = Refund
    fields = ["given_back", "state", "reason", "actor", "created_at", "succeeded_at"]
    show_change_link = True

    given_back = money("amount")

    @display(label=COLORS)
    def state(self, refund: Refund) -> str:
        return refund.status

    def get_queryset(self, request: HttpRequest) -> QuerySet[Refund]:
        return super().get_queryset(request).select_related("actor")


@admin.register(Payment)
class PaymentAdmin(ReadOnlyAdmin):
    list_display = ["id", "order", "state", "method", "due", "given_back", "paid_at", "created_at"]
    list_filter = ["status", "method", "provider", ("created_at", DaysFilter)]
    list_filter_submit = True
    list_select_related = ["order"]
    search_fields = ["order__number", "order__email", "provider_reference"]
    fieldsets = [
        (
            None,
            {
                "fields": [
                    *[("order", "state"), ("due", "came"), ("given_back", "failure_reason")],
                    *[("method", "instructions"), ("created_at", "paid_at")],
                ]
            },
        ),
        (
            "Provider",
            {"fields": [("provider", "provider_reference"), ("checked_at", "closed_at")]},
        ),
    ]
    inlines = [RefundInline, DisputeInline]
    actions_detail = ["confirm_arrival", "resolve"]
    ordering = ["-id"]

    due = money("amount")
    given_back = money("refunded_amount", "given back")

    @display(ordering="status", label=COLORS)
    def state(self, payment: Payment) -> str:
        return payment.status

    @display(description="came")
    def came(self, payment: Payment) -> str:
        if not payment.captured_currency:
            return "-"
        return f"{payment.captured_amount:,} {payment.captured_currency}"

    def has_confirm_permission(self, request: HttpRequest, _: object = None) -> bool:
        return request.user.has_perm("payments.change_payment")

    def get_actions_detail(self, request: HttpRequest, object_id: int) -> list[Any]:
        """Only money that people carry is confirmed by people, and only what is held decided."""
        payment = Payment.objects.filter(pk=object_id).first()
        if payment is None:
            return []
        fitting = set()
        if payment.paid_at is None and payment.method in methods.manual():
            fitting.add("payments_payment_confirm_arrival")
        if payment.status == Payment.Status.HELD:
            fitting = {"payments_payment_resolve"}
        buttons = super().get_actions_detail(request, object_id)
        return [button for button in buttons if button.action_name in fitting]

    @action(
        description="The money has arrived",
        icon="check_circle",
        variant=ActionVariant.PRIMARY,
        permissions=["confirm"],
        dialog={
            "title": "Has the money arrived?",
            "description": "The order counts as paid, and its stock as sold.",
            "form_class": None,
            "form_submit_text": "It has arrived",
        },
    )
    def confirm_arrival(self, request: HttpRequest, form: Any, object_id: str) -> HttpResponse:
        payment = Payment.objects.get(pk=object_id)
        return self.perform(
            request,
            lambda: payments.confirm_payment(payment=payment, actor=staff(request)),
            done=f"{payment.order} is paid.",
            page=self.page_of(object_id),
        )

    @action(
        description="Decide",
        icon="gavel",
        variant=ActionVariant.PRIMARY,
        permissions=["confirm"],
        dialog={
            "title": "What came is not what was asked for",
            "description": "The order waits for your decision.",
            "form_class": ResolveForm,
            "form_submit_text": "Decide",
        },
    )
    def resolve(self, request: HttpRequest, form: ResolveForm, object_id: str) -> HttpResponse:
        payment = Payment.objects.get(pk=object_id)
        decision = dialog_fields(form)
        return self.perform(
            request,
            lambda: payments.resolve_payment(payment=payment, actor=staff(request), **decision),
            done=f"Decided about the payment of {payment.order}.",
            page=self.page_of(object_id),
        )


class RefundItemInline(ReadOnlyInline):
    model = RefundItem
    fields = ["order_item", "quantity", "given_back"]
    verbose_name_plural = "lines"

    given_back = money("amount")

    def get_queryset(self, request: HttpRequest) -> QuerySet[RefundItem]:
        return super().get_queryset(request).select_related("order_item")


@admin.register(Refund)
class RefundAdmin(ReadOnlyAdmin):
    list_display = ["id", "order", "given_back", "state", "reason", "actor", "created_at"]
    list_filter = ["status", ("created_at", DaysFilter)]
    list_filter_submit = True
    list_select_related = ["payment__order", "actor"]
    search_fields = ["payment__order__number", "reason", "provider_reference"]
    exclude = ["amount"]
    readonly_fields = ["given_back"]
    inlines = [RefundItemInline]
    ordering = ["-id"]

    given_back = money("amount")

    @display(ordering="status", label=COLORS)
    def state(self, refund: Refund) -> str:
        return refund.status

    @display(description="order", ordering="payment__order__number")
    def order(self, refund: Refund) -> str:
        return refund.payment.order.number


@admin.register(RefundItem)
class RefundItemAdmin(ReadOnlyAdmin):
    list_display = ["order", "order_item", "quantity", "given_back"]
    list_select_related = ["refund__payment__order", "order_item"]
    search_fields = ["refund__payment__order__number", "order_item__sku"]
    exclude = ["amount"]
    readonly_fields = ["given_back"]
    ordering = ["-id"]

    given_back = money("amount")

    @display(description="order", ordering="refund__payment__order__number")
    def order(self, part: RefundItem) -> str:
        return part.refund.payment.order.number
