"""CSV files with a header: rows by column name, and the rows of one handle together."""

import csv
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from shop.products.importing.catalogue import BrokenFile, Items, ProductRow, Refusal, Refused
from shop.products.importing.source import Source

MAX_ROWS_PER_PRODUCT = 3_000
_OTHER_DELIMITERS = {
    ";": gettext_noop("semicolons (;)"),
    "\t": gettext_noop("tabs"),
    "|": gettext_noop("bars (|)"),
}


@dataclass(frozen=True, slots=True)
class Row:
    """One record; `row["price"]` is the stripped cell, "" when there is no such column."""

    line: int
    cells: Mapping[str, str]

    def __getitem__(self, column: str) -> str:
        return self.cells.get(column, "").strip()


def columns(line: str, delimiter: str = ",") -> list[str]:
    """The names in a header line, in lower case."""
    try:
        return [name.strip().lower() for name in next(csv.reader([line], delimiter=delimiter))]
    except (csv.Error, StopIteration):
        return []


def read_rows(
    source: Source, required: Sequence[str], aliases: Mapping[str, str] | None = None
) -> Iterator[Row]:
    """The records after the header. Raises `BrokenFile` for a header or a record that is none.

    `required` are columns as the documentation spells them; `aliases` are other names.
    """
    records = _records(source)
    names = next(records, (0, []))[1]
    if not names:
        raise BrokenFile("The file is empty.")
    header = [(aliases or {}).get(name, name) for name in (cell.strip().lower() for cell in names)]
    _check_header(header, required)
    for line, values in records:
        if len(values) != len(header):
            detail = _(
                "Line {line} has {columns} columns and the header {expected}. A comma or a "
                "quotation mark inside a cell is not quoted, or this is no CSV file."
            )
            raise BrokenFile(detail.format(line=line, columns=len(values), expected=len(header)))
        yield Row(line, dict(zip(header, values, strict=True)))


def read_products(rows: Iterator[Row], read: Callable[[list[Row]], ProductRow]) -> Items:
    """`read` gets the rows of one handle at a time; what it refuses becomes a `Refusal`."""
    finished: dict[str, int] = {}
    for handle, group in groupby(rows, key=lambda row: row["handle"]):
        if not handle:
            yield from (Refusal(row.line, "", "the handle is missing") for row in group)
            continue
        together = _bounded(group, handle)
        line = together[0].line
        if handle in finished:
            reason = f"this handle began on line {finished[handle]}; its rows must stand together"
            yield Refusal(line, handle, reason)
            continue
        finished[handle] = line
        try:
            yield read(together)
        except Refused as refused:
            yield Refusal(refused.line, handle, refused.reason)


def _records(source: Source) -> Iterator[tuple[int, list[str]]]:
    """(number of its first line, values) of every record that is not blank."""
    lines = source.lines()
    # Strict: a quotation mark that is never closed is an error, not the rest of the file.
    reader = csv.reader((line[1] for line in lines), strict=True)
    first = 1
    while True:
        try:
            values = next(reader, None)
        except csv.Error as error:
            detail = _("Line {line} is not CSV: {reason}.").format(line=first, reason=error)
            raise BrokenFile(detail) from None
        if values is None:
            return
        if any(value.strip() for value in values):
            yield first, values
        first = reader.line_num + 1


def _check_header(header: Sequence[str], required: Sequence[str]) -> None:
    missing = [name for name in required if name.lower() not in header]
    if missing:
        _check_delimiter(header)
        names = ", ".join(missing)
        one, several = (
            _("The header lacks a column: {names}."),
            _("The header lacks columns: {names}."),
        )
        raise BrokenFile((one if len(missing) == 1 else several).format(names=names))
    twice = {name for name in header if name and header.count(name) > 1}
    if twice:
        detail = _("The header names a column twice: {names}.")
        raise BrokenFile(detail.format(names=", ".join(sorted(twice))))


def _check_delimiter(header: Sequence[str]) -> None:
    text = ",".join(header)
    for delimiter, words in _OTHER_DELIMITERS.items():
        if text.count(delimiter) > text.count(","):
            detail = _("The columns are separated by {signs}. Export with commas.")
            raise BrokenFile(detail.format(signs=_(words)))


def check_delimiter(line: str) -> None:
    """Raises `BrokenFile` when the header line is separated by something else than commas."""
    _check_delimiter(line.split(","))


def _bounded(group: Iterator[Row], handle: str) -> list[Row]:
    rows = []
    for row in group:
        rows.append(row)
        if len(rows) > MAX_ROWS_PER_PRODUCT:
            detail = _("Line {line}: more than {most} rows of {handle}.")
            raise BrokenFile(
                detail.format(line=row.line, most=MAX_ROWS_PER_PRODUCT, handle=repr(handle[:100]))
            )
    return rows
