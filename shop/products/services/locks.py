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


def lock_product(product_id: int) -> Product:
    """The product as it is now; carts and orders may go on naming it. Raises `NotFound`."""
    product = Product.objects.select_for_update(no_key=True).filter(pk=product_id).first()
    if product is None:
        raise NotFound
    return product
