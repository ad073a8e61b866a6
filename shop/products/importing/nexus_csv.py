"""Our own CSV: one row per variant; the product's cells count in the first row of its handle.

docs/importing.md lists the columns.
"""

from collections.abc import Iterator, Sequence

from shop.core.spreadsheets import unguarded
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

REQUIRED = ("handle", "name", "price")
_OPTION = "option."


def read(source: Source) -> Items:
    return read_products(_rows(source), _product)


def _rows(source: Source) -> Iterator[Row]:
    """With the texts that our own exports guard against spreadsheets as they were."""
    for row in read_rows(source, REQUIRED):
        yield Row(row.line, {name: unguarded(cell) for name, cell in row.cells.items()})


def _product(rows: list[Row]) -> ProductRow:
    first = rows[0]
    slug = cells.handle(first["handle"], "")
    return ProductRow(
        line=first.line,
        handle=slug,
        name=first["name"],
        variants=tuple(_variant(row, slug) for row in rows if not _is_only_image(row)),
        category=_category(first),
        description=html.sanitize(first["description"]) or None,
        status=first["status"].lower() or None,
        tags=cells.tags(first["tags"]),
        meta_title=first["meta_title"] or None,
        meta_description=first["meta_description"] or None,
        images=_images(rows),
    )


def _is_only_image(row: Row) -> bool:
    """Another picture of the product, and no variant."""
    options = (row[column] for column in row.cells if column.startswith(_OPTION))
    return bool(row["image"]) and not any((row["price"], row["sku"], *options))


def _variant(row: Row, slug: str) -> VariantRow:
    options = {
        column.removeprefix(_OPTION).strip(): row[column]
        for column in row.cells
        if column.startswith(_OPTION) and row[column]
    }
    price = cells.amount(row["price"], "price", row.line)
    if price is None:
        raise Refused(row.line, "the price is missing")
    return VariantRow(
        line=row.line,
        sku=row["sku"] or cells.made_sku(slug, options),
        sku_is_made=not row["sku"],
        options=options,
        price=price,
        compare_at_price=cells.amount(row["compare_at_price"], "compare-at price", row.line),
        stock=cells.whole(row["stock"], "stock", row.line),
        barcode=row["barcode"] or None,
        weight_grams=cells.whole(row["weight_grams"], "weight", row.line),
    )


def _category(first: Row) -> CategoryPath | None:
    """ "Outdoor > Chairs" is two steps."""
    if not first["category"]:
        return None
    names = [name.strip() for name in first["category"].split(">")]
    if not all(names):
        raise Refused(
            first.line, f"the category {cells.short(first['category'])} has an empty step"
        )
    return tuple(CategoryStep(name) for name in names)


def _images(rows: Sequence[Row]) -> tuple[ImageRow, ...]:
    found: dict[str, ImageRow] = {}
    for row in rows:
        if row["image"]:
            found.setdefault(row["image"], ImageRow(row["image"], row["image_alt"]))
    return tuple(found.values())
