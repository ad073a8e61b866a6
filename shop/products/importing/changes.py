"""What one product of the file changes in the shop; nothing is written here."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db.models import Model

from shop.products.importing.catalogue import ImageRow, ProductRow, Refused, VariantRow
from shop.products.importing.cells import short
from shop.products.importing.existing import Existing
from shop.products.models import Product, ProductImage, Variant
from shop.products.services.approval import status_columns
from shop.vendors.models import Vendor


@dataclass
class Change:
    """A product with the values that it is to have, and which of its rows differ from before."""

    row: ProductRow
    product: Product
    is_new: bool
    product_differs: bool = False
    new_variants: list[Variant] = field(default_factory=list)
    # By id; the renamed ones get another sku or other options.
    changed_variants: dict[int, Variant] = field(default_factory=dict)
    renamed_variants: dict[int, Variant] = field(default_factory=dict)
    new_images: list[ProductImage] = field(default_factory=list)
    changed_images: list[ProductImage] = field(default_factory=list)
    removed_images: list[ProductImage] = field(default_factory=list)
    stock: list[tuple[Variant, int]] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        parts = (
            *(self.new_variants, self.changed_variants),
            *(self.new_images, self.changed_images, self.removed_images),
        )
        return not (self.is_new or self.product_differs or self.stock or any(parts))


def change_for(
    row: ProductRow,
    *,
    existing: Existing,
    vendor: Vendor,
    is_held: bool,
    category_id: Callable[[], int],
) -> Change:
    """Compare `row` with the shop. Raises `Refused` when the two cannot be brought together.

    `is_held`: what comes on sale waits for approval. `category_id` is asked last, and only
    for products that are to stand there: it may make the category.
    """
    found = existing.product_of(row)
    product = found or _new_product(row, vendor)
    change = Change(row, product, is_new=found is None)
    before = list(existing.variants[product.pk]) if found else []
    pairs = _pairs(row.variants, before)
    variants = [_variant(change, existing, *pair) for pair in pairs]
    named = {variant.pk for variant in variants}
    kept = [variant for variant in before if variant.pk not in named]
    _make_room(change, variants, kept)
    values = _values(row) | _status(row, found, is_held=is_held)
    prices = {id(v): _price(v, product) for v in kept}
    prices |= {id(v): wanted.price for v, (wanted, _) in zip(variants, pairs, strict=True)}
    values |= _set_prices(change, [*variants, *kept], prices)
    _compare_stock(change, existing, variants)
    _compare_images(change, existing.images[product.pk] if found else [])
    if found is None or row.category is not None:
        values["category_id"] = category_id()
    change.product_differs = _assign(product, values)
    return change


def _new_product(row: ProductRow, vendor: Vendor) -> Product:
    return Product(
        slug=row.handle,
        vendor=vendor,
        base_price=Decimal(0),
        price=Decimal(0),
        currency=settings.SHOP_CURRENCY,
    )


def _values(row: ProductRow) -> dict[str, Any]:
    """The columns that the file says something about."""
    values = {
        "name": row.name,
        "description": row.description,
        "tags": None if row.tags is None else list(row.tags),
        "meta_title": row.meta_title,
        "meta_description": row.meta_description,
    }
    return {name: value for name, value in values.items() if value is not None}


def _status(row: ProductRow, found: Product | None, *, is_held: bool) -> dict[str, Any]:
    if row.status is None and found is not None:
        return {}
    wanted = row.status or Product.Status.ACTIVE
    return status_columns(wanted=wanted, before=found, is_held=is_held)


def _assign(row: Model, values: Mapping[str, Any]) -> bool:
    """Set the values; True when one differs from before."""
    differing = {name: value for name, value in values.items() if getattr(row, name) != value}
    for name, value in differing.items():
        setattr(row, name, value)
    return bool(differing)


# --- Variants -------------------------------------------------------------------------------


def _pairs(
    rows: tuple[VariantRow, ...], before: list[Variant]
) -> list[tuple[VariantRow, Variant | None]]:
    """Each row with its variant: by its own sku, else by options, else by a made sku."""
    by_sku = {variant.sku: variant for variant in before}
    by_options = {_key(variant.options): variant for variant in before}
    found: dict[int, Variant] = {}
    taken: set[int] = set()
    lookups: tuple[Callable[[VariantRow], Variant | None], ...] = (
        lambda row: None if row.sku_is_made else by_sku.get(row.sku),
        lambda row: by_options.get(_key(row.options)),
        lambda row: by_sku.get(row.sku),
    )
    for lookup in lookups:
        for index, row in enumerate(rows):
            variant = lookup(row)
            if index not in found and variant is not None and variant.pk not in taken:
                found[index] = variant
                taken.add(variant.pk)
    return [(row, found.get(index)) for index, row in enumerate(rows)]


def _key(options: Mapping[str, str]) -> frozenset[tuple[str, str]]:
    return frozenset(options.items())


def _variant(
    change: Change, existing: Existing, row: VariantRow, variant: Variant | None
) -> Variant:
    """The variant with the row's values, except its price."""
    values: dict[str, Any] = {"compare_at_price": row.compare_at_price}
    if row.barcode is not None:
        values["barcode"] = row.barcode
    if row.weight_grams is not None:
        values["weight_grams"] = row.weight_grams
    # A merchant's own sku is not replaced by one that we made.
    keys: dict[str, Any] = {"options": row.options}
    if variant is None or not row.sku_is_made:
        existing.check_sku(row.sku, change.product, row.line)
        keys["sku"] = row.sku
    if variant is None:
        variant = Variant(product=change.product, **keys, **values)
        change.new_variants.append(variant)
        return variant
    is_renamed = _assign(variant, keys)
    if is_renamed:
        change.renamed_variants[variant.pk] = variant
    if _assign(variant, values) or is_renamed:
        change.changed_variants[variant.pk] = variant
    return variant


