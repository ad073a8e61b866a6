"""What the platform keeps of a line. Only computes."""

from dataclasses import dataclass
from decimal import Decimal

from shop.core.money import ZERO, quantize


@dataclass(frozen=True, slots=True)
class Rate:
    """`percent` of the line and `fee` for each piece."""

    percent: Decimal
    fee: Decimal


@dataclass(frozen=True, slots=True)
class Charge:
    """A rate and what it comes to for one line, in the line's currency."""

    percent: Decimal
    fee: Decimal
    total: Decimal


NOTHING = Charge(ZERO, ZERO, ZERO)


def charge(rate: Rate, *, line_total: Decimal, quantity: int, currency: str) -> Charge:
    """Rounded half up, and never more than the line itself."""
    asked = quantize(line_total * rate.percent / 100, currency) + rate.fee * quantity
    return Charge(rate.percent, rate.fee, min(asked, line_total))
