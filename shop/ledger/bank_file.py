"""The file that people take to the bank. Reading it marks nothing. Only computes."""

from collections.abc import Iterable

from shop.core.money import quantize
from shop.core.spreadsheets import Cell, csv_of
from shop.ledger.models import Payout

COLUMNS = ("number", "account_holder", "iban", "bic", "amount", "currency", "reference")


def bank_file(payouts: Iterable[Payout]) -> str:
    """CSV, one line for each payout; `reference` is what the vendor reads at its bank."""
    return csv_of(COLUMNS, [_line(payout) for payout in payouts])


def _line(payout: Payout) -> list[Cell]:
    where = [str(payout.destination.get(name, "")) for name in ("account_holder", "iban", "bic")]
    amount = quantize(payout.amount, payout.currency)
    return [payout.number, *where, amount, payout.currency, payout.number]
