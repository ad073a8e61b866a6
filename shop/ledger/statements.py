"""What a payout consists of, for the vendor's books, and as CSV. Only computes.

As PDF: `statement_pages`. The totals of the lines add up to the amount of the payout exactly.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from shop.core.money import ZERO, quantize
from shop.core.spreadsheets import Cell, csv_of
from shop.ledger.models import Payout


@dataclass(frozen=True, kw_only=True)
class Line:
    """A part of an order, or something that belongs to none. Amounts are the vendor's gain.

    `sales` is what buyers paid, `commission` what the platform kept of it, `refunds` what was
    given back less the commission that went back with it.
    """

    class Kind(StrEnum):
        PART = "part"
        ADJUSTMENT = "adjustment"
        RETURNED_PAYOUT = "returned_payout"

    kind: Kind
    part: str
    what: str
    day: date
    sales: Decimal
    commission: Decimal
    refunds: Decimal
    disputes: Decimal
    total: Decimal

    @property
    def other(self) -> Decimal:
        return self.total - self.sales - self.commission - self.refunds - self.disputes


_AMOUNTS = ("sales", "commission", "refunds", "disputes", "other", "total")


def as_csv(payout: Payout, lines: Sequence[Line]) -> str:
    """One line for each, and a last one with their sums."""
    header = ["kind", "description", "day", "currency", *_AMOUNTS]
    rows: list[list[Cell]] = [
        [line.kind.value, line.what, line.day, payout.currency, *amounts([line], payout.currency)]
        for line in lines
    ]
    end: list[Cell] = ["payout", payout.number, payout.period_end, payout.currency]
    rows.append([*end, *amounts(lines, payout.currency)])
    return csv_of(header, rows)


def masked(payout: Payout) -> str:
    """Enough of where it goes to know it again."""
    where = payout.destination
    account = str(where.get("iban") or where.get("account") or "")
    return f"{payout.method} ···{account[-4:]}" if len(account) > 8 else payout.method


def amounts(lines: Sequence[Line], currency: str) -> list[Decimal]:
    """The sums of `lines`, in the order of the columns."""
    sums = [sum((getattr(line, name) for line in lines), ZERO) for name in _AMOUNTS]
    return [exact(amount, currency) for amount in sums]


def exact(amount: Decimal, currency: str) -> Decimal:
    """With the places of the currency; with all its own where it has more."""
    rounded = quantize(amount, currency)
    return rounded if rounded == amount else amount
