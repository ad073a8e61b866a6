"""Products as a file: in CSV and XLSX a line per variant, which can be imported again.

Read in batches by id, three statements each. docs/importing.md has the columns that count when
the file comes back; the others are for people, and follow them.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import nullcontext
from decimal import Decimal

from django.db.models import F, Func, QuerySet, Sum, Value
from django.db.models.functions import Coalesce
from django.db.models.query_utils import Q

from shop.core.exports import BATCH, Export, Row, Wall
from shop.core.images import image_url
from shop.core.spreadsheets import Cell
from shop.products.models import Category, Product, ProductImage, Variant

_OF_PRODUCT = (
    *("id", "slug", "name", "description", "status", "base_price", "price", "compare_at_price"),
    *("currency", "tags", "meta_title", "meta_description", "average_rating", "review_count"),
    *("created_at", "updated_at", "category_id", "vendor_id", "vendor__name", "vendor__slug"),
)
_OF_VARIANT = (
    *("id", "product_id", "sku", "options", "own_price", "compare_at_price", "barcode"),
    *("weight_grams", "is_active"),
)
_BEFORE = ("handle", "name", "category", "description", "price", "compare_at_price", "sku", "stock")
_AFTER = (
    *("tags", "image", "image_alt", "status", "meta_title", "meta_description", "barcode"),
    *("weight_grams", "currency", "available", "vendor", "product_id", "variant_id"),
    *("average_rating", "review_count", "created_at", "updated_at"),
)


def export_of(products: QuerySet[Product], *, wall: Wall = nullcontext) -> Export:
    """Of all of `products`; every statement is read behind the `wall`."""
    with wall():
        tree = _Tree()
        options = _option_names(products)

    def read(after: int) -> list[Row]:
        with wall():
            return _batch(products, after, tree)

    columns = [*_BEFORE, *(f"option.{name}" for name in options), *_AFTER]
    return Export("products", columns, read, _lines)


class _Tree:
    """The categories; a shop has few of them."""

    def __init__(self) -> None:
        rows = Category.objects.order_by().values("id", "parent_id", "name", "slug")
        self._by_id = {row["id"]: row for row in rows}

    def reference(self, category_id: int) -> Row:
        category = self._by_id.get(category_id)
        if category is None:  # made since
            self._by_id |= _Tree()._by_id
            category = self._by_id[category_id]
        return {name: category[name] for name in ("id", "name", "slug")} | {
            "path": self._path(category_id)
        }

    def _path(self, category_id: int | None) -> list[str]:
        names: list[str] = []
        while category_id is not None:
            row = self._by_id[category_id]
            names.insert(0, row["name"])
            category_id = row["parent_id"]
        return names


def _option_names(products: QuerySet[Product]) -> list[str]:
    """Of all variants, `size` first: the header is written before the rows are read."""
    variants = Variant.objects.filter(product__in=products.order_by().values("pk"), is_active=True)
    keys = variants.order_by().annotate(option=Func("options", function="jsonb_object_keys"))
    names = keys.values_list("option", flat=True).distinct()
    return sorted(names, key=lambda name: (name != "size", name))


def _batch(products: QuerySet[Product], after: int, tree: _Tree) -> list[Row]:
    page = products.filter(pk__gt=after).order_by("pk").values(*_OF_PRODUCT)[:BATCH]
    found = list(page)
    ids = [row["id"] for row in found]
    variants, images = _variants(ids), _images(ids)
    return [
        _product(row, variants[row["id"]], images[row["id"]], tree.reference(row["category_id"]))
        for row in found
    ]


def _variants(product_ids: Collection[int]) -> Mapping[int, list[Row]]:
    by_product: dict[int, list[Row]] = defaultdict(list)
    variants = Variant.objects.filter(product__in=product_ids).order_by("position", "id")
    total = Coalesce(Sum(F("stock_levels__on_hand") - F("stock_levels__reserved")), Value(0))
    in_main = Sum(
        F("stock_levels__on_hand") - F("stock_levels__reserved"),
        filter=Q(stock_levels__warehouse__is_default=True),
    )
    for row in variants.values(*_OF_VARIANT, available=total, in_main=in_main):
        by_product[row.pop("product_id")].append(row)
    return by_product


def _images(product_ids: Collection[int]) -> Mapping[int, list[Row]]:
    by_product: dict[int, list[Row]] = defaultdict(list)
    images = ProductImage.objects.filter(product__in=product_ids)
    rows = images.order_by("-is_main", "position", "id")
    for row in rows.values("product_id", "file", "remote_url", "alt_text", "is_main"):
        by_product[row["product_id"]].append(
            {
                "image": image_url(file=row["file"], remote_url=row["remote_url"]),
                "alt_text": row["alt_text"],
                "is_main": row["is_main"],
            }
        )
    return by_product


def _product(row: Row, variants: list[Row], images: list[Row], category: Row) -> Row:
    names = ("id", "name", "slug", "description", "status", "price", "compare_at_price")
    more = ("currency", "tags", "meta_title", "meta_description", "review_count")
    return {
        **{name: row[name] for name in (*names, *more)},
        "average_rating": float(row["average_rating"]),
        "category": category,
        "vendor": {
            "id": row["vendor_id"],
            "name": row["vendor__name"],
            "slug": row["vendor__slug"],
        },
        "variants": [_variant(one, row["base_price"]) for one in variants],
        "images": images,
        "created_at": row["created_at"],
        "updated_at": row["updated_at"],
    }


def _variant(row: Row, base_price: Decimal) -> Row:
    own = row["own_price"]
    return {
        "id": row["id"],
        "sku": row["sku"],
        "options": row["options"],
        "price": base_price if own is None else own,
        "compare_at_price": row["compare_at_price"],
        "stock": row["in_main"],
        "available": row["available"],
        "barcode": row["barcode"],
        "weight_grams": row["weight_grams"],
        "is_active": row["is_active"],
    }


# --- Lines of the table ---------------------------------------------------------------------


def _lines(product: Row) -> Iterator[Mapping[str, Cell]]:
    """One for each variant that is sold; more if there are more pictures."""
    variants = [one for one in product["variants"] if one["is_active"]]
    cheapest = min(variants, key=lambda one: one["price"], default=None)
    images = product["images"]
    for place in range(max(len(variants), len(images))):
        line: dict[str, Cell] = {"handle": product["slug"], "name": product["name"]}
        if place < len(variants):
            line |= _of_variant(variants[place], product, is_cheapest=variants[place] is cheapest)
        if place == 0:
            line |= _of_product(product)
        if place < len(images):
            line |= {"image": images[place]["image"], "image_alt": images[place]["alt_text"]}
        yield line


def _of_variant(variant: Row, product: Row, *, is_cheapest: bool) -> dict[str, Cell]:
    before = variant["compare_at_price"]
    # The product's own one is, for who imports, that of its cheapest variant.
    if before is None and is_cheapest:
        before = product["compare_at_price"]
    return {
        **{name: variant[name] for name in ("sku", "price", "stock", "available")},
        **{f"option.{name}": value for name, value in variant["options"].items()},
        "compare_at_price": before,
        "barcode": variant["barcode"],
        "weight_grams": variant["weight_grams"],
        "currency": product["currency"],
        "variant_id": variant["id"],
    }


def _of_product(product: Row) -> dict[str, Cell]:
    names = ("description", "status", "meta_title", "meta_description", "review_count")
    return {
        **{name: product[name] for name in (*names, "created_at", "updated_at")},
        "category": _joined(product["category"]["path"], " > "),
        "tags": _joined(product["tags"], ", "),
        "vendor": product["vendor"]["slug"],
        "product_id": product["id"],
        "average_rating": Decimal(str(product["average_rating"])),
    }


def _joined(names: Sequence[str], by: str) -> str:
    """Blank, which imports as unchanged, when a name holds what stands between them."""
    return "" if any(by.strip() in name for name in names) else by.join(names)
