"""Orders for tests, placed as a shopper places them."""

from collections.abc import Callable, Sequence
from typing import Any

from shop.accounts.models import User
from shop.cart import services as carts
from shop.core.transactions import atomic
from shop.orders import querysets, services
from shop.orders.models import Order
from shop.products.models import Variant
from shop.products.tests.make import make_product


def make_order(
    user: User, *, variants: Sequence[Variant] = (), quantity: int = 1, note: str = ""
) -> Order:
    """A PENDING order of `quantity` of each variant, or of a new product (10.00)."""
    fill_cart(user, variants, quantity=quantity)
    return services.place_order(user=user, note=note)


@atomic
def as_payments(action: Callable[..., object], *, order: Order, **more: Any) -> Order:
    """What payments do in a transaction of theirs, such as `services.mark_paid`."""
    locked = querysets.locked(order.pk)
    action(order=locked, **more)
    return locked


def fill_cart(user: User, variants: Sequence[Variant] = (), *, quantity: int = 1) -> None:
    for variant in variants or [make_variant()]:
        carts.add_item(user=user, variant_id=variant.pk, quantity=quantity)


def make_variant(*, stock: int = 10, price: str = "10.00") -> Variant:
    """The one variant of a new product."""
    return make_product(stock=stock, price=price).variants.get()
