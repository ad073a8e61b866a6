"""Orders as a file: what the API answers of each, and in CSV and XLSX a line per order."""

from collections.abc import Iterator, Mapping
from datetime import datetime

from shop.core.exports import BATCH, Export, Row, Wall
from shop.core.spreadsheets import Cell
from shop.orders import addresses, querysets
from shop.orders.part_querysets import Parts
from shop.orders.querysets import Orders

_TOTALS = ("subtotal", "shipping_total", "tax_total", "discount_total", "total_price")
_SENT = ("note", "carrier", "tracking_number", "shipped_at", "delivered_at", "cancelled_at")
_GOODS = ("items", "quantity")
_TO = tuple(f"to_{name}" for name in addresses.FIELDS)
_OF_ORDERS = (
    *("id", "number", "status", "placed_at", "paid_at", "customer_id", "customer_email"),
    *("currency", *_TOTALS, *_GOODS, *_TO, *_SENT),
)
_OF_PARTS = (
    *("id", "number", "order_number", "status", "placed_at", "paid_at"),
    *("currency", *_TOTALS, "commission_total", *_GOODS, *_TO, *_SENT),
)


def export_of_orders(
    *,
    status: str | None = None,
    placed_after: datetime | None = None,
    placed_before: datetime | None = None,
) -> Export:
    """Everybody's orders, for staff: also who placed them, and their payments."""
    orders = Orders(status=status, placed_after=placed_after, placed_before=placed_before)

    def read(after: int) -> list[Row]:
        batch = orders.following(after, limit=BATCH)
        buyers = querysets.buyers_of([row["id"] for row in batch])
        return [row | {"customer": buyers[row["id"]]} for row in batch]

    return Export("orders", _OF_ORDERS, read, _line_of_order)


def export_of_parts(parts: Parts, *, wall: Wall) -> Export:
    """A vendor's own parts of orders, read behind the `wall`."""

    def read(after: int) -> list[Row]:
        with wall():
            return parts.following(after, limit=BATCH)

    return Export("orders", _OF_PARTS, read, _line_of_part)


def _line_of_order(order: Row) -> Iterator[Mapping[str, Cell]]:
    customer = order["customer"]
    names = ("id", "number", "status", "placed_at", "paid_at", "currency", *_TOTALS, *_SENT)
    yield {
        **{name: order[name] for name in names},
        "customer_id": customer["id"],
        "customer_email": customer["email"],
        **_goods_and_place(order),
    }


def _line_of_part(part: Row) -> Iterator[Mapping[str, Cell]]:
    names = set(_OF_PARTS) - {*_GOODS, *_TO}
    yield {**{name: part[name] for name in names}, **_goods_and_place(part)}


def _goods_and_place(row: Row) -> dict[str, Cell]:
    items, address = row["items"], row["shipping_address"] or {}
    return {
        "items": "; ".join(f"{item['quantity']} x {item['sku']}" for item in items),
        "quantity": sum(item["quantity"] for item in items),
        **{f"to_{name}": address.get(name, "") for name in addresses.FIELDS},
    }
