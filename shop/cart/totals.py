"""What a cart costs, before tax and delivery. Only computes; amounts are in the shop's currency."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from shop.core.money import ZERO, quantize


@dataclass(frozen=True, slots=True, kw_only=True)
class CartLine:
    """One variant in a cart, at the price of this moment.

    `available` is what can be bought of it, 0 when it is not for sale at all.
    """

    item_id: int
    quantity: int
    variant_id: int
    sku: str
    options: Mapping[str, Any]
    product_id: int
    product_name: str
    product_slug: str
    vendor_id: int
    is_of_house: bool
    category_id: int
    unit_price: Decimal
    currency: str
    is_buyable: bool
    available: int
    image: str | None = None

    @property
    def line_total(self) -> Decimal:
        return self.unit_price * self.quantity

    @property
    def in_stock(self) -> bool:
        """Whether the whole quantity can be bought now."""
        return self.available >= self.quantity


@dataclass(frozen=True, slots=True)
class CartTotals:
    lines: Sequence[CartLine]
    currency: str

    @property
    def item_count(self) -> int:
        """Pieces, not lines."""
        return sum(line.quantity for line in self.lines)

    @property
    def subtotal(self) -> Decimal:
        return quantize(sum((line.line_total for line in self.lines), ZERO), self.currency)


def unit_price(*, own_price: Decimal | None, base_price: Decimal) -> Decimal:
    """A variant's own price, else its product's."""
    return base_price if own_price is None else own_price
