"""Keeping goods for later, and moving them to the cart."""

from collections.abc import Mapping

from django.db import connection

from shop.accounts.models import User
from shop.cart import querysets as cart_querysets
from shop.cart import services as carts
from shop.cart.errors import NoSuchProduct
from shop.cart.models import Cart
from shop.core.errors import NotFound
from shop.core.references import reference
from shop.core.transactions import atomic
from shop.products.models import PUBLIC_STATUSES, Product
from shop.vendors.models import Vendor
from shop.wishlist.models import WishlistItem

# By hand, without the look and the savepoint of `get_or_create`: the constraint decides.
_KEEP = f"""
    INSERT INTO {WishlistItem._meta.db_table} (user_id, product_id, created_at)
    VALUES (%s, %s, now()) ON CONFLICT (user_id, product_id) DO NOTHING
    RETURNING id, created_at
"""  # noqa: S608 (the name comes from the model)


@atomic
def keep_product(*, user: User, product: int | str) -> tuple[WishlistItem, bool]:
    """Keep the product that has this slug or id; the second value says whether it is new.

    Raises `NoSuchProduct` for goods that the public cannot see.
    """
    public = Product.objects.filter(
        status__in=PUBLIC_STATUSES, vendor__status=Vendor.Status.APPROVED
    )
    found = public.filter(reference(product)).only("pk").first()
    if found is None:
        raise NoSuchProduct(attr="product")
    with connection.cursor() as cursor:
        cursor.execute(_KEEP, [user.pk, found.pk])
        row = cursor.fetchone()
    if row is None:
        return WishlistItem.objects.get(user=user, product=found), False
    item_id, created_at = row
    return WishlistItem(pk=item_id, user=user, product=found, created_at=created_at), True


@atomic
def forget_product(*, user: User, item_id: int) -> None:
    """Take the wish away, else `NotFound`."""
    deleted, _ = WishlistItem.objects.filter(user=user, pk=item_id).delete()
    if not deleted:
        raise NotFound


@atomic
def move_to_cart(
    *, user: User, item_id: int, options: Mapping[str, str], quantity: int = 1
) -> Cart:
    """Put the product, in the variant with these options, into the cart; the wish is fulfilled.

    Both or neither. Raises `NotFound` for another's wish and what the cart refuses:
    `VariantRequired`, `NoSuchVariant`, `NotBuyable`, `OutOfStock`, `QuantityOutOfRange`.
    """
    item = WishlistItem.objects.select_for_update().filter(user=user, pk=item_id).first()
    if item is None:
        raise NotFound
    variant_id = cart_querysets.choose_variant(product=item.product_id, options=options)
    line = carts.add_item(user=user, variant_id=variant_id, quantity=quantity)
    item.delete()
    return line.cart
