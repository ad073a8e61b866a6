"""JSON Lines, as shared/bench/catalogue.py writes them: categories first, then products.

Amounts are integers in the currency's minor unit; ids are the file's own and end with it.
"""

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from itertools import chain
from typing import Any

import orjson
from django.conf import settings
from django.utils.translation import gettext as _

from shop.core.money import from_minor
from shop.products import html
from shop.products.importing import cells
from shop.products.importing.catalogue import (
    BrokenFile,
    CategoryPath,
    CategoryRow,
    CategoryStep,
    ImageRow,
    Items,
    ProductRow,
    Refusal,
    Refused,
    VariantRow,
)
from shop.products.importing.source import Source

Entry = tuple[int, dict[str, Any]]
_TYPE_NAMES = {str: "a text", int: "a whole number", list: "a list", dict: "an object"}


def read(source: Source) -> Items:
    entries = _entries(source)
    listed: dict[Any, Entry] = {}
    for line, entry in entries:
        if entry["kind"] == "product":
            entries = chain([(line, entry)], entries)
            break
        key = entry.get("id")
        if key in listed:
            raise BrokenFile(
                _("Line {line}: the category {key} stands on line {first} already.").format(
                    line=line, key=repr(key), first=listed[key][0]
                )
            )
        listed[key] = (line, entry)
    paths = {key: _path(key, listed) for key in listed}
    _check_slugs(paths, listed)
    for key, path in paths.items():
        yield CategoryRow(listed[key][0], path)
    yield from _products(entries, paths)


def _entries(source: Source) -> Iterator[Entry]:
    for line, text in source.lines():
        if not text.strip():
            continue
        try:
            entry = orjson.loads(text)
        except orjson.JSONDecodeError as error:
            raise BrokenFile(
                _("Line {line} is not JSON: {reason}.").format(line=line, reason=error.msg)
            ) from None
        if not isinstance(entry, dict):
            raise BrokenFile(_("Line {line} is not a JSON object.").format(line=line))
        if entry.get("kind") not in ("category", "product"):
            kind = cells.short(str(entry.get("kind")))
            raise BrokenFile(
                _("Line {line}: the kind {kind} is neither category nor product.").format(
                    line=line, kind=kind
                )
            )
        if entry["kind"] == "category":
            _check_category(line, entry)
        yield line, entry


# --- Categories: the frame of the file, so that a fault in one breaks it as a whole ---------


def _check_category(line: int, entry: Mapping[str, Any]) -> None:
    for key in ("id", "parent"):
        value = entry.get(key)
        if isinstance(value, bool) or not isinstance(value, str | int | None):
            raise BrokenFile(
                _("Line {line}: {key} of a category is a whole number or a text.").format(
                    line=line, key=key
                )
            )
    if entry.get("id") is None:
        raise BrokenFile(_("Line {line}: a category needs an id.").format(line=line))
    name, slug = entry.get("name"), entry.get("slug") or ""
    if not isinstance(name, str) or not isinstance(slug, str) or "\0" in name:
        raise BrokenFile(_("Line {line}: name and slug of a category are texts.").format(line=line))
    if not 1 <= len(name.strip()) <= 150:
        raise BrokenFile(
            _("Line {line}: the name of a category has 1 to 150 characters.").format(line=line)
        )
    if slug and (slug.isdigit() or not re.fullmatch(r"[-a-zA-Z0-9_]{1,150}", slug)):
        raise BrokenFile(
            _(
                "Line {line}: the category's slug {slug} is not made of up to 150 "
                "letters a-z, digits, - and _, or of digits only."
            ).format(line=line, slug=cells.short(slug))
        )


def _path(key: Any, listed: Mapping[Any, Entry]) -> CategoryPath:
    steps: list[CategoryStep] = []
    passed: set[Any] = set()
    while key is not None:
        line, entry = listed[key]
        if key in passed:
            raise BrokenFile(
                _("Line {line}: the category {key} stands below itself.").format(
                    line=line, key=repr(key)
                )
            )
        passed.add(key)
        steps.append(CategoryStep(entry["name"].strip(), entry.get("slug") or ""))
        key = entry.get("parent")
        if key is not None and key not in listed:
            raise BrokenFile(
                _("Line {line}: there is no category {key} to be the parent.").format(
                    line=line, key=repr(key)
                )
            )
    return tuple(reversed(steps))


