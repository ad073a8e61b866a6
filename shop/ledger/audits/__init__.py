"""The books, derived once more from payments, refunds, disputes and payouts."""

from shop.ledger.audits.balancing import adjustments, balanced, caused, once, payouts
from shop.ledger.audits.sharing import commissions, parts, sales, shares
from shop.ledger.audits.taking_back import disputes, refunds

__all__ = [
    "adjustments",
    "balanced",
    "caused",
    "commissions",
    "disputes",
    "once",
    "parts",
    "payouts",
    "refunds",
    "sales",
    "shares",
]
