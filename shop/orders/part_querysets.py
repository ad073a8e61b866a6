"""Parts of orders as their vendors read them: behind the wall, and by statements that would
find nothing of others without it too.

Nothing of the buyer but the address that the parcel goes to, once there is one to be sent, and of
the order only when it was placed and paid.
"""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

import orjson

from shop.core import references, sql
from shop.core.errors import NotFound
from shop.core.keysets import Columns, Found, Window
from shop.core.money import MoneyField
from shop.core.references import BIGGEST_ID
from shop.orders import addresses
from shop.orders.models import Order, VendorOrder

Row = dict[str, Any]

_NEWEST_FIRST = Columns(("part.id",), descending=True)
_MONEY = MoneyField()  # reads amounts in the shop's minor unit
_AMOUNTS = (
    *("subtotal", "shipping_total", "tax_total", "discount_total", "total_price"),
    "commission_total",
)
_ITEM_AMOUNTS = ("price", "line_total", "commission_fee", "commission_total")

# By hand, because a page of parts is answered in one statement: see `shop.core.sql`.
_ANSWER = """
    SELECT part.id, part.number, placed.number AS order_number, part.status,
           placed.paid_at IS NOT NULL AS is_paid, placed.placed_at, placed.paid_at,
           part.currency, (
               SELECT coalesce(json_agg(json_build_object(
                   'id', item.id,
                   'product', json_build_object(
                       'id', item.product_id,
                       'name', item.product_name,
                       'slug', item.product_slug
                   ),
                   'variant_id', item.variant_id,
                   'product_name', item.product_name,
                   'sku', item.sku,
                   'options', item.options,
                   'quantity', item.quantity,
                   'refunded_quantity', item.refunded_quantity,
                   'price', item.price::text,
                   'line_total', item.line_total::text,
                   'commission_percent', item.commission_percent::text,
                   'commission_fee', item.commission_fee::text,
                   'commission_total', item.commission_total::text
               ) ORDER BY item.id), '[]')::text
               FROM orders_orderitem AS item
               WHERE item.vendor_order_id = part.id
           ) AS items,
           part.subtotal, part.shipping_total, part.tax_total, part.discount_total,
           part.total_price, part.commission_total,
           CASE WHEN part.status NOT IN ('PENDING', 'CANCELLED') THEN placed.shipping_address
           END AS shipping_address, placed.note,
           part.carrier, part.tracking_number, part.shipped_at, part.delivered_at,
           part.cancelled_at, part.created_at, part.updated_at
    FROM orders_vendororder AS part
    JOIN orders_order AS placed ON placed.id = part.order_id
"""
_ONE = f"SELECT {sql.columns(VendorOrder)} FROM orders_vendororder AS part"  # noqa: S608 (the model)
# Payments note at the order what it cost, all parts together: that is no vendor's business.
_HISTORY = """
    SELECT change.from_status, change.to_status,
           CASE WHEN change.actor_id IS NULL THEN 'shop'
                WHEN colleague.id IS NOT NULL THEN 'vendor'
                WHEN change.actor_id = placed.user_id THEN 'customer'
                ELSE 'staff' END AS actor,
           account.email AS actor_email,
           CASE WHEN change.from_status = change.to_status
                     OR change.to_status IN ('PAID', 'REFUNDED') THEN ''
                ELSE change.note END AS note,
           change.created_at
    FROM orders_vendororderstatuschange AS change
    JOIN orders_vendororder AS part ON part.id = change.vendor_order_id
    JOIN orders_order AS placed ON placed.id = part.order_id
    LEFT JOIN vendors_vendormember AS colleague
           ON colleague.vendor_id = part.vendor_id AND colleague.user_id = change.actor_id
    LEFT JOIN accounts_user AS account ON account.id = colleague.user_id
    WHERE part.id = %s
    ORDER BY change.id
"""


@dataclass(frozen=True)
class Parts:
    """The parts of `vendor`, narrowed by what is not None, for a paginator too.

    `search` is a piece of a number; `placed_after` belongs to the time, `placed_before` not.
    """

    vendor: int
    status: str | None = None
    search: str | None = None
    placed_after: datetime | None = None
    placed_before: datetime | None = None

    def count(self) -> int:
        (row,) = sql.rows(
            f"SELECT count(*) FROM orders_vendororder AS part {self._where()}",  # noqa: S608
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

    def following(self, part_id: int, *, limit: int) -> list[Row]:
        """Those with a larger id, in the order of ids, as they are answered."""
        where = self._where("part.id > %(id)s")
        params = self._params(id=part_id, limit=limit)
        order = "ORDER BY part.id LIMIT %(limit)s"
        return [_json(row) for row in sql.rows(f"{_ANSWER} {where} {order}", params)]

    def answer(self, reference: str | int) -> Row:
        """The one with this id or number, as it is answered, else `NotFound`."""
        where, params = self._named(reference)
        found = sql.rows(f"{_ANSWER} {where}", params)
        if not found:
            raise NotFound
        return _json(found[0])

    def find(self, reference: str | int) -> VendorOrder:
        """The one with this id or number, else `NotFound`."""
        where, params = self._named(reference)
        found = sql.instances(VendorOrder, f"{_ONE} {where}", params)
        if not found:
            raise NotFound
        return found[0]

    def _named(self, reference: str | int) -> tuple[str, Row]:
        """As `shop.core.references` has it: what is all digits is an id."""
        text = str(reference).upper()
        if not (text.isascii() and text.isdigit()):
            return self._where("part.number = %(number)s"), self._params(number=text)
        if len(text) >= 20 or int(text) > BIGGEST_ID:
            raise NotFound
        return self._where("part.id = %(id)s"), self._params(id=int(text))

    def _where(self, *conditions: str) -> str:
        chosen = {
            "part.status = %(status)s": self.status,
            "strpos(part.number, %(search)s) > 0": self.search,
            # The part is written with its order: that is when it is placed.
            "part.created_at >= %(after)s": self.placed_after,
            "part.created_at < %(before)s": self.placed_before,
        }
        asked = [condition for condition, value in chosen.items() if value is not None]
        return f"WHERE {' AND '.join(['part.vendor_id = %(vendor)s', *conditions, *asked])}"

    def _params(self, **more: Any) -> Row:
        return {
            "vendor": self.vendor,
            "status": self.status,
            "search": self.search and self.search.upper(),
            "after": self.placed_after,
            "before": self.placed_before,
            **more,
        }


def find_of(order: Order, reference: str | int) -> VendorOrder:
    """The part of `order` with this id or number, else `NotFound`; for staff."""
    text = str(reference).upper()
    return references.get(VendorOrder.objects.filter(order=order), text, field="number")


def history_of(part: VendorOrder) -> list[Row]:
    """Who moved it when, oldest first. E-mail addresses are those of the vendor's own members."""
    return sql.rows(_HISTORY, [part.pk])


def _json(row: Row) -> Row:
    """A row of `_ANSWER` with what it holds as text brought into its types."""
    row["items"] = orjson.loads(row["items"])
    address = row["shipping_address"] and orjson.loads(row["shipping_address"])
    row["shipping_address"] = address and {
        field: address.get(field, "") for field in addresses.FIELDS
    }
    for name in _AMOUNTS:
        row[name] = _amount(row[name])
    for item in row["items"]:
        for name in _ITEM_AMOUNTS:
            item[name] = _amount(item[name])
    return row


def _amount(value: Decimal | str) -> Decimal | None:
    return _MONEY.from_db_value(Decimal(value))