def _check_slugs(paths: Mapping[Any, CategoryPath], listed: Mapping[Any, Entry]) -> None:
    lines: dict[str, int] = {}
    for key, path in paths.items():
        slug, line = path[-1].slug, listed[key][0]
        if slug and slug in lines:
            raise BrokenFile(
                _("Line {line}: the slug {slug} stands on line {first} already.").format(
                    line=line, slug=repr(slug), first=lines[slug]
                )
            )
        lines[slug] = line


# --- Products: each stands or falls alone ---------------------------------------------------


def _products(entries: Iterator[Entry], paths: Mapping[Any, CategoryPath]) -> Items:
    for line, entry in entries:
        if entry["kind"] == "category":
            raise BrokenFile(
                _("Line {line}: categories stand before the first product.").format(line=line)
            )
        try:
            yield _product(Fields(line, entry), paths)
        except Refused as refused:
            handle = str(entry.get("slug") or entry.get("name") or "")
            yield Refusal(refused.line, handle, refused.reason)


class Fields:
    """The fields of one object, by type; each refuses a value of another type."""

    def __init__(self, line: int, values: Mapping[str, Any]) -> None:
        self.line, self.values = line, values

    def text(self, name: str) -> str | None:
        """A blank text is None."""
        value = self._typed(name, str)
        return value.strip() or None if value else None

    def whole(self, name: str) -> int | None:
        number: int | None = self._typed(name, int)
        return number

    def minor(self, name: str) -> Decimal | None:
        number = self.whole(name)
        return None if number is None else from_minor(number, settings.SHOP_CURRENCY)

    def texts(self, name: str) -> list[str] | None:
        values = self._typed(name, list)
        if values is not None and not all(isinstance(value, str) for value in values):
            raise Refused(self.line, f"{name} is not a list of texts")
        texts: list[str] | None = values
        return texts

    def objects(self, name: str) -> list["Fields"]:
        values = self._typed(name, list) or []
        if not all(isinstance(value, dict) for value in values):
            raise Refused(self.line, f"{name} is not a list of objects")
        return [Fields(self.line, value) for value in values]

    def options(self) -> dict[str, str]:
        """`options`, or `size` as a short way to say {"size": ...}."""
        size = self.text("size")
        options: dict[str, str] = dict(self._typed("options", dict) or {})
        return {"size": size, **options} if size else options

    def _typed(self, name: str, kind: type) -> Any:
        value = self.values.get(name)
        if value is None or (isinstance(value, kind) and not isinstance(value, bool)):
            return value
        raise Refused(self.line, f"{name} is not {_TYPE_NAMES[kind]}")


def _product(fields: Fields, paths: Mapping[Any, CategoryPath]) -> ProductRow:
    name = fields.text("name") or ""
    slug = cells.handle(fields.text("slug") or "", name)
    tags = fields.texts("tags")
    return ProductRow(
        line=fields.line,
        handle=slug,
        name=name,
        variants=tuple(_variant(variant, slug) for variant in fields.objects("variants")),
        category=_category(fields, paths),
        description=html.sanitize(fields.text("description") or "") or None,
        status=fields.text("status"),
        tags=None if tags is None else cells.unique_tags(tags),
        meta_title=fields.text("meta_title"),
        meta_description=fields.text("meta_description"),
        images=tuple(
            ImageRow(image.text("url") or "", image.text("alt") or "")
            for image in fields.objects("images")
        ),
    )


def _category(fields: Fields, paths: Mapping[Any, CategoryPath]) -> CategoryPath | None:
    key = fields.values.get("category")
    if key is None:
        return None
    if isinstance(key, bool) or not isinstance(key, str | int) or key not in paths:
        raise Refused(fields.line, f"there is no category {cells.short(str(key))} in the file")
    return paths[key]


def _variant(fields: Fields, slug: str) -> VariantRow:
    options = fields.options()
    if not all(isinstance(value, str) for value in options.values()):
        raise Refused(fields.line, "the values of options are texts")
    price = fields.minor("price_cents")
    if price is None:
        raise Refused(fields.line, "price_cents is missing")
    sku = fields.text("sku")
    return VariantRow(
        line=fields.line,
        sku=sku or cells.made_sku(slug, options),
        sku_is_made=not sku,
        options=options,
        price=price,
        compare_at_price=fields.minor("compare_at_cents"),
        stock=fields.whole("stock"),
        barcode=fields.text("barcode"),
        weight_grams=fields.whole("weight_grams"),
    )
