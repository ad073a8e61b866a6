"""Orders as they are read: who sees which, and what is read along with them."""

from collections.abc import Sequence
from typing import Any, cast

from django.db.models import F, QuerySet

from shop.accounts.models import User
from shop.core import references
from shop.orders.models import Order, OrderItem, OrderStatusChange

Row = dict[str, Any]

_ORDER = (
    "id",
    "number",
    "status",
    "subtotal",
    "shipping_total",
    "tax_total",
    "discount_total",
    "total_price",
    "currency",
    "shipping_address",
    "billing_address",
    "note",
    "carrier",
    "tracking_number",
    "placed_at",
    "expires_at",
    "paid_at",
    "shipped_at",
    "delivered_at",
    "cancelled_at",
    "created_at",
    "updated_at",
)
_ITEM = (
    "id",
    "order_id",
    "product_id",
    "variant_id",
    "vendor_id",
    "product_name",
    "product_slug",
    "sku",
    "options",
    "quantity",
    "price",
    "line_total",
)
PAYMENT_COLUMNS = (
    "id",
    "method",
    "provider",
    "status",
    "amount",
    "refunded_amount",
    "currency",
    "instructions",
    "paid_at",
)
_PAYMENT = {f"payment_{name}": F(f"payments__{name}") for name in PAYMENT_COLUMNS}


def visible_to(user: User) -> QuerySet[Order]:
    """A customer's own orders; every order for staff who may view them."""
    if user.is_staff and user.has_perm("orders.view_order"):
        return Order.objects.all()
    return Order.objects.filter(user=user)


def find(orders: QuerySet[Order], reference: str | int) -> Order:
    """The order with this id or number among `orders`, else `NotFound`."""
    return references.get(orders, str(reference).upper(), field="number")


def shown(orders: QuerySet[Order]) -> QuerySet[Order, Row]:
    """What is told of each order, without its lines and payments: see `complete`."""
    rows: QuerySet[Order, Row] = orders.values(*_ORDER)
    return rows


def complete(rows: Sequence[Row]) -> list[Row]:
    """`shown` orders with their items and payments: two queries, however many orders."""
    ids = [row["id"] for row in rows]
    items: dict[int, list[Row]] = {order_id: [] for order_id in ids}
    payments: dict[int, list[Row]] = {order_id: [] for order_id in ids}
    for line in lines().filter(order__in=ids):
        items[line["order_id"]].append(line_json(line))
    # Payments stand above orders: they are read here by the name of the relation only.
    paid = Order.objects.filter(pk__in=ids, payments__isnull=False).order_by("-payments__id")
    for payment in cast("QuerySet[Order, Row]", paid.values("id", **_PAYMENT)):
        of_order = payments[payment["id"]]
        of_order.append({name: payment[f"payment_{name}"] for name in PAYMENT_COLUMNS})
    return [row | {"items": items[row["id"]], "payments": payments[row["id"]]} for row in rows]


def complete_one(order_id: int) -> Row:
    """One order as it is answered."""
    return complete(list(shown(Order.objects.filter(pk=order_id))))[0]


def lines() -> QuerySet[OrderItem, Row]:
    """What is told of each line, in the order of the cart: see `line_json`."""
    vendor = {"vendor_name": F("vendor__name"), "vendor_slug": F("vendor__slug")}
    rows: QuerySet[OrderItem, Row] = OrderItem.objects.order_by("id").values(*_ITEM, **vendor)
    return rows


def line_json(line: Row) -> Row:
    """A row of `lines` as it is answered; the product is called as it was when it was bought."""
    return {
        "id": line["id"],
        "product": {
            "id": line["product_id"],
            "name": line["product_name"],
            "slug": line["product_slug"],
        },
        "variant_id": line["variant_id"],
        "product_name": line["product_name"],
        "sku": line["sku"],
        "options": line["options"],
        "vendor": {
            "id": line["vendor_id"],
            "name": line["vendor_name"],
            "slug": line["vendor_slug"],
        },
        "quantity": line["quantity"],
        "price": line["price"],
        "line_total": line["line_total"],
    }


def history_of(order: Order) -> QuerySet[OrderStatusChange]:
    """Oldest first."""
    return OrderStatusChange.objects.filter(order=order).select_related("actor").order_by("id")


def locked(order_id: int) -> Order:
    """The order, locked until the transaction ends. Take this lock before payments and stock."""
    return Order.objects.select_for_update(of=("self",)).get(pk=order_id)
