"""The rows that a change holds until its transaction ends."""

import zlib

from django.db import connection

from shop.core.errors import NotFound
from shop.products.errors import CategoryIsGone
from shop.products.models import Category, Product

_TREE = zlib.crc32(b"products.category_tree")


def lock_tree() -> None:
    """One move in the category tree at a time: two could make a cycle that neither sees."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_TREE])


def keep_category(category: Category | None) -> None:
    """Hold `category` against deletion while something is put into it.

    Others may put things into it at the same time. Raises `CategoryIsGone`.
    """
    if category is None:
        return
    table = Category._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT 1 FROM {table} WHERE id = %s FOR KEY SHARE",  # noqa: S608 (from the model)
            [category.pk],
        )
        if cursor.fetchone() is None:
            raise CategoryIsGone(attr="category")


# By hand, because every change of a product begins with it; without the search vector, which
# the database keeps for itself.
_COLUMNS = [str(field.column) for field in Product._meta.concrete_fields if not field.generated]
_LOCK = f"""
    SELECT {", ".join(_COLUMNS)} FROM {Product._meta.db_table} WHERE id = %s FOR NO KEY UPDATE
"""  # noqa: S608 (the names come from the model)


def hold_product(product_id: int) -> None:
    """Lock the product as `lock_product` does, for changes of what belongs to it."""
    table = Product._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT 1 FROM {table} WHERE id = %s FOR NO KEY UPDATE",  # noqa: S608 (from the model)
            [product_id],
        )
        if cursor.fetchone() is None:
            raise NotFound


def lock_product(product_id: int) -> Product:
    """The product as it is now; carts and orders may go on naming it. Raises `NotFound`."""
    for product in Product.objects.raw(_LOCK, [product_id]):
        return product
    raise NotFound
