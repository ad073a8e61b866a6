"""CSV that is safe to open in a spreadsheet: no cell is a formula, whoever wrote it."""

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal

Cell = str | Decimal | date

# What Excel, LibreOffice and Google take for the beginning of a formula, or skip before one.
_DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def csv_of(header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> str:
    """Amounts and days as they are; a text that could be a formula gets a `'` before it."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(header)
    writer.writerows([_safe(cell) for cell in row] for row in rows)
    return text.getvalue()


def _safe(cell: Cell) -> str:
    if not isinstance(cell, str):
        return str(cell)
    return f"'{cell}" if cell.lstrip().startswith(_DANGEROUS) or cell[:1] in _DANGEROUS else cell
