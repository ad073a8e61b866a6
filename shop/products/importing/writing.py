"""A batch of products in the database: all or nothing per product, fast when all is well.

A batch is one transaction with a constant number of statements. When the database
refuses it, its halves are tried, and theirs, until only the faulty products stay out.

Locks come in the order of the shop's own services: products by id, stock levels by
variant, variants. Columns that foreign keys refer to are written only where they
change: carts and orders that name the rows need not wait.
"""

import time
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from django.db import DatabaseError, OperationalError, transaction
from django.db.models import F, TextField, Value
from django.db.models.functions import Cast, Concat, JSONObject

from shop.accounts.models import User
from shop.core.errors import DomainError
from shop.core.events import publish
from shop.inventory import services as inventory
from shop.products.events import ProductCreated, ProductUpdated
from shop.products.importing.catalogue import (
    Behalf,
    CategoryRow,
    ProductRow,
    Refusal,
    Refused,
)
from shop.products.importing.categories import FALLBACK, CategoryTree
from shop.products.importing.cells import short
from shop.products.importing.changes import Change, change_for
from shop.products.importing.existing import Existing
from shop.products.models import Product, ProductImage, SlugRedirect, Variant
from shop.products.services.approval import is_held_back
from shop.products.services.conflicts import naming_conflicts

BATCH = 500
_ATTEMPTS = 3
# Deadlock, serialization failure, lock not available: the same batch may pass the next time.
_PASSING = ("40", "55P03")
# Statement timeout, limits of PostgreSQL. Any other operational error means: no database.
_ABOUT_THE_ROWS = (*_PASSING, "57014", "54")
_PRODUCT_COLUMNS = (
    *("name", "description", "category", "status", "tags", "meta_title", "meta_description"),
    *("submitted_at", "decline_reason"),
    *("base_price", "price", "compare_at_price", "currency", "updated_at"),
)
_VARIANT_COLUMNS = (
    *("own_price", "compare_at_price", "barcode", "weight_grams", "is_active", "updated_at"),
)
_VARIANT_KEYS = ("sku", "options")
_IMAGE_COLUMNS = ("alt_text", "position", "is_main", "updated_at")


@dataclass(frozen=True, slots=True)
class Written:
    """What became of a product; a new one of a dry run has an id that nobody will ever see."""

    line: int
    result: Literal["created", "updated", "skipped"]
    product_id: int


Outcome = Written | Refusal


class Writer:
    """Writes for one vendor. With `dry_run` everything is tried and rolled back."""

    def __init__(
        self, *, behalf: Behalf, all_handles: Collection[str], dry_run: bool, reference: str
    ) -> None:
        self._behalf, self._all_handles = behalf, all_handles
        self._is_held = is_held_back(vendor=behalf.vendor, actor=behalf.actor)
        self._dry_run = dry_run
        self._reference = reference[:50]
        self._tree = CategoryTree()
        # Two products of the file must not be the same one of the shop.
        self._lines: dict[int, int] = {}
        self.categories_made: set[str] = set()

    def write_categories(self, rows: Sequence[CategoryRow]) -> None:
        """The categories that the file lists, with or without products."""
        if self._behalf.is_seller:
            return
        with transaction.atomic():
            for row in rows:
                self._tree.id_of(row.path)
            self._end_transaction()

    def write(self, rows: Sequence[ProductRow]) -> list[Outcome]:
        """One outcome per row. Raises `OperationalError` when the database is not there."""
        try:
            return self._repeated(rows)
        except (DatabaseError, DomainError) as error:
            if isinstance(error, OperationalError) and not _is_about_the_rows(error):
                raise
            if len(rows) > 1:
                middle = len(rows) // 2
                return [*self.write(rows[:middle]), *self.write(rows[middle:])]
            return [Refusal(rows[0].line, rows[0].handle, _reason(error))]

    def _repeated(self, rows: Sequence[ProductRow]) -> list[Outcome]:
        for attempt in range(1, _ATTEMPTS + 1):
            try:
                return self._in_transaction(rows)
            except OperationalError as error:
                if attempt == _ATTEMPTS or not _sqlstate(error).startswith(_PASSING):
                    raise
                time.sleep(attempt * 0.2)
        raise AssertionError("unreachable")

    def _in_transaction(self, rows: Sequence[ProductRow]) -> list[Outcome]:
        lines = dict(self._lines)
        try:
            with naming_conflicts(), transaction.atomic():
                outcomes = self._compare_and_apply(rows)
                self._end_transaction()
        except Exception:
            self._lines = lines
            self._tree.forget()
            raise
        return outcomes

    def _end_transaction(self) -> None:
        self.categories_made |= self._tree.take_made()
        if self._dry_run:
            transaction.set_rollback(True)
            self._tree.forget()

    def _compare_and_apply(self, rows: Sequence[ProductRow]) -> list[Outcome]:
        existing = Existing(rows, behalf=self._behalf, all_handles=self._all_handles)
        outcomes: list[Outcome | Change] = []
        for row in rows:
            try:
                outcomes.append(self._change(row, existing))
            except Refused as refused:
                outcomes.append(Refusal(refused.line, row.handle, refused.reason))
        changes = [o for o in outcomes if isinstance(o, Change) and not o.is_empty]
        _apply(changes, self._reference, self._behalf.actor)
        return [_outcome(o) if isinstance(o, Change) else o for o in outcomes]

    def _change(self, row: ProductRow, existing: Existing) -> Change:
        found = existing.product_of(row)
        if found is not None:
            first = self._lines.setdefault(found.pk, row.line)
            if first != row.line:
                raise Refused(row.line, f"line {first} is the same product: {found.slug!r}")
        return change_for(
            row,
            existing=existing,
            vendor=self._behalf.vendor,
            is_held=self._is_held,
            category_id=lambda: self._category_id(row, found),
        )

    def _category_id(self, row: ProductRow, found: Product | None) -> int:
        """A new product must stand somewhere; a seller's known one stays where it is."""
        path = row.category or FALLBACK
        if not self._behalf.is_seller:
            return self._tree.id_of(path)
        known = self._tree.known(path)
        if known is not None:
            return known
        if found is not None:
            return found.category_id
        if self._behalf.category is None:
            name = short(" > ".join(step.name for step in path))
            raise Refused(row.line, f"the shop has no category {name}")
        return self._behalf.category.pk


