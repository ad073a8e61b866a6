"""Cells of a CSV file as values. Each raises `Refused` with a reason that quotes the cell."""

import hashlib
import re
import unicodedata
from collections.abc import Mapping
from decimal import Decimal

from django.utils.text import slugify

from shop.products.importing.catalogue import Refused

_AMOUNT = re.compile(r"[+-]?\d{1,20}(\.\d{1,20})?")
_WHOLE = re.compile(r"[+-]?\d{1,20}(\.0{1,10})?")
_LONGEST_SKU = 100


def amount(text: str, what: str, line: int) -> Decimal | None:
    """ "19.90" is Decimal("19.90"); a blank cell is None."""
    if not text:
        return None
    if not (text.isascii() and _AMOUNT.fullmatch(text)):
        raise Refused(line, f"the {what} {short(text)} is not a number like 1234.50")
    return Decimal(text)


def whole(text: str, what: str, line: int) -> int | None:
    """ "12" and "12.0" are 12; a blank cell is None."""
    if not text:
        return None
    if not (text.isascii() and _WHOLE.fullmatch(text)):
        raise Refused(line, f"the {what} {short(text)} is not a whole number")
    return int(Decimal(text))


def tags(text: str) -> tuple[str, ...] | None:
    """ "Pot, Plants, pot" is ("Pot", "Plants"); a blank cell is None."""
    return unique_tags(text.split(",")) if text else None


def unique_tags(names: list[str]) -> tuple[str, ...]:
    found: dict[str, str] = {}
    for name in names:
        if stripped := name.strip():
            found.setdefault(stripped.casefold(), stripped)
    return tuple(found.values())


def handle(given: str, name: str) -> str:
    """The product's slug: as given when it is one, else the nearest one to it or to the name.

    "été-d'or" becomes "ete-dor"; what has no ASCII spelling at all is "".
    """
    return given if re.fullmatch(r"[-a-zA-Z0-9_]+", given) else slugify(given or name)


def option_name(text: str, number: int) -> str:
    """ "Größe/Size" is "groesize": options are named in a-z; without any, "option 1"."""
    plain = unicodedata.normalize("NFKD", text.lower().replace("ß", "ss"))
    kept = re.sub(r"[^a-z0-9_ -]", "", plain).strip()
    return kept or f"option {number}"


def made_sku(product: str, options: Mapping[str, str]) -> str:
    """A sku for a variant that has none: the same handle and options give the same one.

    Handles have no point, so "shirt" in "red" (shirt.red) is never "shirt-red".
    """
    values = list(options.values())
    plain = ".".join([product, *(slugify(value) for value in values)])
    is_exact = all(slugify(value) == value.lower().replace(" ", "-") for value in values)
    if is_exact and len(plain) <= _LONGEST_SKU:
        return plain
    digest = hashlib.sha256("\0".join([product, *values]).encode()).hexdigest()[:8]
    return f"{plain[: _LONGEST_SKU - 9]}-{digest}"


def short(text: str) -> str:
    """`text` in quotes for a message, cut when it is long."""
    return repr(text if len(text) <= 40 else f"{text[:37]}...")
