"""Reads of carts, and of what may be put into them. One query each, however many lines."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db.models import F, FilteredRelation, Q, QuerySet

from shop.accounts.models import User
from shop.cart.errors import NoSuchProduct, NoSuchVariant, VariantRequired
from shop.cart.models import Cart, CartItem
from shop.cart.totals import CartLine, unit_price
from shop.core.errors import NotFound
from shop.core.money import quantize
from shop.core.references import BIGGEST_ID, reference
from shop.inventory import querysets as inventory
from shop.products.images import image_url
from shop.products.models import PUBLIC_STATUSES, Product, Variant
from shop.vendors.models import Vendor

_COLUMNS = {
    "sku": F("variant__sku"),
    "options": F("variant__options"),
    "own_price": F("variant__own_price"),
    "is_active": F("variant__is_active"),
    "product_id": F("variant__product_id"),
    "product_name": F("variant__product__name"),
    "product_slug": F("variant__product__slug"),
    "base_price": F("variant__product__base_price"),
    "status": F("variant__product__status"),
    "vendor_id": F("variant__product__vendor_id"),
    "vendor_status": F("variant__product__vendor__status"),
    "image_file": F("main_image__file"),
    "image_address": F("main_image__remote_url"),
}


@dataclass(frozen=True, slots=True)
class Offer:
    """A variant that shoppers can see: whether it is for sale, and how many are left."""

    variant_id: int
    product_name: str
    is_buyable: bool
    available: int


def open_cart_of(user: User) -> Cart | None:
    return Cart.objects.filter(user=user, status=Cart.Status.OPEN).first()


def lines_of(cart: Cart) -> list[CartLine]:
    """The lines of `cart`, oldest first, priced now."""
    return _lines(CartItem.objects.filter(cart=cart))


def open_lines_of(user: User) -> list[CartLine]:
    """The lines of the cart that `user` has open; none when there is no cart."""
    return _lines(_open_items(user))


def line_of(*, user: User, item_id: int) -> CartLine:
    """The line `item_id` of the cart that `user` has open, else `NotFound`."""
    lines = _lines(_open_items(user).filter(pk=item_id)) if item_id <= BIGGEST_ID else []
    if not lines:
        raise NotFound
    return lines[0]


def offer_of(variant_id: int) -> Offer:
    """What is offered as `variant_id`; raises `NoSuchVariant` if the public may not see it."""
    row = (
        Variant.objects.filter(pk__in=[variant_id] if 0 < variant_id <= BIGGEST_ID else [])
        .values(
            "is_active",
            name=F("product__name"),
            status=F("product__status"),
            vendor_status=F("product__vendor__status"),
            stock=inventory.available_of_variant(),
        )
        .first()
    )
    if row is None or not _is_visible(row):
        raise NoSuchVariant(attr="variant")
    return Offer(variant_id, row["name"], _is_buyable(row), row["stock"])


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


def _open_items(user: User) -> QuerySet[CartItem]:
    return CartItem.objects.filter(cart__user=user, cart__status=Cart.Status.OPEN)


def _lines(items: QuerySet[CartItem]) -> list[CartLine]:
    main_image = FilteredRelation(
        "variant__product__images", condition=Q(variant__product__images__is_main=True)
    )
    rows = (
        items.annotate(main_image=main_image)
        .order_by("id")
        .values(
            "id",
            "quantity",
            "variant_id",
            stock=inventory.available_of_variant("variant_id"),
            **_COLUMNS,
        )
    )
    return [_line(row) for row in rows]


def _line(row: Mapping[str, Any]) -> CartLine:
    price: Decimal = unit_price(own_price=row["own_price"], base_price=row["base_price"])
    file, address = row["image_file"], row["image_address"]
    is_buyable = _is_buyable(row)
    return CartLine(
        item_id=row["id"],
        quantity=row["quantity"],
        variant_id=row["variant_id"],
        sku=row["sku"],
        options=row["options"],
        product_id=row["product_id"],
        product_name=row["product_name"],
        product_slug=row["product_slug"],
        vendor_id=row["vendor_id"],
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
    names = [" / ".join(map(str, options.values())) or f"variant {pk}" for pk, options in rows]
    return f"Choose a variant: {', '.join(names)[:500]}."
