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


def check_references_now() -> None:
    """Raise `IntegrityError` here, rather than at commit, when a deleted row is still named."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
