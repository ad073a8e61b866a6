"""Exports: any number of rows as a file, in memory that does not grow with them.

The file is made whole, on disk, before its first byte is sent: only so can the answer say how
long it is. Of an answer in chunks the web server would end what broke off as if it were all of
it; this way a client knows, and what breaks while the file is made is a 503 and no file.
"""

import csv
import io
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import IO, Any

import xlsxwriter
from django.http import FileResponse
from rest_framework import serializers

from shop.core.files import CSV, JSON, XLSX
from shop.core.renderers import to_json
from shop.core.spreadsheets import Cell, as_text, safe_text

BATCH = 500
MEDIA_TYPES = {"csv": CSV, "json": JSON, "xlsx": XLSX}

_ROWS_OF_A_SHEET = 1_000_000
_LONGEST_CELL = 32_767
_CUT = " … (more in CSV and JSON)"

Row = dict[str, Any]
# Behind which a vendor's rows are read: `VendorView.behind_wall`.
Wall = Callable[[], AbstractContextManager[None]]


class ExportParameters(serializers.Serializer[Any]):
    """What every export can be asked for."""

    file_format = serializers.ChoiceField(sorted(MEDIA_TYPES), required=False, default="csv")


@dataclass(frozen=True)
class Export:
    """`objects` as they stand in JSON, and the lines that each is in a table.

    `read` answers those with an id after the one given, in the order of ids, at most so many as
    it likes; nothing after the last.
    """

    name: str
    columns: Sequence[str]
    read: Callable[[int], Sequence[Row]]
    lines: Callable[[Row], Iterable[Mapping[str, Cell]]]

    def objects(self) -> Iterator[Row]:
        last = 0
        while batch := self.read(last):
            yield from batch
            last = batch[-1]["id"]

    def table(self) -> Iterator[list[Cell]]:
        """Without the header. A line that says what no column holds is an error."""
        known = set(self.columns)
        for one in self.objects():
            for line in self.lines(one):
                if unknown := line.keys() - known:
                    raise ValueError(f"{self.name}: no column for {sorted(unknown)}")
                yield [line.get(column) for column in self.columns]


def export_answer(export: Export, file_format: str) -> FileResponse:
    """The file, called after what it holds and the day."""
    # Closed by the response, and gone from the disk with it.
    file = tempfile.TemporaryFile()  # noqa: SIM115
    try:
        _WRITERS[file_format](export, file)
        file.seek(0)
    except BaseException:
        file.close()
        raise
    media_type = MEDIA_TYPES[file_format]
    return FileResponse(
        file,
        as_attachment=True,
        filename=f"{export.name}-{datetime.now(UTC):%Y-%m-%d}.{file_format}",
        content_type=f"{media_type}; charset=utf-8" if media_type == CSV else media_type,
    )


def _write_csv(export: Export, file: IO[bytes]) -> None:
    text = io.TextIOWrapper(file, encoding="utf-8", newline="", write_through=False)
    writer = csv.writer(text)
    writer.writerow(export.columns)
    writer.writerows([safe_text(cell) for cell in row] for row in export.table())
    text.detach()


def _write_json(export: Export, file: IO[bytes]) -> None:
    """An array with an object in each line."""
    before = b"[\n"
    for one in export.objects():
        file.write(before + to_json(one))
        before = b",\n"
    file.write(b"\n]\n" if before == b",\n" else b"[]\n")


def _write_xlsx(export: Export, file: IO[bytes]) -> None:
    """Texts stay texts, also those that look like formulas, addresses or numbers."""
    book = xlsxwriter.Workbook(file, {"constant_memory": True})
    sheet, place = None, 0
    for row in export.table():
        if sheet is None or place > _ROWS_OF_A_SHEET:
            sheet, place = _sheet(book, export.columns), 1
        for column, cell in enumerate(row):
            _write_cell(sheet, place, column, cell)
        place += 1
    if sheet is None:
        _sheet(book, export.columns)
    book.close()


def _sheet(book: Any, columns: Sequence[str]) -> Any:
    sheet = book.add_worksheet()
    for place, name in enumerate(columns):
        sheet.write_string(0, place, name)
    return sheet


def _write_cell(sheet: Any, row: int, column: int, cell: Cell) -> None:
    if isinstance(cell, Decimal | int):
        sheet.write_number(row, column, cell)
    elif cell is not None and cell != "":
        text = as_text(cell)
        if len(text) > _LONGEST_CELL:
            text = text[: _LONGEST_CELL - len(_CUT)] + _CUT
        sheet.write_string(row, column, text)


_WRITERS: Mapping[str, Callable[[Export, IO[bytes]], None]] = {
    "csv": _write_csv,
    "json": _write_json,
    "xlsx": _write_xlsx,
}
