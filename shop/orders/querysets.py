"""Orders as they are read: who sees which, and what is read along with them."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, NewType

import orjson
from django.db.models import QuerySet

from shop.accounts.models import User
from shop.core import sql
from shop.core.errors import NotFound
from shop.core.keysets import Columns, Found, Window
from shop.core.money import MoneyField
from shop.core.references import BIGGEST_ID
from shop.orders.errors import NoSuchPart
from shop.orders.models import Order, OrderStatusChange, VendorOrder

Row = dict[str, Any]

# An order whose row this transaction has locked: what asks for one does not lock it again.
LockedOrder = NewType("LockedOrder", Order)

_NEWEST_FIRST = Columns(("placed.id",), descending=True)
_MONEY = MoneyField()  # reads amounts in the shop's minor unit
_AMOUNTS = ("subtotal", "shipping_total", "tax_total", "discount_total", "total_price")
_PAYMENT_AMOUNTS = ("amount", "refunded_amount")
_PARCEL_TIMES = ("shipped_at", "delivered_at", "cancelled_at")

# The refunds of the row `payment`, as they are answered. `refunds_json` completes them.
REFUNDS_OF_PAYMENT = """(
    SELECT coalesce(json_agg(json_build_object(
        'id', refund.id,
        'amount', refund.amount::text,
        'status', refund.status,
        'reason', refund.reason,
        'items', (
            SELECT coalesce(json_agg(json_build_object(
                'item', part.order_item_id,
                'quantity', part.quantity,
                'amount', part.amount::text
            ) ORDER BY part.order_item_id), '[]')
            FROM payments_refunditem AS part
            WHERE part.refund_id = refund.id
        ),
        'created_at', refund.created_at,
        'succeeded_at', refund.succeeded_at
    ) ORDER BY refund.id DESC), '[]')
    FROM payments_refund AS refund
    WHERE refund.payment_id = payment.id
)"""
# By hand, because shoppers wait for them: see `shop.core.sql`. An order is answered whole, in
# one statement. Payments stand above orders: they are read here by the name of the table only.
_ANSWER = f"""
    SELECT placed.id, placed.number, placed.status, (
               SELECT coalesce(json_agg(json_build_object(
                   'id', item.id,
                   'vendor_order', item.vendor_order_id,
                   'product', json_build_object(
                       'id', item.product_id,
                       'name', item.product_name,
                       'slug', item.product_slug
                   ),
                   'variant_id', item.variant_id,
                   'product_name', item.product_name,
                   'sku', item.sku,
                   'options', item.options,
                   'vendor', json_build_object(
                       'id', vendor.id, 'name', vendor.name, 'slug', vendor.slug
                   ),
                   'quantity', item.quantity,
                   'refunded_quantity', item.refunded_quantity,
                   'price', item.price::text,
                   'line_total', item.line_total::text
               ) ORDER BY item.id), '[]')::text
               FROM orders_orderitem AS item
               JOIN vendors_vendor AS vendor ON vendor.id = item.vendor_id
               WHERE item.order_id = placed.id
           ) AS items,
           placed.subtotal, placed.shipping_total, placed.tax_total, placed.discount_total,
           placed.total_price, placed.currency, (
               SELECT coalesce(json_agg(json_build_object(
                   'id', part.id,
                   'number', part.number,
                   'vendor', json_build_object(
                       'id', vendor.id, 'name', vendor.name, 'slug', vendor.slug
                   ),
                   'status', part.status,
                   'items', (
                       SELECT json_agg(item.id ORDER BY item.id)
                       FROM orders_orderitem AS item WHERE item.vendor_order_id = part.id
                   ),
                   'total_price', part.total_price::text,
                   'carrier', part.carrier,
                   'tracking_number', part.tracking_number,
                   'shipped_at', part.shipped_at,
                   'delivered_at', part.delivered_at,
                   'cancelled_at', part.cancelled_at
               ) ORDER BY part.id), '[]')::text
               FROM orders_vendororder AS part
               JOIN vendors_vendor AS vendor ON vendor.id = part.vendor_id
               WHERE part.order_id = placed.id
           ) AS parcels,
           placed.shipping_address, placed.billing_address,
           placed.note, placed.carrier, placed.tracking_number, placed.is_disputed, (
               SELECT coalesce(json_agg(json_build_object(
                   'id', payment.id,
                   'method', payment.method,
                   'provider', payment.provider,
                   'status', payment.status,
                   'amount', payment.amount::text,
                   'refunded_amount', payment.refunded_amount::text,
                   'currency', payment.currency,
                   'instructions', payment.instructions,
                   'paid_at', payment.paid_at,
                   'refunds', {REFUNDS_OF_PAYMENT}
               ) ORDER BY payment.id DESC), '[]')::text
               FROM payments_payment AS payment
               WHERE payment.order_id = placed.id
           ) AS payments,
           placed.placed_at, placed.expires_at, placed.paid_at, placed.shipped_at,
           placed.delivered_at, placed.cancelled_at, placed.created_at, placed.updated_at
    FROM orders_order AS placed