def _outcome(change: Change) -> Written:
    result: Literal["created", "updated", "skipped"] = "updated"
    if change.is_new:
        result = "created"
    elif change.is_empty:
        result = "skipped"
    return Written(change.row.line, result, change.product.pk)


# --- The statements -------------------------------------------------------------------------


def _apply(changes: Sequence[Change], reference: str, actor: User | None) -> None:
    _apply_products(changes)
    _apply_variants(changes)
    _apply_images(changes)
    stock = {variant.pk: number for change in changes for variant, number in change.stock}
    if stock:
        inventory.set_available(stock=stock, reason="import", reference=reference, actor=actor)
    by = actor.pk if actor else None
    publish(
        *(ProductCreated(product_id=c.product.pk, actor_id=by) for c in changes if c.is_new),
        *(ProductUpdated(product_id=c.product.pk, actor_id=by) for c in changes if not c.is_new),
    )


def _apply_products(changes: Sequence[Change]) -> None:
    new = [change.product for change in changes if change.is_new]
    # A new product's address is its own; one that led elsewhere before ends.
    SlugRedirect.objects.filter(product__isnull=False, slug__in=[p.slug for p in new]).delete()
    Product.objects.bulk_create(new)
    # Also when only a variant, an image or the stock differs: the product was updated now.
    _update(Product, [c.product for c in changes if not c.is_new], _PRODUCT_COLUMNS)


def _apply_variants(changes: Sequence[Change]) -> None:
    renamed = {pk: v for change in changes for pk, v in change.renamed_variants.items()}
    if renamed:
        # Orders lock stock first and then refer to variants: who locks variants against
        # references must hold all the stock that it needs already.
        stocked = {variant.pk for change in changes for variant, _ in change.stock if variant.pk}
        inventory.lock_levels({*renamed, *stocked})
        # Out of each other's way: two variants may swap their skus or options.
        Variant.objects.filter(pk__in=renamed).update(
            sku=Concat(Value("\x7f renamed "), Cast("pk", TextField())),
            options=JSONObject(renamed=F("pk")),
        )
        _update(Variant, list(renamed.values()), (*_VARIANT_COLUMNS, *_VARIANT_KEYS))
    changed = {pk: v for change in changes for pk, v in change.changed_variants.items()}
    _update(Variant, [v for pk, v in changed.items() if pk not in renamed], _VARIANT_COLUMNS)
    Variant.objects.bulk_create([v for change in changes for v in change.new_variants])


def _apply_images(changes: Sequence[Change]) -> None:
    removed = [image.pk for change in changes for image in change.removed_images]
    if removed:
        ProductImage.objects.filter(pk__in=removed).delete()
    changed = [image for change in changes for image in change.changed_images]
    if changed:
        # The index of main images is checked row by row: the old one steps back first.
        ProductImage.objects.filter(product__in={image.product_id for image in changed}).update(
            is_main=False
        )
        _update(ProductImage, changed, _IMAGE_COLUMNS)
    ProductImage.objects.bulk_create([i for change in changes for i in change.new_images])


def _update(
    model: type[Product | Variant | ProductImage], rows: Sequence[Any], columns: Sequence[str]
) -> None:
    """All rows in one statement; an upsert is several times faster than Django's bulk_update."""
    if rows:
        model._default_manager.bulk_create(
            rows, update_conflicts=True, unique_fields=["id"], update_fields=columns
        )


def _sqlstate(error: Exception) -> str:
    return str(getattr(error.__cause__, "sqlstate", None) or "")


def _is_about_the_rows(error: Exception) -> bool:
    return _sqlstate(error).startswith(_ABOUT_THE_ROWS)


def _reason(error: Exception) -> str:
    if isinstance(error, DomainError):
        return str(error)
    first_line = (str(error).splitlines() or [type(error).__name__])[0]
    return f"the database refuses it: {first_line}"
