"""Shopify's product export (and its newer template with other column names).

The rows of one handle are one product. The first has the title and everything of the
product; each row with a price, an option or a sku is a variant; rows with only an
address are further images. Blank cells mean what the first row said.
"""

from collections.abc import Sequence

from shop.products import html
from shop.products.importing import cells
from shop.products.importing.catalogue import (
    CategoryPath,
    CategoryStep,
    ImageRow,
    Items,
    ProductRow,
    Refused,
    VariantRow,
)
from shop.products.importing.csv_table import Row, read_products, read_rows
from shop.products.importing.source import Source

REQUIRED = ("Handle", "Title", "Option1 Name", "Option1 Value", "Variant Price")
# The template that Shopify offers since 2024 says the same in other words.
ALIASES = {
    "url handle": "handle",
    "description": "body (html)",
    "published on online store": "published",
    "sku": "variant sku",
    "barcode": "variant barcode",
    "price": "variant price",
    "compare-at price": "variant compare at price",
    "inventory quantity": "variant inventory qty",
    "weight value (grams)": "variant grams",
    "product image url": "image src",
    "variant image url": "variant image",
}
_STATUSES = {"active": "active", "draft": "draft", "archived": "inactive", "": ""}
_IS_PUBLISHED = {"true": True, "false": False, "": True}


def read(source: Source) -> Items:
    return read_products(read_rows(source, REQUIRED, ALIASES), _product)


def _product(rows: list[Row]) -> ProductRow:
    first = rows[0]
    slug = cells.handle(first["handle"], "")
    option_names = [first[f"option{number} name"] for number in (1, 2, 3)]
    tags = cells.tags(first["tags"])
    return ProductRow(
        line=first.line,
        handle=slug,
        name=first["title"],
        variants=tuple(
            _variant(row, slug, option_names)
            for row in rows
            if row["option1 value"] or row["variant sku"] or row["variant price"]
        ),
        category=_category(first["type"], tags),
        description=html.sanitize(first["body (html)"]) or None,
        status=_status(first),
        tags=tags,
        meta_title=first["seo title"] or None,
        meta_description=first["seo description"] or None,
        images=_images(rows),
    )


def _variant(row: Row, slug: str, option_names: Sequence[str]) -> VariantRow:
    options = {}
    for number, name in enumerate(option_names, start=1):
        value = row[f"option{number} value"]
        # A product without options is exported with Title = Default Title.
        if value and not (name.lower() in ("title", "") and value == "Default Title"):
            options[cells.option_name(name, number)] = value
    price = cells.amount(row["variant price"], "price", row.line)
    if price is None:
        raise Refused(row.line, "the price is missing")
    stock = cells.whole(row["variant inventory qty"], "stock", row.line)
    return VariantRow(
        line=row.line,
        # Shopify's own export protects codes that look like numbers with an apostrophe.
        sku=row["variant sku"].removeprefix("'") or cells.made_sku(slug, options),
        sku_is_made=not row["variant sku"].removeprefix("'"),
        options=options,
        price=price,
        compare_at_price=cells.amount(
            row["variant compare at price"], "compare-at price", row.line
        ),
        # Sold beyond the last one ("continue") is a negative number there; here it is none left.
        stock=None if stock is None else max(0, stock),
        barcode=row["variant barcode"].removeprefix("'") or None,
        # Shopify writes 0 for "not weighed".
        weight_grams=cells.whole(row["variant grams"], "weight", row.line) or None,
    )


def _category(kind: str, tags: Sequence[str] | None) -> CategoryPath | None:
    name = kind or (tags[0] if tags else "")
    # Tags are often written small: "men" becomes the category Men.
    return (CategoryStep(name[0].upper() + name[1:]),) if name else None


def _status(first: Row) -> str | None:
    if not first["status"] and not first["published"]:
        return None
    status = _STATUSES.get(first["status"].lower())
    is_published = _IS_PUBLISHED.get(first["published"].lower())
    if status is None:
        raise Refused(first.line, f"the status {cells.short(first['status'])} is unknown")
    if is_published is None:
        raise Refused(
            first.line, f"published is {cells.short(first['published'])}, not true or false"
        )
    return "draft" if not is_published and status in ("", "active") else status or "active"


def _images(rows: Sequence[Row]) -> tuple[ImageRow, ...]:
    """In the order of their positions (else of the file), then those of variants; each once."""
    placed = [
        (cells.whole(row["image position"], "image position", row.line) or len(rows), row)
        for row in rows
        if row["image src"]
    ]
    found: dict[str, ImageRow] = {}
    for _, row in sorted(placed, key=lambda pair: pair[0]):
        found.setdefault(row["image src"], ImageRow(row["image src"], row["image alt text"]))
    for row in rows:
        if row["variant image"]:
            found.setdefault(row["variant image"], ImageRow(row["variant image"]))
    return tuple(found.values())
