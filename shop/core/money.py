"""Money: `Decimal` amounts, one rounding rule, and splitting that never loses a cent."""

from collections.abc import Sequence
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal
from functools import cache
from typing import Any

from django.conf import settings
from django.db import models

# ISO 4217, table A.1 (2026): the currencies whose minor unit is not two digits.
_NONE = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF"
_THREE = "BHD IQD JOD KWD LYD OMR TND"
_MINOR_UNITS = dict.fromkeys(_NONE.split(), 0) | dict.fromkeys(_THREE.split(), 3)
MAX_AMOUNT = Decimal("999999999.999")
ZERO = Decimal(0)


def minor_units(currency: str) -> int:
    """Digits after the point in `currency`: 2 for USD, 0 for JPY, 3 for KWD."""
    return _MINOR_UNITS.get(currency, 2)


@cache
def quantum(currency: str) -> Decimal:
    """The smallest amount of `currency`: Decimal("0.01") for USD."""
    return Decimal(1).scaleb(-minor_units(currency))


def quantize(amount: Decimal, currency: str) -> Decimal:
    """`amount` rounded half up to the currency's minor unit."""
    return amount.quantize(quantum(currency), rounding=ROUND_HALF_UP)


def from_minor(amount: int, currency: str) -> Decimal:
    """1999 cents of USD are Decimal("19.99")."""
    return Decimal(amount).scaleb(-minor_units(currency))


def split(total: Decimal, weights: Sequence[Decimal], currency: str) -> list[Decimal]:
    """Shares of `total` in proportion to `weights` that add up to it exactly.

    The cents that rounding leaves over go to the largest remainders, the first
    of equals first. With weights that are all zero the first share takes all.
    """
    whole = sum(weights, ZERO)
    if not weights:
        return []
    if whole == 0:
        return [total, *[ZERO] * (len(weights) - 1)]
    step = quantum(currency)
    exact = [total * weight / whole for weight in weights]
    shares = [share.quantize(step, rounding=ROUND_DOWN) for share in exact]
    left_over = int((total - sum(shares, ZERO)) / step)
    order = sorted(range(len(weights)), key=lambda i: (-(abs(exact[i] - shares[i])), i))
    for i in order[: abs(left_over)]:
        shares[i] += step if left_over > 0 else -step
    return shares


class MoneyField(models.DecimalField):  # type: ignore[type-arg]  # not generic at run time
    """NUMERIC(12, 3): room for every ISO 4217 currency; the currency stands beside it.

    Values are read back in the shop's minor unit, so that admin and API show
    699.00, not 699.000.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["max_digits"], kwargs["decimal_places"] = 12, 3
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> tuple[str, str, Sequence[Any], dict[str, Any]]:
        name, path, args, kwargs = super().deconstruct()
        del kwargs["max_digits"], kwargs["decimal_places"]
        return name, path, args, kwargs

    def from_db_value(self, value: Decimal | None, *_: object) -> Decimal | None:
        if value is None:
            return None
        step = quantum(settings.SHOP_CURRENCY)
        rounded = value.quantize(step)
        return rounded if rounded == value else value

    def formfield(self, **kwargs: Any) -> Any:
        kwargs.setdefault("decimal_places", minor_units(settings.SHOP_CURRENCY))
        return super().formfield(**kwargs)
