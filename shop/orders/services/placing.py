"""Cart → order. The number of SQL statements does not depend on the number of lines."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import connection

from shop.accounts.models import User
from shop.cart import querysets as cart_querysets
from shop.cart import services as carts
from shop.cart.models import Cart
from shop.cart.totals import CartLine
from shop.core.errors import Problem
from shop.core.events import publish
from shop.core.money import MAX_AMOUNT, ZERO
from shop.core.transactions import atomic, retry_on_conflict
from shop.inventory import errors as inventory_errors
from shop.inventory import services as inventory
from shop.orders import addresses, states
from shop.orders.errors import (
    CartIsEmpty,
    LinesNotBuyable,
    OutOfStock,
    TotalTooLarge,
)
from shop.orders.events import OrderPlaced
from shop.orders.models import Order, OrderItem


@retry_on_conflict
@atomic
def place_order(
    *,
    user: User,
    shipping_address: addresses.Choice = None,
    billing_address: addresses.Choice = None,
    note: str = "",
) -> Order:
    """Turn the user's open cart into a PENDING order that holds its stock until it expires.

    A repeated request answers with the order that the cart has become. Raises
    `CartIsEmpty`, `LinesNotBuyable`, `OutOfStock`, `TotalTooLarge` (409) and
    `AddressDoesNotExist` (400).
    """
    cart = carts.lock_cart(user=user)
    if cart is None:
        raise CartIsEmpty
    if cart.status == Cart.Status.ORDERED:
        return Order.objects.get(cart=cart)
    lines = cart_querysets.lines_of(cart)
    _check(lines)
    ships_to, bills_to = addresses.snapshots(
        user=user, shipping=shipping_address, billing=billing_address
    )
    order = _insert(user, cart, lines)
    order.shipping_address, order.billing_address, order.note = ships_to, bills_to, note
    order.save(force_insert=True)
    OrderItem.objects.bulk_create(_items(order, lines))
    states.record(order, before="", actor=user, note="")
    carts.close_cart(cart=cart)
    publish(OrderPlaced(order_id=order.pk))
    # Last, because the rows of popular goods are what everybody waits for.
    _reserve(order, lines)
    return order


def stock_reference(order: Order) -> str:
    """What the order's reservations and stock movements are called."""
    return f"order:{order.pk}"


def _check(lines: Sequence[CartLine]) -> None:
    if not lines:
        raise CartIsEmpty
    gone = [(n, line) for n, line in enumerate(lines) if not line.is_buyable]
    if gone:
        raise LinesNotBuyable(
            problems=[
                Problem(
                    LinesNotBuyable.code,
                    f"{line.product_name} ({line.sku}) cannot be bought any more.",
                    f"items.{n}",
                )
                for n, line in gone
            ]
        )


def _insert(user: User, cart: Cart, lines: Sequence[CartLine]) -> Order:
    subtotal = sum((line.line_total for line in lines), ZERO)
    if subtotal > MAX_AMOUNT:
        raise TotalTooLarge
    numbered = _next_number()
    return Order(
        number=numbered.number,
        user=user,
        cart=cart,
        email=user.email,
        currency=lines[0].currency,
        subtotal=subtotal,
        total_price=subtotal,
        placed_at=numbered.now,
        expires_at=numbered.now + settings.ORDER_EXPIRY["online"],
    )


@dataclass(frozen=True)
class _Numbered:
    number: str
    now: datetime


def _next_number() -> _Numbered:
    """A number that no other order has (refused orders leave gaps), and the database's clock."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('orders_number_seq'), now()")
        sequence, now = cursor.fetchone()
    return _Numbered(number=f"NX-{now:%Y}-{sequence:06d}", now=now)


def _items(order: Order, lines: Sequence[CartLine]) -> list[OrderItem]:
    return [
        OrderItem(
            order=order,
            product_id=line.product_id,
            variant_id=line.variant_id,
            vendor_id=line.vendor_id,
            product_name=line.product_name,
            product_slug=line.product_slug,
            sku=line.sku,
            options=line.options,
            quantity=line.quantity,
            price=line.unit_price,
            line_total=line.line_total,
        )
        for line in lines
    ]


def _reserve(order: Order, lines: Sequence[CartLine]) -> None:
    try:
        inventory.reserve_stock(
            reference=stock_reference(order),
            quantities={line.variant_id: line.quantity for line in lines},
        )
    except inventory_errors.OutOfStock as shortage:
        available = shortage.shortages
        raise OutOfStock(
            problems=[
                Problem(
                    OutOfStock.code,
                    f"{line.product_name} ({line.sku}): only {available[line.variant_id]} left.",
                    f"items.{n}.quantity",
                )
                for n, line in enumerate(lines)
                if line.variant_id in available
            ]
        ) from None
