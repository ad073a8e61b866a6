"""CSV that is safe to open in a spreadsheet: no cell is a formula, whoever wrote it."""

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal

Cell = str | Decimal | int | date | None

# What Excel, LibreOffice and Google take for the beginning of a formula, or skip before one.
_DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def csv_of(header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> str:
    """Amounts and days as they are; a text that could be a formula gets a `'` before it."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(header)
    writer.writerows([safe_text(cell) for cell in row] for row in rows)
    return text.getvalue()


def guarded(text: str) -> str:
    """`text`, with a `'` before it where a spreadsheet could take it for a formula."""
    return f"'{text}" if _is_dangerous(text) else text


def unguarded(text: str) -> str:
    """What `guarded` made of it, undone."""
    return text[1:] if text.startswith("'") and _is_dangerous(text[1:]) else text


def _is_dangerous(text: str) -> bool:
    # One that begins with "'=" already gets another "'": else it would be undone to a formula.
    bare = text.lstrip("'")
    return bare.lstrip().startswith(_DANGEROUS) or bare[:1] in _DANGEROUS


def as_text(cell: Cell) -> str:
    """As files of text have it: times as ISO 8601 in UTC, nothing as an empty text."""
    if isinstance(cell, datetime):
        return cell.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    return "" if cell is None else str(cell)


def safe_text(cell: Cell) -> str:
    return guarded(cell) if isinstance(cell, str) else as_text(cell)