def _make_room(change: Change, variants: list[Variant], kept: list[Variant]) -> None:
    """Variants that the file does not name stay, unless they contradict those that it does."""
    taken = {_key(variant.options): variant for variant in kept}
    for variant in variants:
        other = taken.get(_key(variant.options))
        if other is not None:
            what = f"{short(str(variant))} has the options of {short(other.sku)}"
            raise Refused(change.row.line, f"{what}, which the file does not name")
    has_options = any(variant.options for variant in variants)
    for variant in kept:
        # A product that comes in sizes now is not sold without one any more.
        if has_options and not variant.options and variant.is_active:
            variant.is_active = False
            _note(change, variant)
    if variants and not any(variant.is_active for variant in (*variants, *kept)):
        for variant in variants:
            variant.is_active = True
            _note(change, variant)
    last = max((variant.position for variant in (*kept, *variants) if variant.pk), default=-1)
    for position, variant in enumerate(change.new_variants, start=last + 1):
        variant.position = position


def _note(change: Change, variant: Variant) -> None:
    """Variants that are new are written as a whole anyway."""
    if variant.pk is not None:
        change.changed_variants[variant.pk] = variant


# --- Prices ---------------------------------------------------------------------------------


def _price(variant: Variant, product: Product) -> Decimal:
    own: Decimal | None = variant.own_price
    base: Decimal = product.base_price
    return base if own is None else own


def _set_prices(
    change: Change, variants: list[Variant], prices: Mapping[int, Decimal]
) -> dict[str, Any]:
    """Give every variant its price; returns the prices of the product.

    The product's own price is that of its cheapest variant, and a variant has a price
    of its own where it costs something else.
    """
    sold = [variant for variant in variants if variant.is_active] or variants
    cheapest = min(sold, key=lambda variant: prices[id(variant)])
    lowest = prices[id(cheapest)]
    product = change.product
    if change.is_new or any(_price(v, product) != prices[id(v)] for v in variants):
        base = lowest
        for variant in variants:
            own = None if prices[id(variant)] == base else prices[id(variant)]
            if _assign(variant, {"own_price": own}):
                _note(change, variant)
    else:
        # The same prices, perhaps written in another way: leave them to the merchant.
        base = product.base_price
    return {
        "base_price": base,
        "price": lowest,
        "compare_at_price": cheapest.compare_at_price,
        "currency": settings.SHOP_CURRENCY,
    }


# --- Stock and images -----------------------------------------------------------------------


def _compare_stock(change: Change, existing: Existing, variants: list[Variant]) -> None:
    for row, variant in zip(change.row.variants, variants, strict=True):
        wanted = 0 if row.stock is None and variant.pk is None else row.stock
        if wanted is not None and existing.stock.get(variant.pk) != wanted:
            change.stock.append((variant, wanted))


def _compare_images(change: Change, before: list[ProductImage]) -> None:
    """The file's addresses replace those of before. Pictures of the shop's own are not touched."""
    if not change.row.images or any(image.file for image in before):
        return
    known = {image.remote_url: image for image in before}
    wanted: dict[str, ImageRow] = {image.url: image for image in reversed(change.row.images)}
    for position, url in enumerate(dict.fromkeys(image.url for image in change.row.images)):
        values = {
            "alt_text": wanted[url].alt_text,
            "position": position,
            "is_main": position == 0,
        }
        image = known.pop(url, None)
        if image is None:
            change.new_images.append(ProductImage(product=change.product, remote_url=url, **values))
        elif _assign(image, values):
            change.changed_images.append(image)
    change.removed_images.extend(known.values())
