"""Orders: snapshots to read, and the moves that the table of states allows.

`payments` stands above and completes the page: it registers `Order` with payments and
refunds on it (`shop/payments/admin.py`).
"""

from typing import Any

from django.contrib import admin
from django.db.models import Count, QuerySet, Sum
from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html_join
from unfold.decorators import action, display
from unfold.enums import ActionVariant

from shop.core.admin import (
    DaysFilter,
    ReadOnlyAdmin,
    ReadOnlyInline,
    dialog_fields,
    link_to,
    money,
    staff,
)
from shop.orders import services as orders
from shop.orders import states
from shop.orders.admin_forms import COLORS, NoteForm, ShipForm
from shop.orders.admin_parts import VendorOrderInline
from shop.orders.models import Order, OrderItem, OrderStatusChange
from shop.products.options import Options

ADDRESS = (
    "full_name",
    "line1",
    "line2",
    "postal_code",
    "city",
    "region",
    "country",
    "phone_number",
)


class OrderItemInline(ReadOnlyInline):
    model = OrderItem
    fields = ["goods", "sku", "chosen", "vendor", "quantity", "unit_price", "total"]
    verbose_name_plural = "lines"

    unit_price = money("price")
    total = money("line_total", "total")

    def get_queryset(self, request: HttpRequest) -> QuerySet[OrderItem]:
        return super().get_queryset(request).select_related("product", "vendor", "order")

    @display(description="goods")
    def goods(self, item: OrderItem) -> str:
        return link_to(type(item.product), item.product_id, item.product_name)

    @display(description="options")
    def chosen(self, item: OrderItem) -> str:
        return str(Options(item.options)) or "-"


class HistoryInline(ReadOnlyInline):
    model = OrderStatusChange
    fields = ["created_at", "move", "actor", "note"]
    verbose_name_plural = "history"

    @display(description="move")
    def move(self, change: OrderStatusChange) -> str:
        return str(change)

    def get_queryset(self, request: HttpRequest) -> QuerySet[OrderStatusChange]:
        return super().get_queryset(request).select_related("actor")


