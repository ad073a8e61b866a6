"""Which rate counts for which line."""

from collections.abc import Sequence

from django.conf import settings

from shop.cart.totals import CartLine
from shop.commissions.charges import NOTHING, Charge, Rate, charge
from shop.core.money import ZERO


def charges_of(lines: Sequence[CartLine]) -> list[Charge]:
    """What the platform keeps of each line, at the rates of this moment.

    The house pays nothing to itself, and a cart with only its goods asks nothing of the
    database.
    """
    shop_rate = Rate(settings.COMMISSION_PERCENT, ZERO)
    return [
        NOTHING
        if line.is_of_house
        else charge(
            shop_rate,
            line_total=line.line_total,
            quantity=line.quantity,
            currency=line.currency,
        )
        for line in lines
    ]
