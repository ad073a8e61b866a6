"""The rows that a change holds until its transaction ends."""

import zlib
from collections.abc import Collection

from django.db import connection

from shop.core.errors import NotFound
from shop.inventory import services as inventory
from shop.products import rows
from shop.products.errors import CategoryIsGone
from shop.products.models import Category, Product

_TREE = zlib.crc32(b"products.category_tree")


def lock_tree() -> None:
    """One move in the category tree at a time: two could make a cycle that neither sees."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_TREE])


def hold_category(*, category_id: int) -> None:
    """Lock the category and the tree around it, as `update_category` does. Raises `NotFound`."""
    lock_tree()
    category = Category.objects.select_for_update(no_key=True).filter(pk=category_id)
    if not category.values_list("pk"):
        raise NotFound


def keep_category(category: Category | None) -> None:
    """Hold `category` against deletion while something is put into it.

    Others may put things into it at the same time. Raises `CategoryIsGone`.
    """
    if category is None:
        return
    if not keep_categories([category.pk]):
        raise CategoryIsGone(attr="category")


def keep_categories(category_ids: Collection[int]) -> set[int]:
    """As `keep_category`, of several; answers those that are there."""
    return _locked_ids(Category._meta.db_table, category_ids, "KEY SHARE")


def hold_products(product_ids: Collection[int]) -> set[int]:
    """As `hold_product`, of several, in the order of their ids; answers those that are there."""
    return _locked_ids(Product._meta.db_table, product_ids, "NO KEY UPDATE")


def _locked_ids(table: str, ids: Collection[int], strength: str) -> set[int]:
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT id FROM {table} WHERE id = ANY(%s) ORDER BY id FOR {strength}",  # noqa: S608
            [list(ids)],
        )
        return {pk for (pk,) in cursor.fetchall()}


# By hand, because every change of a product begins with it; without the search vector, which
# the database keeps for itself.
_COLUMNS = [str(field.column) for field in Product._meta.concrete_fields if not field.generated]
_LOCK = f"""
    SELECT {", ".join(_COLUMNS)} FROM {Product._meta.db_table} WHERE id = %s FOR NO KEY UPDATE
"""  # noqa: S608 (the names come from the model)


def hold_product(product_id: int) -> None:
    """Lock the product as `lock_product` does, for changes of what belongs to it."""
    if not hold_products([product_id]):
        raise NotFound


def hold_goods(*, product_id: int) -> None:
    """Lock the product with the stock of all its variants: whatever its page shows of its own."""
    hold_product(product_id)
    inventory.lock_levels([variant["id"] for variant in rows.variants_of(product_id)])


def lock_product(product_id: int) -> Product:
    """The product as it is now; carts and orders may go on naming it. Raises `NotFound`."""
    for product in Product.objects.raw(_LOCK, [product_id]):
        return product
    raise NotFound
