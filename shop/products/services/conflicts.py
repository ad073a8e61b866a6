"""What the database refuses, in the catalogue's own words."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import IntegrityError, connection, transaction
from django.db.models import PROTECT, ProtectedError

from shop.core.errors import DomainError
from shop.products.errors import (
    DuplicateOptions,
    PriceNotAcceptable,
    SkuTaken,
    SlugIsNumber,
    SlugTaken,
)
from shop.products.models import Product, Variant

_BY_CONSTRAINT: dict[str, tuple[type[DomainError], str]] = {
    "products_category_slug_key": (SlugTaken, "slug"),
    "products_product_slug_key": (SlugTaken, "slug"),
    "category_slug_is_not_a_number": (SlugIsNumber, "slug"),
    "product_slug_is_not_a_number": (SlugIsNumber, "slug"),
    "products_variant_sku_key": (SkuTaken, "sku"),
    "variant_options_once": (DuplicateOptions, "options"),
    "product_price_not_negative": (PriceNotAcceptable, "price"),
    "variant_price_not_negative": (PriceNotAcceptable, "price"),
}


@contextmanager
def naming_conflicts() -> Iterator[None]:
    """Run the block in a savepoint and raise the error that names a broken constraint.

    A look before the write could not know what others write at the same moment.
    """
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        diagnosis = getattr(error.__cause__, "diag", None)
        known = _BY_CONSTRAINT.get(getattr(diagnosis, "constraint_name", None) or "")
        if known is None:
            raise
        refusal, attr = known
        raise refusal(attr=attr) from None


def delete_unless_protected(row: Product | Variant) -> bool:
    """Delete `row` with what belongs to it; False, and nothing done, when an order names it.

    Which tables protect it is read from the models: they stand above this app. The look
    comes first because Django would load every one of the rows that forbid the deletion.
    """
    if any(
        relation.related_model._base_manager.filter(**{relation.field.name: row.pk}).exists()
        for relation in row._meta.related_objects
        if relation.on_delete is PROTECT
    ):
        return False
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            type(row).objects.filter(pk=row.pk).delete()
            # Here, rather than at commit: was it named since the look?
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    except (ProtectedError, IntegrityError):
        return False
    return True