class OrderAdmin(ReadOnlyAdmin):
    """Registered, with payments added, by `shop.payments.admin`."""

    list_display = ["number", "state", "user", "pieces", "total", "paid_at", "placed_at"]
    list_filter = ["status", "is_disputed", ("placed_at", DaysFilter), ("paid_at", DaysFilter)]
    list_filter_submit = True
    list_select_related = ["user"]
    search_fields = ["number", "email", "items__sku", "tracking_number"]
    ordering = ["-id"]
    inlines: list[Any] = [VendorOrderInline, OrderItemInline, HistoryInline]
    fieldsets = [
        (None, {"fields": [("state", "total"), ("user", "email"), ("note", "dispute")]}),
        (
            "Delivery",
            {"fields": [("ships_to", "bills_to"), ("carrier", "tracking_number")]},
        ),
        (
            "Sums",
            {
                "fields": [("goods", "shipping", "tax", "discount")],
                "classes": ["collapse"],
            },
        ),
        (
            "Times",
            {
                "fields": [
                    ("placed_at", "expires_at", "paid_at"),
                    ("shipped_at", "delivered_at", "cancelled_at"),
                ],
                "classes": ["collapse"],
            },
        ),
    ]
    actions_detail: list[Any] = ["process", "ship", "deliver", "cancel"]
    actions = ["process_selected", "deliver_selected"]
    # What each button makes of an order; it is offered only where the table allows it.
    moves = {
        "process": Order.Status.PROCESSING,
        "ship": Order.Status.SHIPPED,
        "deliver": Order.Status.DELIVERED,
        "cancel": Order.Status.CANCELLED,
    }

    total = money("total_price", "total")
    goods = money("subtotal", "goods")
    shipping = money("shipping_total", "shipping")
    tax = money("tax_total", "tax")
    discount = money("discount_total", "discount")

    def complete_rows(self, rows: Any) -> None:
        items = OrderItem.objects.filter(order__in=[row.pk for row in rows]).order_by()
        found = items.values_list("order").annotate(Count("id"), Sum("quantity"))
        counts = {order: pieces for order, _, pieces in found}
        for row in rows:
            row.pieces = counts.get(row.pk, 0)

    @display(ordering="status", label=COLORS)
    def state(self, order: Order) -> str:
        return order.status

    @display(description="dispute")
    def dispute(self, order: Order) -> str:
        return "The payer's bank disputes it, or has won." if order.is_disputed else "-"

    @display(description="pieces")
    def pieces(self, order: Any) -> int:
        return int(order.pieces)

    @display(description="ships to")
    def ships_to(self, order: Order) -> str:
        return _address(order.shipping_address)

    @display(description="bills to")
    def bills_to(self, order: Order) -> str:
        return _address(order.billing_address)

    def has_move_permission(self, request: HttpRequest, _: object = None) -> bool:
        return request.user.has_perm("orders.change_order")

    def get_actions_detail(self, request: HttpRequest, object_id: int) -> list[Any]:
        allowed: list[Any] = super().get_actions_detail(request, object_id)
        order = Order.objects.filter(pk=object_id).first()
        if order is None:
            return []
        illegal = {
            f"orders_order_{name}"
            for name, to in self.moves.items()
            if not states.may_move(order, to)
        }
        return [button for button in allowed if button.action_name not in illegal]

    @action(
        description="Process",
        icon="package_2",
        variant=ActionVariant.PRIMARY,
        permissions=["move"],
        dialog={
            "title": "Begin to pack this order?",
            "description": "The shopper can no longer change it.",
            "form_class": NoteForm,
            "form_submit_text": "Process",
        },
    )
    def process(self, request: HttpRequest, form: NoteForm, object_id: str) -> HttpResponse:
        order = Order.objects.get(pk=object_id)
        return self.perform(
            request,
            lambda: orders.process_order(order=order, actor=staff(request), **dialog_fields(form)),
            done=f"{order} is being processed.",
            page=self.page_of(object_id),
        )

    @action(
        description="Ship",
        icon="local_shipping",
        variant=ActionVariant.PRIMARY,
        permissions=["move"],
        dialog={
            "title": "Ship this order",
            "description": "Who carries it, and how it is followed.",
            "form_class": ShipForm,
            "form_submit_text": "Ship",
        },
    )
    def ship(self, request: HttpRequest, form: ShipForm, object_id: str) -> HttpResponse:
        order = Order.objects.get(pk=object_id)
        return self.perform(
            request,
            lambda: orders.ship_order(order=order, actor=staff(request), **dialog_fields(form)),
            done=f"{order} is shipped.",
            page=self.page_of(object_id),
        )

    @action(
        description="Deliver",
        icon="home",
        variant=ActionVariant.PRIMARY,
        permissions=["move"],
        dialog={
            "title": "Has this order arrived?",
            "description": "",
            "form_class": NoteForm,
            "form_submit_text": "Delivered",
        },
    )
    def deliver(self, request: HttpRequest, form: NoteForm, object_id: str) -> HttpResponse:
        order = Order.objects.get(pk=object_id)
        return self.perform(
            request,
            lambda: orders.deliver_order(order=order, actor=staff(request), **dialog_fields(form)),
            done=f"{order} is delivered.",
            page=self.page_of(object_id),
        )

    @action(
        description="Cancel",
        icon="cancel",
        variant=ActionVariant.DANGER,
        permissions=["move"],
        dialog={
            "title": "Cancel this order?",
            "description": "Its stock is freed; what was paid is given back.",
            "form_class": NoteForm,
            "form_submit_text": "Cancel the order",
        },
    )
    def cancel(self, request: HttpRequest, form: NoteForm, object_id: str) -> HttpResponse:
        order = Order.objects.get(pk=object_id)
        return self.perform(
            request,
            lambda: orders.cancel_order(order=order, actor=staff(request), **dialog_fields(form)),
            done=f"{order} is cancelled.",
            page=self.page_of(object_id),
        )

    @admin.action(description="Process the selected orders", permissions=["move"])
    def process_selected(self, request: HttpRequest, selected: QuerySet[Order]) -> None:
        self.perform_each(
            request,
            selected,
            lambda order: orders.process_order(order=order, actor=staff(request)),
            done="{} orders are being processed.",
        )

    @admin.action(description="Mark the selected orders as delivered", permissions=["move"])
    def deliver_selected(self, request: HttpRequest, selected: QuerySet[Order]) -> None:
        self.perform_each(
            request,
            selected,
            lambda order: orders.deliver_order(order=order, actor=staff(request)),
            done="{} orders are delivered.",
        )


def _address(address: dict[str, str] | None) -> str:
    parts = [address[name] for name in ADDRESS if address.get(name)] if address else []
    return format_html_join("", "{}<br>", [(part,) for part in parts]) or "-"


@admin.register(OrderItem)
class OrderItemAdmin(ReadOnlyAdmin):
    list_display = ["order", "product_name", "sku", "vendor", "quantity", "total"]
    list_filter = ["vendor"]
    list_select_related = ["order", "vendor"]
    search_fields = ["order__number", "sku", "product_name"]
    exclude = ["price", "line_total"]
    readonly_fields = ["unit_price", "total"]
    ordering = ["-id"]

    unit_price = money("price")
    total = money("line_total", "total")


@admin.register(OrderStatusChange)
class OrderStatusChangeAdmin(ReadOnlyAdmin):
    list_display = ["order", "from_status", "to_status", "actor", "note", "created_at"]
    list_filter = ["to_status", ("created_at", DaysFilter)]
    list_filter_submit = True
    list_select_related = ["order", "actor"]
    search_fields = ["order__number", "note", "actor__email"]
    ordering = ["-id"]
