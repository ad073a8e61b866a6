"""Changes of the books."""

from shop.ledger.services.paying_out import (
    Run,
    pay_due_days,
    preview_payouts,
    schedule_payouts,
    today,
)
from shop.ledger.services.sending import (
    fail_payout,
    follow_sent,
    send_payout,
    send_waiting,
    settle_payout,
)

__all__ = [
    "Run",
    "fail_payout",
    "follow_sent",
    "pay_due_days",
    "preview_payouts",
    "schedule_payouts",
    "send_payout",
    "send_waiting",
    "settle_payout",
    "today",
]
