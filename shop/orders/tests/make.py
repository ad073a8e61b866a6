"""Orders for tests, placed as a shopper places them."""

from collections.abc import Callable, Sequence
from typing import Any

from shop.accounts.models import User
from shop.cart import services as carts
from shop.core.transactions import atomic
from shop.orders import querysets, services
from shop.orders.models import Order, VendorOrder
from shop.products.models import Variant
from shop.products.tests.make import make_product
from shop.vendors.tests.make import make_vendor


def make_order(
    user: User, *, variants: Sequence[Variant] = (), quantity: int = 1, note: str = ""
) -> Order:
    """A PENDING order of `quantity` of each variant, or of a new product (10.00)."""
    fill_cart(user, variants, quantity=quantity)
    return services.place_order(user=user, note=note)


def make_split_order(
    user: User, *, parts: int = 2, quantity: int = 1, stock: int = 10
) -> tuple[Order, list[VendorOrder]]:
    """A PENDING order of so many vendors, 10.00 for each piece, and its parts in order."""
    variants = [
        make_product(stock=stock, price="10.00", vendor=make_vendor()).variants.get()
        for _ in range(parts)
    ]
    order = make_order(user, variants=variants, quantity=quantity)
    return order, list(order.parts.order_by("id"))


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
