"""A payout's statement as A4 pages, in PDF.

Imported when one is asked for: fpdf2 and its fonts' tools take a process 18 MB and a sixth of
its start, and few processes ever print.
"""

from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path

from fpdf import FPDF
from fpdf.enums import Align

from shop.ledger.models import Payout
from shop.ledger.statements import Line, amounts, exact, masked

# DejaVu Sans with the scripts that it needs to say names of Europe; see fonts/LICENSE.txt.
_FONT = Path(__file__).parent / "fonts" / "DejaVuSans.ttf"
_UNKNOWN = "□"
_GRAY, _LINE = 235, 6


def as_pdf(payout: Payout, lines: Sequence[Line], *, shop: str, vendor: str) -> bytes:
    """The same payout gives the same bytes."""
    paper = _Paper(f"Statement of payout {payout.number}")
    paper.set_creation_date(payout.created_at)
    paper.set_title(f"Payout {payout.number}")
    paper.set_author(shop)
    paper.add_page()
    amount = f"{_money(payout.amount, payout.currency)} {payout.currency}"
    for label, value in (
        ("Shop", shop),
        ("Vendor", vendor),
        ("Delivered until", f"{payout.period_end:%Y-%m-%d}, the holding period included"),
        ("Paid to", masked(payout)),
        ("Status", payout.status),
        ("Amount", amount),
    ):
        paper.fact(label, value)
    paper.begin_table()
    for line in lines:
        paper.row([line.what, f"{line.day:%Y-%m-%d}", *_printed([line], payout.currency)])
    paper.row(["All together", "", *_printed(lines, payout.currency)], is_filled=True)
    return bytes(paper.output())


def _printed(lines: Sequence[Line], currency: str) -> list[str]:
    """With disputes among the rest, for which a page has no room."""
    sales, commission, refunds, disputes, other, total = amounts(lines, currency)
    shown = (sales, commission, refunds, disputes + other, total)
    return [_money(amount, currency) for amount in shown]


def _money(amount: Decimal, currency: str) -> str:
    return f"{exact(amount, currency):,}"


class _Paper(FPDF):
    """Pages with a title above, a number below, and one table over all of them."""

    _COLUMNS = ("", "Day", "Sales", "Commission", "Refunds", "Other", "Total")
    _WIDTHS = (58, 20, 23, 22, 22, 20, 25)

    def __init__(self, title: str) -> None:
        super().__init__()
        self._title, self._is_table = title, False
        self.set_auto_page_break(True, margin=18)
        self.add_font("DejaVu", fname=_FONT)
        self._known = self.fonts["dejavu"].cmap  # type: ignore[union-attr]

    def header(self) -> None:
        self.set_font("DejaVu", size=13)
        self.cell(0, 10, self._title, new_x="LMARGIN", new_y="NEXT")
        if self._is_table:
            self._columns()

    def footer(self) -> None:
        self.set_y(-13)
        self.set_font("DejaVu", size=7)
        self.cell(0, 6, f"Page {self.page_no()}", align=Align.R)

    def fact(self, label: str, value: str) -> None:
        self.set_font("DejaVu", size=9)
        self.cell(35, _LINE, label)
        self.multi_cell(0, _LINE, self._printable(value), new_x="LMARGIN", new_y="NEXT")

    def begin_table(self) -> None:
        self._is_table = True
        self.ln(4)
        self._columns()

    def row(self, cells: Sequence[str], *, is_filled: bool = False) -> None:
        self.set_font("DejaVu", size=7)
        self.set_fill_color(_GRAY)
        first = self._fitting(self._printable(cells[0]), self._WIDTHS[0] - 2)
        for place, (cell, width) in enumerate(zip([first, *cells[1:]], self._WIDTHS, strict=True)):
            align = Align.L if place < 2 else Align.R
            self.cell(width, _LINE, cell, border="B", align=align, fill=is_filled)
        self.ln(_LINE)

    def _columns(self) -> None:
        self.row(self._COLUMNS, is_filled=True)

    def _fitting(self, text: str, width: float) -> str:
        if self.get_string_width(text) <= width:
            return text
        while text and self.get_string_width(f"{text}…") > width:
            text = text[:-1]
        return f"{text}…"

    def _printable(self, text: str) -> str:
        """A box for each sign that the font does not have."""
        return "".join(sign if ord(sign) in self._known else _UNKNOWN for sign in text)
