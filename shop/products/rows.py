"""Rows of goods as lists and pages show them, by statements written by hand.

Shoppers wait for these. Composing such joins with the ORM takes longer than PostgreSQL takes
to answer them (ADR 0006). What decides which goods are wanted stays with the ORM.
"""

from collections.abc import Collection, Sequence
from typing import Any

import orjson

from shop.core import sql
from shop.core.money import MoneyField
from shop.inventory.models import StockLevel
from shop.products.models import Category, Product, ProductImage, Variant
from shop.products.options import size_rank
from shop.products.querysets import by_column
from shop.vendors.models import Vendor

Row = dict[str, Any]

_MONEY = MoneyField()  # reads amounts in the shop's minor unit
_AMOUNTS = {"price", "base_price", "own_price", "compare_at_price"}

_PRODUCT = {
    name: f"product.{name}"
    for name in (
        *("id", "name", "slug", "price", "compare_at_price", "currency", "status"),
        *("average_rating", "review_count", "created_at", "updated_at"),
    )
} | {
    "category_id": "category.id",
    "category_name": "category.name",
    "category_slug": "category.slug",
    "vendor_id": "vendor.id",
    "vendor_name": "vendor.name",
    "vendor_slug": "vendor.slug",
    "vendor_status": "vendor.status",
}
_JOINED = f"""
    JOIN {Category._meta.db_table} AS category ON category.id = product.category_id
    JOIN {Vendor._meta.db_table} AS vendor ON vendor.id = product.vendor_id
"""


def _listed(columns: dict[str, str]) -> str:
    return ", ".join(f"{column} AS {name}" for name, column in columns.items())


# --- One page of a list ---------------------------------------------------------------------

_ON_LISTS = _PRODUCT | {
    "submitted_at": "product.submitted_at",
    "file": "image.file",
    "remote_url": "image.remote_url",
    "stock": f"""(
        SELECT coalesce(sum(level.on_hand - level.reserved), 0)
        FROM {Variant._meta.db_table} AS variant
        JOIN {StockLevel._meta.db_table} AS level ON level.variant_id = variant.id
        WHERE variant.product_id = product.id AND variant.is_active
    )""",  # noqa: S608 (the names come from the models)
}


# The ids of the page come from an index alone; only its own rows are read and joined.
_PAGE = f"""
    SELECT {_listed(_ON_LISTS)}
    FROM (SELECT found.pk, row_number() OVER () AS place FROM ({{found}}) AS found) AS page
    JOIN {Product._meta.db_table} AS product ON product.id = page.pk
    {_JOINED}
    LEFT JOIN {ProductImage._meta.db_table} AS image
        ON image.product_id = product.id AND image.is_main
    ORDER BY page.place
"""  # noqa: S608 (the names come from the models)


def page_of(found: str, params: Sequence[Any], page: slice) -> list[Row]:
    """The rows of one page of `found`, a statement that selects ids as `pk`, in its order.

    `stock` is what is available of all active variants.
    """
    statement = _PAGE.format(found=f"{found} LIMIT %s OFFSET %s")
    start = page.start or 0
    return _fetch(statement, [*params, page.stop - start, start])


def listed_by_id(product_ids: Collection[int]) -> dict[int, Row]:
    """Such rows of these products, for lists of other things that name products."""
    found = page_of(
        "SELECT unnest(%s::bigint[]) AS pk", [list(product_ids)], slice(len(product_ids))
    )
    return {row["id"]: row for row in found}


# --- The page of one product ----------------------------------------------------------------

_ON_PAGES = _PRODUCT | {
    name: f"product.{name}"
    for name in (
        *("base_price", "description", "tags", "meta_title", "meta_description"),
        *("submitted_at", "decline_reason"),
    )
}
_ONE = f"""
    SELECT {_listed(_ON_PAGES)} FROM {Product._meta.db_table} AS product {_JOINED}
"""  # noqa: S608 (the names come from the models)

_OF_VARIANTS = {
    name: f"variant.{name}"
    for name in (
        *("id", "sku", "options", "own_price", "compare_at_price", "barcode", "weight_grams"),
        *("position", "is_active"),
    )
} | {
    "stock": f"""(
        SELECT coalesce(sum(level.on_hand - level.reserved), 0)
        FROM {StockLevel._meta.db_table} AS level WHERE level.variant_id = variant.id
    )""",  # noqa: S608 (the name comes from the model)
}
_VARIANTS = f"""
    SELECT variant.product_id, {_listed(_OF_VARIANTS)} FROM {Variant._meta.db_table} AS variant
    WHERE variant.product_id = ANY(%s) ORDER BY variant.position, variant.id
"""  # noqa: S608 (the names come from the models)

_OF_IMAGES = ("id", "file", "remote_url", "alt_text", "position", "is_main")
_IMAGES = f"""
    SELECT product_id, {", ".join(_OF_IMAGES)} FROM {ProductImage._meta.db_table}
    WHERE product_id = ANY(%s) ORDER BY position, id
"""  # noqa: S608 (the names come from the model)


def product_by_id(product_id: int) -> Row | None:
    return next(iter(_fetch(f"{_ONE} WHERE product.id = %s", [product_id])), None)


def products_by_id(product_ids: Collection[int]) -> dict[int, Row]:
    found = _fetch(f"{_ONE} WHERE product.id = ANY(%s)", [list(product_ids)])
    return {row["id"]: row for row in found}


def product_named(reference: str) -> Row | None:
    """By slug, or by id when `reference` is all digits."""
    named = by_column(reference)
    if named is None:
        return None
    column, value = named
    return next(iter(_fetch(f"{_ONE} WHERE product.{column} = %s", [value])), None)


def variants_of(product_id: int) -> list[Row]:
    return variants_of_each([product_id])[product_id]


def variants_of_each(product_ids: Collection[int]) -> dict[int, list[Row]]:
    """All variants of each product, by size and then in their order, with their whole `stock`."""
    rows = _fetch(_VARIANTS, [list(product_ids)])
    for row in rows:
        row["options"] = orjson.loads(row["options"])
    return _by_product(product_ids, sorted(rows, key=lambda row: size_rank(row["options"])))


def images_of(product_id: int) -> list[Row]:
    return images_of_each([product_id])[product_id]


def images_of_each(product_ids: Collection[int]) -> dict[int, list[Row]]:
    """All images of each product, in their order."""
    return _by_product(product_ids, _fetch(_IMAGES, [list(product_ids)]))


def _by_product(product_ids: Collection[int], rows: list[Row]) -> dict[int, list[Row]]:
    found: dict[int, list[Row]] = {product_id: [] for product_id in product_ids}
    for row in rows:
        found[row["product_id"]].append(row)
    return found


def _fetch(statement: str, params: Sequence[Any]) -> list[Row]:
    rows = sql.rows(statement, params)
    for amount in _AMOUNTS & rows[0].keys() if rows else ():
        for row in rows:
            row[amount] = _MONEY.from_db_value(row[amount])
    return rows
