"""The parts of orders: what each vendor sells and sends, and the moves of one part alone."""

from collections.abc import Callable
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
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
from shop.orders.models import Order, OrderItem, VendorOrder, VendorOrderStatusChange
from shop.products.options import Options


class VendorOrderInline(ReadOnlyInline):
    """The parcels of an order, for its page."""

    model = VendorOrder
    fields = ["part", "state", "vendor", "carrier", "tracking_number", "total", "commission"]
    verbose_name_plural = "parts"

    total = money("total_price", "total")
    commission = money("commission_total", "commission")

    def get_queryset(self, request: HttpRequest) -> QuerySet[VendorOrder]:
        return super().get_queryset(request).select_related("vendor")

    @display(description="number")
    def part(self, part: VendorOrder) -> str:
        return link_to(VendorOrder, part.pk, part.number)

    @display(label=COLORS)
    def state(self, part: VendorOrder) -> str:
        return part.status


class PartItemInline(ReadOnlyInline):
    model = OrderItem
    fields = ["goods", "sku", "chosen", "quantity", "refunded_quantity", "total", "commission"]
    verbose_name_plural = "lines"

    total = money("line_total", "total")
    commission = money("commission_total", "commission")

    def get_queryset(self, request: HttpRequest) -> QuerySet[OrderItem]:
        return super().get_queryset(request).select_related("product")

    @display(description="goods")
    def goods(self, item: OrderItem) -> str:
        return link_to(type(item.product), item.product_id, item.product_name)

    @display(description="options")
    def chosen(self, item: OrderItem) -> str:
        return str(Options(item.options)) or "-"


class PartHistoryInline(ReadOnlyInline):
    model = VendorOrderStatusChange
    fields = ["created_at", "move", "actor", "note"]
    verbose_name_plural = "history"

    @display(description="move")
    def move(self, change: VendorOrderStatusChange) -> str:
        return str(change)

    def get_queryset(self, request: HttpRequest) -> QuerySet[VendorOrderStatusChange]:
        return super().get_queryset(request).select_related("actor")


def _dialog(title: str, submit: str, form: type[NoteForm] = NoteForm, text: str = "") -> Any:
    return {
        "title": title,
        "description": text,
        "form_class": form,
        "form_submit_text": submit,
    }


@admin.register(VendorOrder)
class VendorOrderAdmin(ReadOnlyAdmin):
    list_display = ["number", "vendor", "state", "total", "commission", "created_at"]
    list_filter = ["status", "vendor", ("created_at", DaysFilter)]
    list_filter_submit = True
    list_select_related = ["vendor"]
    search_fields = ["number", "vendor__name", "tracking_number"]
    ordering = ["-id"]
    inlines: list[Any] = [PartItemInline, PartHistoryInline]
    fieldsets = [
        (None, {"fields": [("order", "vendor"), ("state", "total"), ("commission",)]}),
        ("Delivery", {"fields": [("carrier", "tracking_number")]}),
        (
            "Sums",
            {"fields": [("goods", "shipping", "tax", "discount")], "classes": ["collapse"]},
        ),
        (
            "Times",
            {
                "fields": [("created_at", "shipped_at"), ("delivered_at", "cancelled_at")],
                "classes": ["collapse"],
            },
        ),
    ]
    actions_detail: list[Any] = ["process", "ship", "deliver", "cancel"]
    # What each button makes of a part; it is offered only where that is possible.
    moves = {
        "process": Order.Status.PROCESSING,
        "ship": Order.Status.SHIPPED,
        "deliver": Order.Status.DELIVERED,
        "cancel": Order.Status.CANCELLED,
    }

    total = money("total_price", "total")
    commission = money("commission_total", "commission")
    goods = money("subtotal", "goods")
    shipping = money("shipping_total", "shipping")
    tax = money("tax_total", "tax")
    discount = money("discount_total", "discount")

    @display(ordering="status", label=COLORS)
    def state(self, part: VendorOrder) -> str:
        return part.status

    def has_move_permission(self, request: HttpRequest, _: object = None) -> bool:
        return request.user.has_perm("orders.change_order")

    def get_actions_detail(self, request: HttpRequest, object_id: int) -> list[Any]:
        allowed: list[Any] = super().get_actions_detail(request, object_id)
        part = VendorOrder.objects.select_related("order").filter(pk=object_id).first()
        if part is None:
            return []
        illegal = {
            f"orders_vendororder_{name}"
            for name, to in self.moves.items()
            if not _may_move(part, to)
        }
        return [button for button in allowed if button.action_name not in illegal]

    @action(
        description="Process",
        icon="package_2",
        variant=ActionVariant.PRIMARY,
        permissions=["move"],
        dialog=_dialog("Begin to pack this part?", "Process"),
    )
    def process(self, request: HttpRequest, form: NoteForm, object_id: str) -> HttpResponse:
        return self._move(orders.process_part, request, form, object_id, "is being processed")

    @action(
        description="Ship",
        icon="local_shipping",
        variant=ActionVariant.PRIMARY,
        permissions=["move"],
        dialog=_dialog(
            "Ship this part", "Ship", ShipForm, "Who carries it, and how it is followed."
        ),
    )
    def ship(self, request: HttpRequest, form: ShipForm, object_id: str) -> HttpResponse:
        return self._move(orders.ship_part, request, form, object_id, "is shipped")

    @action(
        description="Deliver",
        icon="home",
        variant=ActionVariant.PRIMARY,
        permissions=["move"],
        dialog=_dialog("Has this part arrived?", "Delivered"),
    )
    def deliver(self, request: HttpRequest, form: NoteForm, object_id: str) -> HttpResponse:
        return self._move(orders.deliver_part, request, form, object_id, "is delivered")

    @action(
        description="Cancel",
        icon="cancel",
        variant=ActionVariant.DANGER,
        permissions=["move"],
        dialog=_dialog(
            "Cancel this part?",
            "Cancel the part",
            text="Its goods return to the shelf and its money to the buyer; the others go on.",
        ),
    )
    def cancel(self, request: HttpRequest, form: NoteForm, object_id: str) -> HttpResponse:
        return self._move(orders.cancel_part, request, form, object_id, "is cancelled")

    def _move(
        self,
        move: Callable[..., VendorOrder],
        request: HttpRequest,
        form: NoteForm,
        object_id: str,
        what: str,
    ) -> HttpResponse:
        part = VendorOrder.objects.get(pk=object_id)
        return self.perform(
            request,
            lambda: move(part=part, actor=staff(request), **dialog_fields(form)),
            done=f"{part} {what}.",
            page=self.page_of(object_id),
        )


def _may_move(part: VendorOrder, to: str) -> bool:
    """As the services have it: nothing of an unpaid order is sent, and no part alone cancelled."""
    if part.status == Order.Status.PENDING:
        return False
    if to == Order.Status.CANCELLED and part.order.paid_at is None:
        return False
    return to in states.MOVES[part.status]


@admin.register(VendorOrderStatusChange)
class VendorOrderStatusChangeAdmin(ReadOnlyAdmin):
    list_display = ["vendor_order", "from_status", "to_status", "actor", "note", "created_at"]
    list_filter = ["to_status", ("created_at", DaysFilter)]
    list_filter_submit = True
    list_select_related = ["vendor_order", "actor"]
    search_fields = ["vendor_order__number", "note", "actor__email"]
    ordering = ["-id"]
