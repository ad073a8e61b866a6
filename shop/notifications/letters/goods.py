"""What was bought and where it goes, as letters show it: `lines`, `sums`, `price`."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django_countries import countries

from shop.notifications.letters.letter import money
from shop.orders.models import VendorOrder
from shop.products.options import Options

Row = dict[str, Any]

# Beside the goods, where there is any of it.
_EXTRAS = {"shipping_total": "Shipping", "tax_total": "Tax", "discount_total": "Discount"}
_AMOUNTS = ("subtotal", *_EXTRAS, "total_price")
_ADDRESS = ("full_name", "line1", "line2")


def of_order(answer: Row) -> Row:
    """Of a whole order, as `orders.querysets` answers it."""
    currency = answer["currency"]
    return {
        "lines": [_line(item, currency) for item in answer["items"]],
        "sums": _sums(answer, currency),
        "price": money(answer["total_price"], currency),
    }


def of_part(part: VendorOrder) -> Row:
    """Of one vendor's part of an order."""
    names = ("product_name", "options", "quantity", "line_total")
    items = [{name: getattr(item, name) for name in names} for item in part.items.all()]
    amounts = {name: getattr(part, name) for name in _AMOUNTS}
    return of_order({"items": items, "currency": part.currency, **amounts})


def address(written: Mapping[str, str] | None) -> list[str]:
    """As it is written on a parcel; empty when the order has none."""
    if not written:
        return []
    town = " ".join(written.get(name, "") for name in ("postal_code", "city", "region"))
    country = countries.name(written.get("country", ""))
    lines = [*(written.get(name, "") for name in _ADDRESS), " ".join(town.split()), country]
    return [line for line in lines if line]


def _line(item: Row, currency: str) -> Row:
    return {
        "name": item["product_name"],
        "options": str(Options(item["options"])),
        "quantity": item["quantity"],
        "total": money(item["line_total"], currency),
    }


def _sums(amounts: Mapping[str, Decimal], currency: str) -> list[tuple[str, str]]:
    """What stands between the lines and the total: nothing, if the total is theirs."""
    extras = [
        (label, money(-amounts[name] if name == "discount_total" else amounts[name], currency))
        for name, label in _EXTRAS.items()
        if amounts[name]
    ]
    return [("Goods", money(amounts["subtotal"], currency)), *extras] if extras else []
