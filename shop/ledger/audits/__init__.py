"""The books, derived once more from payments, refunds, disputes and payouts."""

from shop.ledger.audits.balancing import adjustments, balanced, once, payouts
from shop.ledger.audits.sharing import commissions, sales, shares
from shop.ledger.audits.taking_back import disputes, refunds

__all__ = [
    "adjustments",
    "balanced",
    "commissions",
    "disputes",
    "once",
    "payouts",
    "refunds",
    "sales",
    "shares",
]
