"""Bands of prices, such as 20.00 to 49.99: round limits, and about as many products in each.

PostgreSQL counts in many small buckets between round amounts; a few bands are made of those. Which
limits suit a shop of pens and one of pianos is so seen from its prices alone.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache

from shop.core.money import MAX_AMOUNT, quantum

MOST = 6
_STEPS = ("1", "1.5", "2", "2.5", "3", "4", "5", "6", "8")


@dataclass(frozen=True)
class Band:
    """`count` products that cost from `least` to `most`, both included."""

    least: Decimal
    most: Decimal
    count: int


@cache
def limits(currency: str) -> list[Decimal]:
    """Where a bucket ends and the next one begins; the first begins at 0.

    As `width_bucket` takes them: bucket n begins at the limit before the n-th.
    """
    step = quantum(currency)
    amounts = [Decimal(digit).scaleb(zeros) for zeros in range(-3, 9) for digit in _STEPS]
    return [amount.quantize(step) for amount in amounts if amount % step == 0]


def bands(counts: Mapping[int, int], currency: str) -> list[Band]:
    """At most `MOST` bands, cheapest first, from how many products there are in each bucket."""
    enough = sum(counts.values()) / MOST
    found: list[Band] = []
    buckets: list[int] = []
    for bucket in sorted(counts):
        buckets.append(bucket)
        count = sum(counts[one] for one in buckets)
        if count >= enough:
            found.append(_band(buckets, count, currency))
            buckets = []
    if buckets:
        found.append(_band(buckets, sum(counts[one] for one in buckets), currency))
    return found


def _band(buckets: list[int], count: int, currency: str) -> Band:
    known, step = limits(currency), quantum(currency)
    first, last = buckets[0], buckets[-1]
    least = known[first - 1] if first else Decimal(0).quantize(step)
    beyond = known[last] if last < len(known) else MAX_AMOUNT.to_integral_value()
    return Band(least, (beyond - step).quantize(step), count)
