"""An import from the file to the report."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from django.db import OperationalError, connection
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from shop.core.locks import session_lock
from shop.inventory.models import StockLevel, StockMovement
from shop.products.importing.catalogue import (
    Behalf,
    BrokenFile,
    CategoryRow,
    Items,
    ProductRow,
    Refusal,
    Refused,
    TooLarge,
)
from shop.products.importing.checking import Checker
from shop.products.importing.formats import FORMATS, detect
from shop.products.importing.pictures import download_all
from shop.products.importing.report import Report
from shop.products.importing.source import Source
from shop.products.importing.writing import BATCH, Writer
from shop.products.models import Category, Product, ProductImage, Variant

# One import of the shop's at a time, and one of each seller's, who change no goods of others.
LOCK = "import of products"
# A seller waits for the answer; this takes some seconds.
MAX_PRODUCTS, MAX_VARIANTS = 2_000, 10_000
# So many refused products, when they are more than half, make a file a broken one.
GARBAGE = 1_000
# From so many written products on it pays to make the tables tidy at once.
MANY = 500


class AnotherImportRuns(Exception):
    """Two at once would wait for each other's rows."""


class Progress(Protocol):
    """How far it is; `total` is None while nobody knows."""

    def __call__(self, what: str, done: int, total: int | None) -> None: ...


@dataclass
class Overview:
    """What a first reading of the whole file finds: it is sound, and this is in it.

    `handles` are those of the products that pass the checks.
    """

    categories: list[CategoryRow] = field(default_factory=list)
    handles: set[str] = field(default_factory=set)
    products: int = 0
    variants: int = 0


def import_file(
    path: Path,
    *,
    behalf: Behalf,
    format_name: str | None,
    reference: str,
    dry_run: bool,
    download_images: bool,
    progress: Progress,
    report_to: Callable[[Report], None],
) -> None:
    """Import the catalogue at `path` into the shop, on somebody's `behalf`.

    The file is read twice: a broken one is found before anything is written, in bounded
    memory. `report_to` gets the report before the first batch is written; it fills up.
    `reference` stands on the stock's movements. Raises `BrokenFile`, `TooLarge` (sellers
    only), `AnotherImportRuns`, and Django's `DatabaseError` when the database goes away.
    """
    began = time.monotonic()
    with Source(path) as source, _alone(behalf):
        name = format_name or detect(source)
        read = FORMATS[name]
        overview = _overview(read(source), progress, is_bounded=behalf.is_seller)
        report = Report(name)
        report_to(report)
        writer = Writer(
            behalf=behalf,
            all_handles=overview.handles,
            dry_run=dry_run,
            reference=reference,
        )
        writer.write_categories(overview.categories)
        for batch in _batches(_checked(read(source), report), BATCH):
            for outcome in writer.write(batch):
                report.add(outcome)
            progress("Importing", sum(report.counts.values()), overview.products)
            report.categories = len(writer.categories_made)
            report.seconds = time.monotonic() - began
        report.categories = len(writer.categories_made)
        # What a seller adds is little, and tables may be large: autovacuum comes by in time.
        if not (dry_run or behalf.is_seller):
            _tell_planner(report.counts["created"] + report.counts["updated"])
            if download_images:
                _download(report, progress)
    report.seconds = time.monotonic() - began


def _overview(items: Items, progress: Progress, *, is_bounded: bool) -> Overview:
    overview = Overview()
    checker = Checker()
    refused: list[Refusal] = []
    for item in items:
        if isinstance(item, CategoryRow):
            overview.categories.append(item)
            continue
        overview.products += 1
        outcome = _check(checker, item)
        if isinstance(outcome, ProductRow):
            overview.handles.add(outcome.handle)
            overview.variants += len(outcome.variants)
        else:
            refused.append(outcome)
            _give_up_on_garbage(refused, overview.products)
        if is_bounded:
            _check_size(overview)
        if overview.products % BATCH == 0:
            progress("Reading", overview.products, None)
    if not overview.products and not overview.categories:
        raise BrokenFile("There is no product in the file, only a header.")
    return overview


def _check_size(overview: Overview) -> None:
    if overview.products > MAX_PRODUCTS or overview.variants > MAX_VARIANTS:
        detail = _(
            "At most {products} products with {variants} variants fit into one request. "
            "Split the file between two products, with its header in each part."
        )
        raise TooLarge(
            detail.format(products=_grouped(MAX_PRODUCTS), variants=_grouped(MAX_VARIANTS))
        )


def _grouped(number: int) -> str:
    """`number` as people write it in their language: 10,000."""
    return str(number_format(number, force_grouping=True))


def _give_up_on_garbage(refused: list[Refusal], products: int) -> None:
    """A catalogue has mistakes; where most is mistaken, it is something else."""
    if len(refused) > GARBAGE and len(refused) * 2 > products:
        first = refused[0]
        detail = _(
            "{refused} of the first {products} products are refused, such as on line {line}: "
            "{reason}. This is no catalogue."
        ).format(
            refused=_grouped(len(refused)),
            products=_grouped(products),
            line=first.line,
            reason=first.reason,
        )
        raise BrokenFile(detail)


def _checked(items: Items, report: Report) -> Iterator[ProductRow]:
    checker = Checker()
    for item in items:
        if not isinstance(item, CategoryRow):
            outcome = _check(checker, item)
            if isinstance(outcome, ProductRow):
                yield outcome
            else:
                report.add(outcome)


def _check(checker: Checker, item: ProductRow | Refusal) -> ProductRow | Refusal:
    if isinstance(item, Refusal):
        return item
    try:
        return checker.check(item)
    except Refused as refused:
        return Refusal(refused.line, item.handle, refused.reason)


def _batches(rows: Iterator[ProductRow], size: int) -> Iterator[list[ProductRow]]:
    batch: list[ProductRow] = []
    for row in rows:
        batch.append(row)
        if len(batch) == size:
            yield batch
            batch = []
    if batch:
        yield batch


@contextmanager
def _alone(behalf: Behalf) -> Iterator[None]:
    with session_lock(f"{LOCK} {behalf.vendor.pk}" if behalf.is_seller else LOCK) as is_ours:
        if not is_ours:
            raise AnotherImportRuns("Another import is running. Try again when it has ended.")
        yield


def _tell_planner(written: int) -> None:
    """Tell the planner about the new rows now, not when autovacuum comes by.

    After many of them the tables are vacuumed too: before that, no list and no count is
    answered from an index alone, and the first shoppers would wait for it. A table that
    somebody else is tidying is left to them, and a huge one, after the timeout, to autovacuum.
    """
    tables = ", ".join(
        connection.ops.quote_name(model._meta.db_table)
        for model in (Category, Product, Variant, ProductImage, StockLevel, StockMovement)
    )
    # VACUUM cannot run inside a transaction, which a caller may have opened.
    is_tidying = written >= MANY and not connection.in_atomic_block
    command = "VACUUM (ANALYZE, SKIP_LOCKED)" if is_tidying else "ANALYZE (SKIP_LOCKED)"
    with suppress(OperationalError), connection.cursor() as cursor:
        cursor.execute(f"{command} {tables}")


def _download(report: Report, progress: Progress) -> None:
    waiting = ProductImage.objects.filter(product__in=report.product_ids, file="")
    total = waiting.count()

    def done(failure: str | None) -> None:
        if failure is None:
            report.images_downloaded += 1
        else:
            report.image_failures.append(failure)
        progress("Downloading", report.images_downloaded + len(report.image_failures), total)

    download_all(report.product_ids, done)
