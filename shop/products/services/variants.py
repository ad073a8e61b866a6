"""Variants: what of a product can be bought."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Max

from shop.accounts.models import User
from shop.core.errors import NotFound
from shop.core.events import publish
from shop.core.transactions import atomic, retry_on_conflict
from shop.inventory import services as inventory
from shop.products.errors import DuplicateOptions, LastVariant, SkuTaken
from shop.products.events import ProductUpdated
from shop.products.models import Product, Variant
from shop.products.options import normalize
from shop.products.services.conflicts import delete_unless_protected, naming_conflicts
from shop.products.services.figures import refresh_price
from shop.products.services.locks import lock_product

_COLUMNS = {
    "sku": "sku",
    "options": "options",
    "price": "own_price",
    "compare_at_price": "compare_at_price",
    "barcode": "barcode",
    "weight_grams": "weight_grams",
    "low_stock_threshold": "low_stock_threshold",
    "is_active": "is_active",
}


@dataclass(frozen=True, kw_only=True)
class NewVariant:
    """A variant to be: without `sku` one is made up, without `price` the product's holds."""

    options: Mapping[str, str]
    sku: str | None = None
    price: Decimal | None = None
    compare_at_price: Decimal | None = None
    stock: int = 0
    barcode: str = ""
    weight_grams: int | None = None
    low_stock_threshold: int | None = None


def insert_variants(
    *, product: Product, variants: Sequence[NewVariant], first_position: int, actor: User | None
) -> list[Variant]:
    """Insert `variants` of the locked `product` with their stock, in a few statements for all.

    Raises `SkuTaken`, `DuplicateOptions`, `OptionsNotAcceptable`.
    """
    rows = unsaved_variants(product=product, variants=variants, first_position=first_position)
    save_variants(rows=rows, stock=[new.stock for new in variants], actor=actor)
    return rows


def unsaved_variants(
    *, product: Product, variants: Sequence[NewVariant], first_position: int
) -> list[Variant]:
    """Rows for `variants` of `product`. Raises `SkuTaken`, `DuplicateOptions` among them."""
    rows = [
        Variant(
            product=product,
            sku=new.sku or _made_up_sku(),
            options=normalize(new.options),
            own_price=new.price,
            compare_at_price=new.compare_at_price,
            barcode=new.barcode,
            weight_grams=new.weight_grams,
            low_stock_threshold=new.low_stock_threshold,
            position=position,
        )
        for position, new in enumerate(variants, start=first_position)
    ]
    _refuse_twins(rows)
    return rows


def save_variants(*, rows: Sequence[Variant], stock: Sequence[int], actor: User | None) -> None:
    """Insert `rows`, of one product or several, with the stock of each."""
    with naming_conflicts():
        Variant.objects.bulk_create(rows)
    numbers = {row.pk: number for row, number in zip(rows, stock, strict=True)}
    inventory.set_available(stock=numbers, reason="first stock", actor=actor)


@atomic
def create_variant(
    *,
    product: Product,
    options: Mapping[str, str],
    sku: str | None = None,
    price: Decimal | None = None,
    compare_at_price: Decimal | None = None,
    stock: int = 0,
    barcode: str = "",
    weight_grams: int | None = None,
    low_stock_threshold: int | None = None,
    actor: User | None = None,
) -> Variant:
    """One more variant of `product`, placed last; see `NewVariant` and `insert_variants`."""
    product = lock_product(product.pk)
    last = Variant.objects.filter(product=product).aggregate(last=Max("position"))["last"]
    new = NewVariant(
        options=options,
        sku=sku,
        price=price,
        compare_at_price=compare_at_price,
        stock=stock,
        barcode=barcode,
        weight_grams=weight_grams,
        low_stock_threshold=low_stock_threshold,
    )
    position = 0 if last is None else last + 1
    rows = insert_variants(product=product, variants=[new], first_position=position, actor=actor)
    _tell(product, actor)
    return rows[0]


@retry_on_conflict
@atomic
def update_variant(
    *, variant: Variant, changes: Mapping[str, Any], actor: User | None = None
) -> Variant:
    """Set the named fields, as `create_variant` takes them, and `is_active`.

    `price=None` goes back to the product's price. Raises `SkuTaken`, `DuplicateOptions`,
    `OptionsNotAcceptable`, and `LastVariant` for switching off the last one.
    """
    values = dict(changes)
    stock = values.pop("stock", None)
    if "options" in values:
        values["options"] = normalize(values["options"])
    product, variant = _lock(variant)
    if not values.get("is_active", True):
        _refuse_last(variant)
    for name, value in values.items():
        setattr(variant, _COLUMNS[name], value)
    with naming_conflicts():
        variant.save(update_fields=[*(_COLUMNS[name] for name in values), "updated_at"])
    if stock is not None:
        inventory.set_available(stock={variant.pk: stock}, reason="set on the product", actor=actor)
    _tell(product, actor)
    return variant


@retry_on_conflict
@atomic
def delete_variant(*, variant: Variant, actor: User | None = None) -> bool:
    """True when it is gone; False when it was ordered and is therefore switched off only.

    Raises `LastVariant`.
    """
    product, variant = _lock(variant)
    _refuse_last(variant)
    # Orders that are being placed hold these: afterwards it is certain whether it was ordered.
    inventory.lock_levels([variant.pk])
    is_gone = delete_unless_protected(variant)
    if not is_gone:
        Variant.objects.filter(pk=variant.pk).update(is_active=False)
    _tell(product, actor)
    return is_gone


def _lock(variant: Variant) -> tuple[Product, Variant]:
    product = lock_product(variant.product_id)
    locked = Variant.objects.select_for_update(no_key=True).filter(pk=variant.pk).first()
    if locked is None:
        raise NotFound
    locked.product = product
    return product, locked


def _refuse_last(variant: Variant) -> None:
    others = Variant.objects.filter(product_id=variant.product_id, is_active=True)
    if not others.exclude(pk=variant.pk).exists():
        raise LastVariant


def _refuse_twins(rows: Sequence[Variant]) -> None:
    """Name the line that repeats an earlier one; the database only knows that one does."""
    skus: set[str] = set()
    options: set[frozenset[tuple[str, str]]] = set()
    for index, row in enumerate(rows):
        own = frozenset(row.options.items())
        if row.sku in skus:
            raise SkuTaken(attr=f"variants.{index}.sku")
        if own in options:
            raise DuplicateOptions(attr=f"variants.{index}.options")
        skus.add(row.sku)
        options.add(own)


def _made_up_sku() -> str:
    return f"NX-{secrets.token_hex(6).upper()}"


def _tell(product: Product, actor: User | None) -> None:
    refresh_price(product_ids=[product.pk])
    publish(ProductUpdated(product_id=product.pk, actor_id=actor.pk if actor else None))
