"""What is refused before the database is asked: one product at a time, and twice in a file."""

from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator

from shop.core.money import MAX_AMOUNT, quantum
from shop.products.errors import OptionsNotAcceptable
from shop.products.importing.catalogue import (
    CategoryPath,
    ImageRow,
    ProductRow,
    Refused,
    VariantRow,
)
from shop.products.importing.cells import short
from shop.products.models import Category, Product, ProductImage, Variant
from shop.products.options import normalize
from shop.products.services.slugs import RESERVED

MAX_VARIANTS = 2_048
MAX_IMAGES = 250
MAX_TAGS = 250
MAX_TAG_LENGTH = 50
MAX_DEPTH = 10
# PostgreSQL's search vector has an end, and so has a reader's patience.
MAX_DESCRIPTION = 50_000
MAX_STOCK = 1_000_000_000
MAX_GRAMS = 100_000_000
_STATUSES = set(Product.Status.values)
_is_web_address = URLValidator(schemes=["http", "https"])


class Checker:
    """Checks products in the order of the file, and remembers what must not stand twice."""

    def __init__(self) -> None:
        self._handles: dict[str, int] = {}
        self._skus: dict[str, int] = {}

    def check(self, product: ProductRow) -> ProductRow:
        """`product` in the shop's own spelling. Raises `Refused`."""
        _check_texts(product)
        _check_handle(product)
        _check_numbers_of(product)
        for image in product.images:
            _check_image(image, product.line)
        checked = replace(product, variants=tuple(_checked(v) for v in product.variants))
        _check_options(checked.variants)
        self._check_twice(checked)
        return checked

    def _check_twice(self, product: ProductRow) -> None:
        first = self._handles.setdefault(product.handle, product.line)
        if first != product.line:
            raise Refused(product.line, f"the handle stands on line {first} already")
        own: dict[str, int] = {}
        for position, variant in enumerate(product.variants):
            other = self._skus.get(variant.sku, own.get(variant.sku))
            if other is not None:
                where = f"line {other}" if other != variant.line else "this line"
                raise Refused(
                    product.variants[position].line,
                    f"the sku {short(variant.sku)} stands on {where} already",
                )
            own[variant.sku] = variant.line
        self._skus.update(own)


def _check_texts(product: ProductRow) -> None:
    line = product.line
    if not product.name:
        raise Refused(line, "the title is missing")
    _check_text(line, "title", product.name, _length(Product, "name"))
    _check_text(line, "description", product.description, MAX_DESCRIPTION)
    _check_text(line, "meta title", product.meta_title, _length(Product, "meta_title"))
    _check_text(
        line, "meta description", product.meta_description, _length(Product, "meta_description")
    )
    for tag in product.tags or ():
        _check_text(line, "tag", tag, MAX_TAG_LENGTH)
    if product.status is not None and product.status not in _STATUSES:
        raise Refused(line, f"the status {short(product.status)} is unknown")
    _check_category(line, product.category or ())


def _check_category(line: int, path: CategoryPath) -> None:
    if len(path) > MAX_DEPTH:
        raise Refused(line, f"the category has more than {MAX_DEPTH} steps")
    for step in path:
        _check_text(line, "category", step.name, _length(Category, "name"))


def _check_handle(product: ProductRow) -> None:
    if not product.handle:
        raise Refused(product.line, "the handle has no letter a-z or digit to make an address of")
    if product.handle.isdigit():
        raise Refused(
            product.line,
            f"the handle {short(product.handle)} is all digits; addresses of that form mean ids",
        )
    if product.handle in RESERVED:
        raise Refused(product.line, f"{product.handle!r} is an address of the shop itself")
    _check_text(product.line, "handle", product.handle, _length(Product, "slug"))


def _check_numbers_of(product: ProductRow) -> None:
    for things, name, most in (
        (product.variants, "variants", MAX_VARIANTS),
        (product.images, "images", MAX_IMAGES),
        (product.tags or (), "tags", MAX_TAGS),
    ):
        if len(things) > most:
            raise Refused(product.line, f"there are more than {most} {name}")
    if not product.variants:
        raise Refused(product.line, "there is no variant: neither a price nor options")


def _check_image(image: ImageRow, line: int) -> None:
    _check_text(line, "image address", image.url, _length(ProductImage, "remote_url"))
    _check_text(line, "image's alt text", image.alt_text, _length(ProductImage, "alt_text"))
    try:
        _is_web_address(image.url)
    except ValidationError:
        reason = f"the image address {short(image.url)} is not an http or https address"
        raise Refused(line, reason) from None


def _checked(variant: VariantRow) -> VariantRow:
    line = variant.line
    _check_text(line, "sku", variant.sku, _length(Variant, "sku"))
    _check_text(line, "barcode", variant.barcode, _length(Variant, "barcode"))
    _check_number(line, "stock", variant.stock, MAX_STOCK)
    _check_number(line, "weight", variant.weight_grams, MAX_GRAMS)
    for value in variant.options.values():
        _check_text(line, "option", value, None)
    try:
        options = normalize(variant.options)
    except OptionsNotAcceptable as error:
        raise Refused(line, str(error).rstrip(".")) from None
    price = _money(line, "price", variant.price)
    before = variant.compare_at_price
    before = None if before is None else _money(line, "compare-at price", before)
    # Only a price above today's is one to compare with; shops often export 0 or the same.
    if before is not None and before <= price:
        before = None
    return replace(variant, options=options, price=price, compare_at_price=before)


def _check_options(variants: Iterable[VariantRow]) -> None:
    seen: dict[frozenset[tuple[str, str]], int] = {}
    for variant in variants:
        key = frozenset(variant.options.items())
        if key in seen:
            what = " / ".join(variant.options.values()) or "no options"
            raise Refused(
                variant.line, f"the variant with {short(what)} stands on line {seen[key]} already"
            )
        seen[key] = variant.line


def _money(line: int, what: str, amount: Decimal) -> Decimal:
    _check_number(line, what, amount, MAX_AMOUNT)
    step = quantum(settings.SHOP_CURRENCY)
    rounded = amount.quantize(step)
    if rounded != amount:
        currency = settings.SHOP_CURRENCY
        raise Refused(line, f"the {what} {amount} has more decimals than {currency} ({step})")
    return rounded


def _check_number(line: int, what: str, number: Decimal | int | None, most: Decimal | int) -> None:
    if number is not None and number < 0:
        raise Refused(line, f"the {what} {short(str(number))} is negative")
    if number is not None and number > most:
        raise Refused(line, f"the {what} {short(str(number))} is larger than {most:,}")


def _check_text(line: int, what: str, text: str | None, most: int | None) -> None:
    if text is None:
        return
    if "\0" in text:
        raise Refused(line, f"the {what} contains a NUL character")
    if most is not None and len(text) > most:
        raise Refused(line, f"the {what} has {len(text)} characters; {most} are possible")


def _length(model: type[Category | Product | ProductImage | Variant], field: str) -> int:
    return int(model._meta.get_field(field).max_length or 0)  # type: ignore[union-attr]
