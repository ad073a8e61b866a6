"""What goods are worth when they are given back. Only computes.

A line is worth its total less its exact share of the order's discount. Whatever way its
pieces are given back, together they give back exactly that: each refund takes what the
pieces up to now are worth, less what was given back for them before.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from shop.core.money import ZERO, split


@dataclass(frozen=True, kw_only=True)
class Line:
    """A line of the order, and what was given back of it or is promised."""

    item: int
    quantity: int
    total: Decimal
    refunded_quantity: int = 0
    refunded_amount: Decimal = ZERO

    @property
    def left(self) -> int:
        return self.quantity - self.refunded_quantity


@dataclass(frozen=True, kw_only=True)
class Part:
    """So many of one line, for so much."""

    item: int
    quantity: int
    amount: Decimal


def of_items(
    lines: Sequence[Line], wanted: Mapping[int, int], *, discount: Decimal, currency: str
) -> list[Part]:
    """`wanted` is `{item: quantity}`, at most what is left of each line."""
    parts = []
    for line, worth in zip(lines, _worth(lines, discount, currency), strict=True):
        quantity = wanted.get(line.item, 0)
        if quantity:
            gone = line.refunded_quantity + quantity
            weights = [Decimal(gone), Decimal(line.quantity - gone)]
            amount = split(worth, weights, currency)[0] - line.refunded_amount
            parts.append(Part(item=line.item, quantity=quantity, amount=max(amount, ZERO)))
    return parts


def of_the_rest(
    lines: Sequence[Line],
    amount: Decimal,
    *,
    discount: Decimal,
    currency: str,
    only: Collection[int] | None = None,
) -> list[Part]:
    """All that is left of every line, for `amount`: the goods' part of it, shared among them.

    The rest of `amount` is for shipping and tax. When some of the price was given back
    without naming goods, the goods share what there still is. With `only`, the lines of
    these items alone.
    """
    left = _left(lines, discount, currency, only)
    weights = [worth for _, worth in left]
    shares = split(min(amount, sum(weights, ZERO)), weights, currency)
    return [
        Part(item=line.item, quantity=line.left, amount=share)
        for (line, _), share in zip(left, shares, strict=True)
    ]


def worth_of_the_rest(
    lines: Sequence[Line], only: Collection[int], *, discount: Decimal, currency: str
) -> Decimal:
    """What all that is left of the lines of these items costs."""
    return sum((worth for _, worth in _left(lines, discount, currency, only)), ZERO)


def _left(
    lines: Sequence[Line], discount: Decimal, currency: str, only: Collection[int] | None
) -> list[tuple[Line, Decimal]]:
    return [
        (line, max(worth - line.refunded_amount, ZERO))
        for line, worth in zip(lines, _worth(lines, discount, currency), strict=True)
        if line.left and (only is None or line.item in only)
    ]


def _worth(lines: Sequence[Line], discount: Decimal, currency: str) -> list[Decimal]:
    totals = [line.total for line in lines]
    shares = split(discount, totals, currency)
    return [total - share for total, share in zip(totals, shares, strict=True)]
