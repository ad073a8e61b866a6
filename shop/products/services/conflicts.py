"""What the database refuses, in the catalogue's own words."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import IntegrityError, connection, transaction

from shop.core.errors import DomainError
from shop.products.errors import (
    DuplicateOptions,
    PriceNotAcceptable,
    SkuTaken,
    SlugIsNumber,
    SlugTaken,
)
from shop.products.models import Product, Variant
from shop.products.services.cascade import deletions_of, protection_of

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
    """Raise the error that names the constraint which the block broke.

    A look before the write could not know what others write at the same moment. Who means to
    go on in the same transaction opens a savepoint inside.
    """
    try:
        yield
    except IntegrityError as error:
        diagnosis = getattr(error.__cause__, "diag", None)
        known = _BY_CONSTRAINT.get(getattr(diagnosis, "constraint_name", None) or "")
        if known is None:
            raise
        refusal, attr = known
        raise refusal(attr=attr) from None


def delete_unless_protected(row: Product | Variant) -> bool:
    """Delete `row` with what belongs to it; False, and nothing done, when an order names it."""
    with connection.cursor() as cursor:
        its_id = {"id": row.pk}
        cursor.execute(protection_of(type(row)), its_id)
        if cursor.fetchone():
            return False
        try:
            with transaction.atomic():
                for deletion in deletions_of(type(row)):
                    cursor.execute(deletion, its_id)
                # Here, rather than at commit: was it named since the look?
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        except IntegrityError:
            return False
    return True
