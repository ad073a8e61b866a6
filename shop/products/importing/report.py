"""What came of an import, for people: counts, and each refusal with its line."""

from dataclasses import dataclass, field

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from shop.products.importing.catalogue import Refusal
from shop.products.importing.writing import Outcome

# A file of nothing but nonsense must not fill the memory; the count stays exact.
MOST_REFUSALS = 10_000
RESULTS = ("created", "updated", "skipped", "refused")


@dataclass
class Report:
    """Counts by result; `refusals` in the order in which they were found."""

    format: str
    counts: dict[str, int] = field(default_factory=lambda: dict.fromkeys(RESULTS, 0))
    refusals: list[Refusal] = field(default_factory=list)
    product_ids: list[int] = field(default_factory=list)
    categories: int = 0
    seconds: float = 0.0
    images_downloaded: int = 0
    image_failures: list[str] = field(default_factory=list)

    def add(self, outcome: Outcome) -> None:
        if isinstance(outcome, Refusal):
            self.counts["refused"] += 1
            if len(self.refusals) < MOST_REFUSALS:
                self.refusals.append(outcome)
        else:
            self.counts[outcome.result] += 1
            self.product_ids.append(outcome.product_id)

    def plain(self) -> str:
        """For pipes and logs: one line per count, one per refusal."""
        lines = [f"{name:<9}{self.counts[name]:>8}" for name in RESULTS]
        for refusal in self.in_order():
            handle, reason = _printable(refusal.handle), _printable(refusal.reason)
            lines.append(f"line {refusal.line}: {handle or '-'}: {reason}")
        return "\n".join([*lines, *self._remarks()])

    def print(self, console: Console) -> None:
        """For terminals: two tables."""
        counts = Table(title="Products")
        for name in RESULTS:
            counts.add_column(name, justify="right")
        counts.add_row(*(f"{self.counts[name]:,}" for name in RESULTS))
        console.print(counts)
        if self.refusals:
            refused = Table(title="Refused")
            refused.add_column("line", justify="right")
            refused.add_column("handle")
            refused.add_column("reason")
            for refusal in self.in_order():
                # Texts of the file are shown, not interpreted as markup.
                handle, reason = _printable(refusal.handle), _printable(refusal.reason)
                refused.add_row(str(refusal.line), escape(handle), escape(reason))
            console.print(refused)
        for remark in self._remarks():
            console.print(remark, markup=False, highlight=False)

    def in_order(self) -> list[Refusal]:
        """By line."""
        return sorted(self.refusals, key=lambda refusal: refusal.line)

    def _remarks(self) -> list[str]:
        remarks = []
        if (more := self.counts["refused"] - len(self.refusals)) > 0:
            remarks.append(f"… and {more:,} more refused")
        if self.categories:
            remarks.append(f"{self.categories:,} categories created")
        if self.images_downloaded:
            remarks.append(f"{self.images_downloaded:,} images downloaded")
        remarks += [f"image not downloaded: {failure}" for failure in self.image_failures]
        return [*remarks, f"{self.format}, {self.seconds:.1f} seconds"]


def _printable(text: str) -> str:
    """Nothing in a file may speak to the terminal."""
    return "".join(c if c.isprintable() else "�" for c in text[:300])
