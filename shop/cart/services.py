"""What a shopper does with the cart.

Every action locks the cart's row first, so the actions of one shopper come one after
the other, and none changes a cart that is just becoming an order.

How `place_order` uses this module:

    cart = carts.lock_cart(user=user)      # the open cart, locked, whatever it has become
    if cart is None: ...                   # there is nothing to order
    if cart.status == Cart.Status.ORDERED: # another request ordered it while this one waited:
        return the order of this cart      # by id, so the shopper gets that order, not a new one
    lines = querysets.lines_of(cart)
    ...
    carts.close_cart(cart=cart)
"""

from django.db.models.functions import Now
from django.utils.translation import gettext as _

from shop.accounts.models import User
from shop.cart import querysets
from shop.cart.errors import NotBuyable, QuantityOutOfRange
from shop.cart.models import MAX_QUANTITY, Cart, CartItem
from shop.core import sql
from shop.core.errors import NotFound
from shop.core.references import BIGGEST_ID
from shop.core.transactions import atomic
from shop.inventory.errors import OutOfStock

# By hand, because shoppers wait for them at every step: see `shop.core.sql`.
_LOCK_OPEN = f"""
    SELECT {sql.columns(Cart)} FROM cart_cart
    WHERE user_id = %s AND status = 'open' FOR UPDATE
"""  # noqa: S608 (the columns come from the model)

# The subquery is not asked again after waiting for the lock: the row comes as it is by then.
_LOCK_BY_ID = f"""
    SELECT {sql.columns(Cart)} FROM cart_cart
    WHERE id = (SELECT id FROM cart_cart WHERE user_id = %s AND status = 'open') FOR UPDATE
"""  # noqa: S608 (the columns come from the model)

_CLOSE = "UPDATE cart_cart SET status = 'ordered', updated_at = now() WHERE id = %s"

_PUT = f"""
    INSERT INTO cart_cartitem (cart_id, variant_id, quantity, created_at, updated_at)
    VALUES (%s, %s, %s, now(), now())
    ON CONFLICT (cart_id, variant_id)
    DO UPDATE SET quantity = EXCLUDED.quantity, updated_at = EXCLUDED.updated_at
    RETURNING {sql.columns(CartItem)}
"""  # noqa: S608 (the columns come from the model)


def open_cart(*, user: User) -> Cart:
    """The cart that `user` has open; made when there is none."""
    cart = querysets.open_cart_of(user)
    while cart is None:
        # Two first requests at once: one makes the cart, both find it.
        Cart.objects.bulk_create([Cart(user=user)], ignore_conflicts=True)
        cart = querysets.open_cart_of(user)
    return cart


@atomic
def add_item(*, user: User, variant_id: int, quantity: int = 1) -> CartItem:
    """Put `quantity` more of the variant into the cart; returns its line.

    Raises `NoSuchVariant`, `NotBuyable`, `OutOfStock`, `QuantityOutOfRange`.
    """
    _check_quantity(quantity)
    cart = _lock_open_cart(user)
    offer = querysets.offer_of(variant_id, cart=cart)
    if not offer.is_buyable:
        raise NotBuyable(_not_for_sale(offer.product_name), attr="variant")
    wanted = offer.in_cart + quantity
    _check_quantity(wanted)
    _check_available(variant_id, offer.product_name, offer.available, wanted, offer.in_cart)
    (item,) = sql.instances(CartItem, _PUT, [cart.pk, variant_id, wanted])
    item.cart = cart
    return item


@atomic
def set_quantity(*, user: User, item_id: int, quantity: int) -> None:
    """Make it `quantity` pieces; 0 removes the line.

    Raises `NotFound` for a line that is not in the user's cart, `NotBuyable`,
    `OutOfStock`, `QuantityOutOfRange`.
    """
    if quantity == 0:
        remove_item(user=user, item_id=item_id)
        return
    cart = _lock_open_cart(user)
    line = querysets.line_of(user=user, item_id=item_id)
    _check_quantity(quantity)
    if not line.is_buyable:
        raise NotBuyable(_not_for_sale(line.product_name))
    _check_available(line.variant_id, line.product_name, line.available, quantity)
    CartItem.objects.filter(cart=cart, pk=item_id).update(quantity=quantity, updated_at=Now())


@atomic
def remove_item(*, user: User, item_id: int) -> None:
    """Take the line out of the user's cart, else `NotFound`."""
    cart = _lock_open_cart(user)
    item = CartItem.objects.filter(cart=cart, pk__in=[item_id] if item_id <= BIGGEST_ID else [])
    deleted, _ = item.delete()
    if not deleted:
        raise NotFound


@atomic
def clear_cart(*, user: User) -> Cart:
    """Take everything out; returns the empty cart."""
    cart = _lock_open_cart(user)
    CartItem.objects.filter(cart=cart).delete()
    return cart


# --- For orders -------------------------------------------------------------------------


def lock_cart(*, user: User) -> Cart | None:
    """The user's open cart, locked until the transaction ends; None when there is none.

    Its status may be ORDERED by the time the lock is there: see this module's head.
    """
    return next(iter(sql.instances(Cart, _LOCK_BY_ID, [user.pk])), None)


def close_cart(*, cart: Cart) -> None:
    """A locked cart became an order. It keeps its lines; the shopper's next cart is a new one."""
    cart.status = Cart.Status.ORDERED
    sql.run(_CLOSE, [cart.pk])


# --- Rules ------------------------------------------------------------------------------


def _lock_open_cart(user: User) -> Cart:
    """As `open_cart`, and locked: one that is being ordered gives way to a new one."""
    locked = sql.instances(Cart, _LOCK_OPEN, [user.pk])
    while not locked:
        Cart.objects.bulk_create([Cart(user=user)], ignore_conflicts=True)
        locked = sql.instances(Cart, _LOCK_OPEN, [user.pk])
    return locked[0]


def _check_quantity(quantity: int) -> None:
    if not 1 <= quantity <= MAX_QUANTITY:
        raise QuantityOutOfRange(attr="quantity")


def _check_available(
    variant_id: int, name: str, available: int, wanted: int, in_cart: int = 0
) -> None:
    if wanted <= available:
        return
    if available > 0:
        left = _("Only {available} of {name} are left.")
        left_beside = _("Only {available} of {name} are left; {in_cart} are in the cart already.")
    else:
        left = _("{name} is out of stock.")
        left_beside = _("{name} is out of stock; {in_cart} are in the cart already.")
    detail = left_beside if in_cart else left
    detail = detail.format(available=available, name=name, in_cart=in_cart)
    raise OutOfStock({variant_id: available}, detail, attr="quantity")


def _not_for_sale(name: str) -> str:
    return _("{name} is not for sale any more.").format(name=name)
