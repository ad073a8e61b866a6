"""Reads of carts, and of what may be put into them. One query each, however many lines."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import orjson
from django.conf import settings
from django.utils.translation import gettext as _

from shop.accounts.models import User
from shop.cart.errors import NoSuchProduct, NoSuchVariant, VariantRequired
from shop.cart.models import Cart
from shop.cart.totals import CartLine, unit_price
from shop.core import sql
from shop.core.errors import NotFound
from shop.core.money import quantize
from shop.core.references import BIGGEST_ID, reference
from shop.products.images import image_url
from shop.products.models import PUBLIC_STATUSES, Product
from shop.vendors.models import Vendor

# By hand, because shoppers wait for them at every step: see `shop.core.sql`.
_OPEN_CART = f"""
    SELECT {sql.columns(Cart)} FROM cart_cart WHERE user_id = %s AND status = 'open'
"""  # noqa: S608 (the columns come from the model)

_STOCK = """
    (SELECT coalesce(sum(level.on_hand - level.reserved), 0)
     FROM inventory_stocklevel AS level WHERE level.variant_id = variant.id) AS stock
"""
_LINES = f"""
    SELECT item.id, item.quantity, item.variant_id, variant.sku, variant.options,
           variant.own_price, variant.is_active, product.id AS product_id,
           product.name AS product_name, product.slug AS product_slug, product.base_price,
           product.category_id, product.status, vendor.id AS vendor_id,
           vendor.is_house, vendor.status AS vendor_status,
           image.file AS image_file, image.remote_url AS image_address, {_STOCK}
    FROM cart_cart AS cart
    JOIN cart_cartitem AS item ON item.cart_id = cart.id
    JOIN products_variant AS variant ON variant.id = item.variant_id
    JOIN products_product AS product ON product.id = variant.product_id
    JOIN vendors_vendor AS vendor ON vendor.id = product.vendor_id
    LEFT JOIN products_productimage AS image ON image.product_id = product.id AND image.is_main
"""  # noqa: S608 (the parts are constants)
_LINES_OF_CART = f"{_LINES} WHERE cart.id = %s ORDER BY item.id"
_OPEN_LINES = f"{_LINES} WHERE cart.user_id = %s AND cart.status = 'open' ORDER BY item.id"
_OPEN_LINE = f"{_LINES} WHERE cart.user_id = %s AND cart.status = 'open' AND item.id = %s"

_OFFER = f"""
    SELECT variant.is_active, product.name, product.status, vendor.status AS vendor_status,
           {_STOCK},
           coalesce((SELECT item.quantity FROM cart_cartitem AS item
                     WHERE item.cart_id = %s AND item.variant_id = variant.id), 0) AS in_cart
    FROM products_variant AS variant
    JOIN products_product AS product ON product.id = variant.product_id
    JOIN vendors_vendor AS vendor ON vendor.id = product.vendor_id
    WHERE variant.id = %s
"""  # noqa: S608 (the parts are constants)


@dataclass(frozen=True, slots=True)
class Offer:
    """A variant that shoppers can see: is it for sale, how many are left, and in the cart."""

    variant_id: int
    product_name: str
    is_buyable: bool
    available: int
    in_cart: int


def open_cart_of(user: User) -> Cart | None:
    return next(iter(sql.instances(Cart, _OPEN_CART, [user.pk])), None)


def lines_of(cart: Cart) -> list[CartLine]:
    """The lines of `cart`, oldest first, priced now."""
    return [_line(row) for row in sql.rows(_LINES_OF_CART, [cart.pk])]


def open_lines_of(user: User) -> list[CartLine]:
    """The lines of the cart that `user` has open; none when there is no cart."""
    return [_line(row) for row in sql.rows(_OPEN_LINES, [user.pk])]


def line_of(*, user: User, item_id: int) -> CartLine:
    """The line `item_id` of the cart that `user` has open, else `NotFound`."""
    found = sql.rows(_OPEN_LINE, [user.pk, item_id]) if item_id <= BIGGEST_ID else []
    if not found:
        raise NotFound
    return _line(found[0])


def offer_of(variant_id: int, *, cart: Cart) -> Offer:
    """What is offered as `variant_id`; raises `NoSuchVariant` if the public may not see it."""
    is_possible = 0 < variant_id <= BIGGEST_ID
    row = next(iter(sql.rows(_OFFER, [cart.pk, variant_id]) if is_possible else []), None)
    if row is None or not _is_visible(row):
        raise NoSuchVariant(attr="variant")
    return Offer(variant_id, row["name"], _is_buyable(row), row["stock"], row["in_cart"])


def choose_variant(*, product: int | str, options: Mapping[str, str]) -> int:
    """The id of the one active variant of `product` (slug or id) that has these `options`.

    Values match without regard to case. Raises `NoSuchProduct`, `NoSuchVariant`, and
    `VariantRequired` when several match.
    """
    public = Product.objects.filter(
        status__in=PUBLIC_STATUSES, vendor__status=Vendor.Status.APPROVED
    )
    rows = list(
        public.filter(reference(product), variants__is_active=True)
        .order_by("variants__position", "variants__id")
        .values_list("variants__id", "variants__options")
    )
    if not rows:
        raise NoSuchProduct(attr="product")
    matching = [row for row in rows if _has_options(row[1], options)]
    if not matching:
        raise NoSuchVariant("No variant has these options.", attr="options")
    if len(matching) > 1:
        raise VariantRequired(_choices(matching), attr="variant")
    return int(matching[0][0])


def _line(row: Mapping[str, Any]) -> CartLine:
    price: Decimal = unit_price(own_price=row["own_price"], base_price=row["base_price"])
    file, address = row["image_file"], row["image_address"]
    is_buyable = _is_buyable(row)
    return CartLine(
        item_id=row["id"],
        quantity=row["quantity"],
        variant_id=row["variant_id"],
        sku=row["sku"],
        options=orjson.loads(row["options"]),
        product_id=row["product_id"],
        product_name=row["product_name"],
        product_slug=row["product_slug"],
        vendor_id=row["vendor_id"],
        is_of_house=row["is_house"],
        category_id=row["category_id"],
        unit_price=quantize(price, settings.SHOP_CURRENCY),
        currency=settings.SHOP_CURRENCY,
        is_buyable=is_buyable,
        available=row["stock"] if is_buyable else 0,
        image=image_url(file=file, remote_url=address) if file or address else None,
    )


def _is_visible(row: Mapping[str, Any]) -> bool:
    is_active: bool = row["is_active"]
    is_approved = row["vendor_status"] == Vendor.Status.APPROVED
    return is_active and is_approved and row["status"] in PUBLIC_STATUSES


def _is_buyable(row: Mapping[str, Any]) -> bool:
    return _is_visible(row) and row["status"] == Product.Status.ACTIVE


def _has_options(has: Mapping[str, Any], wanted: Mapping[str, str]) -> bool:
    return all(str(has.get(name, "")).lower() == value.lower() for name, value in wanted.items())


def _choices(rows: Iterable[tuple[int, Mapping[str, Any]]]) -> str:
    names = [
        " / ".join(map(str, options.values())) or _("variant {id}").format(id=pk)
        for pk, options in rows
    ]
    return _("Choose a variant: {names}.").format(names=", ".join(names)[:500])
