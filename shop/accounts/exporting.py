"""Customers as a file: who they are, and nothing that opens their accounts."""

from collections.abc import Iterator, Mapping
from datetime import datetime

from shop.accounts.querysets import customers
from shop.core.exports import BATCH, Export, Row
from shop.core.spreadsheets import Cell

_COLUMNS = (
    *("id", "email", "first_name", "last_name", "phone_number", "is_verified", "is_active"),
    "date_joined",
)


def export_of_customers(
    *, joined_after: datetime | None = None, joined_before: datetime | None = None
) -> Export:
    """`joined_after` belongs to the time, `joined_before` not."""
    found = customers(joined_after=joined_after, joined_before=joined_before)

    def read(after: int) -> list[Row]:
        page = found.filter(pk__gt=after).order_by("pk")[:BATCH]
        return list(page.values(*_COLUMNS))

    return Export("customers", _COLUMNS, read, _line)


def _line(customer: Row) -> Iterator[Mapping[str, Cell]]:
    flags = {name: str(customer[name]).lower() for name in ("is_verified", "is_active")}
    yield customer | flags
