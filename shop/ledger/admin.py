"""The back office of the books; Django looks for it here."""

from shop.ledger.admin_books import AdjustmentAdmin, EntryAdmin, TransactionAdmin
from shop.ledger.admin_payouts import PayoutAdmin, VendorWithMoneyAdmin

__all__ = [
    "AdjustmentAdmin",
    "EntryAdmin",
    "PayoutAdmin",
    "TransactionAdmin",
    "VendorWithMoneyAdmin",
]
