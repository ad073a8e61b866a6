"""The back office of the books; Django looks for it here."""

from shop.ledger.admin_payouts import PayoutAdmin, VendorWithMoneyAdmin

__all__ = ["PayoutAdmin", "VendorWithMoneyAdmin"]
