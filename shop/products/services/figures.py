"""Numbers on a product that follow from other rows."""

from collections.abc import Collection
from decimal import Decimal

from django.db import connection
from django.utils import timezone

from shop.core.transactions import atomic
from shop.products.models import Product, Variant

# By hand, because most changes of the catalogue end with it: a tenth of the time that the
# ORM takes to compose it.
_REFRESH = f"""
    UPDATE {Product._meta.db_table} AS product
    SET updated_at = %s,
        price = coalesce(
            (
                SELECT min(coalesce(variant.own_price, product.base_price))
                FROM {Variant._meta.db_table} AS variant
                WHERE variant.product_id = product.id AND variant.is_active
            ),
            product.base_price
        )
    WHERE product.id = ANY(%s)
"""  # noqa: S608 (the names come from the models)


@atomic
def refresh_price(*, product_ids: Collection[int]) -> None:
    """Set the price that lists show: the lowest of an active variant. One statement for all."""
    with connection.cursor() as cursor:
        cursor.execute(_REFRESH, [timezone.now(), list(product_ids)])


@atomic
def set_rating(*, product_id: int, average: Decimal, count: int) -> None:
    """Keep what reviews say of a product: `average` from 0 to 5, of `count` reviews."""
    Product.objects.filter(pk=product_id).update(
        average_rating=average, review_count=count, updated_at=timezone.now()
    )