"""  # noqa: S608 (the refunds' statement is a constant)
_ONE = f"SELECT {sql.columns(Order)} FROM orders_order AS placed"  # noqa: S608 (from the model)
_LOCK = f"{_ONE} WHERE id = %s FOR UPDATE"
_LOCK_PARTS = f"""
    SELECT {sql.columns(VendorOrder)} FROM orders_vendororder
    WHERE order_id = %s ORDER BY id FOR UPDATE
"""  # noqa: S608 (the columns come from the model)


@dataclass(frozen=True)
class Orders:
    """The orders of `owner` (None: everybody's) in `status` (None: any), for a paginator too.

    `placed_after` belongs to the time, `placed_before` not.
    """

    owner: int | None = None
    status: str | None = None
    placed_after: datetime | None = None
    placed_before: datetime | None = None

    def count(self) -> int:
        (row,) = sql.rows(
            f"SELECT count(*) FROM orders_order AS placed {self._where()}",  # noqa: S608
            self._params(),
        )
        return int(row["count"])

    def __getitem__(self, page: slice) -> list[Row]:
        """Newest first, as they are answered."""
        start = page.start or 0
        return self._read(Window(limit=page.stop - start), offset=start)

    @property
    def order(self) -> str:
        return _NEWEST_FIRST.order_by()

    def window(self, window: Window, /) -> Found:
        return [(_NEWEST_FIRST.key_of(row), row) for row in self._read(window)]

    def _read(self, window: Window, *, offset: int = 0) -> list[Row]:
        where = self._where(*_NEWEST_FIRST.conditions(window))
        order = f"ORDER BY {_NEWEST_FIRST.order_by(window)} LIMIT %(limit)s OFFSET %(offset)s"
        key = _NEWEST_FIRST.params(window)
        paged = self._params(limit=window.limit, offset=offset, **key)
        return [_json(row) for row in sql.rows(f"{_ANSWER} {where} {order}", paged)]

    def following(self, order_id: int, *, limit: int) -> list[Row]:
        """Those with a larger id, in the order of ids, as they are answered."""
        where = self._where("placed.id > %(id)s")
        order = "ORDER BY placed.id LIMIT %(limit)s"
        params = self._params(id=order_id, limit=limit)
        return [_json(row) for row in sql.rows(f"{_ANSWER} {where} {order}", params)]

    def answer(self, reference: str | int) -> Row:
        """The one with this id or number, as it is answered, else `NotFound`."""
        where, params = self._named(reference)
        found = sql.rows(f"{_ANSWER} {where}", params)
        if not found:
            raise NotFound
        return _json(found[0])

    def find(self, reference: str | int) -> Order:
        """The one with this id or number, else `NotFound`."""
        where, params = self._named(reference)
        found = sql.instances(Order, f"{_ONE} {where}", params)
        if not found:
            raise NotFound
        return found[0]

    def _named(self, reference: str | int) -> tuple[str, Row]:
        """As `shop.core.references` has it: what is all digits is an id."""
        text = str(reference).upper()
        if not (text.isascii() and text.isdigit()):
            return self._where("placed.number = %(number)s"), self._params(number=text)
        if len(text) >= 20 or int(text) > BIGGEST_ID:
            raise NotFound
        return self._where("placed.id = %(id)s"), self._params(id=int(text))

    def _where(self, *conditions: str) -> str:
        chosen = {
            "placed.user_id = %(owner)s": self.owner,
            "placed.status = %(status)s": self.status,
            "placed.placed_at >= %(after)s": self.placed_after,
            "placed.placed_at < %(before)s": self.placed_before,
        }
        asked = [condition for condition, value in chosen.items() if value is not None]
        return f"WHERE {' AND '.join([*conditions, *asked] or ['TRUE'])}"

    def _params(self, **more: Any) -> Row:
        return {
            "owner": self.owner,
            "status": self.status,
            "after": self.placed_after,
            "before": self.placed_before,
            **more,
        }


def visible_to(user: User, *, status: str | None = None) -> Orders:
    """A customer's own orders; every order for staff who may view them."""
    sees_all = user.is_staff and user.has_perm("orders.view_order")
    return Orders(owner=None if sees_all else user.pk, status=status)


def buyers_of(order_ids: Collection[int]) -> dict[int, Row]:
    """Who placed each of these orders: `{"id", "email"}`."""
    rows = Order.objects.filter(pk__in=order_ids).values_list("pk", "user_id", "user__email")
    return {pk: {"id": user_id, "email": email} for pk, user_id, email in rows}


def history_of(order: Order) -> QuerySet[OrderStatusChange]:
    """Oldest first."""
    return OrderStatusChange.objects.filter(order=order).select_related("actor").order_by("id")


def locked(order_id: int) -> LockedOrder:
    """The order, locked until the transaction ends. Take this lock before payments and stock."""
    found = sql.instances(Order, _LOCK, [order_id])
    if not found:
        raise Order.DoesNotExist
    return LockedOrder(found[0])


def locked_parts(order: LockedOrder) -> list[VendorOrder]:
    """The parts of `order` in the order of their numbers, locked with it."""
    parts = sql.instances(VendorOrder, _LOCK_PARTS, [order.pk])
    for part in parts:
        part.order = order
    return parts


def part_of(order: Order, reference: str | int) -> VendorOrder:
    """The part of `order` with this id or number, else `NoSuchPart`."""
    text = str(reference).upper()
    for part in VendorOrder.objects.filter(order=order):
        if text in (part.number, str(part.pk)):
            return part
    raise NoSuchPart(attr="part")


def _json(row: Row) -> Row:
    """A row of `_ANSWER` with what it holds as text brought into its types."""
    for name in ("items", "parcels", "payments", "shipping_address", "billing_address"):
        row[name] = row[name] and orjson.loads(row[name])
    for name in _AMOUNTS:
        row[name] = _amount(row[name])
    for item in row["items"]:
        item["price"], item["line_total"] = _amount(item["price"]), _amount(item["line_total"])
    for parcel in row["parcels"]:
        parcel["total_price"] = _amount(parcel["total_price"])
        for name in _PARCEL_TIMES:
            parcel[name] = _time(parcel[name])
    for payment in row["payments"]:
        for name in _PAYMENT_AMOUNTS:
            payment[name] = _amount(payment[name])
        payment["paid_at"] = _time(payment["paid_at"])
        payment["refunds"] = refunds_json(payment["refunds"])
    return row


def refunds_json(refunds: list[Row]) -> list[Row]:
    """What `REFUNDS_OF_PAYMENT` reads, with what it holds as text brought into its types."""
    for refund in refunds:
        refund["amount"] = _amount(refund["amount"])
        refund["created_at"] = _time(refund["created_at"])
        refund["succeeded_at"] = _time(refund["succeeded_at"])
        for part in refund["items"]:
            part["amount"] = _amount(part["amount"])
    return refunds


def _time(value: str | None) -> datetime | None:
    return datetime.fromisoformat(value) if value else None


def _amount(value: Decimal | str) -> Decimal | None:
    return _MONEY.from_db_value(Decimal(value))
