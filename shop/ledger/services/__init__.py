"""Every action on the books."""

from shop.ledger.services.adjusting import (
    approve_adjustment,
    propose_adjustment,
    reject_adjustment,
)
from shop.ledger.services.booking import (
    book_payment,
    catch_up,
    catch_up_all,
    catch_up_refund,
)
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
    follow_settled,
    send_payout,
    send_waiting,
    settle_payout,
)

__all__ = [
    "Run",
    "approve_adjustment",
    "book_payment",
    "catch_up",
    "catch_up_all",
    "catch_up_refund",
    "fail_payout",
    "follow_sent",
    "follow_settled",
    "pay_due_days",
    "preview_payouts",
    "propose_adjustment",
    "reject_adjustment",
    "schedule_payouts",
    "send_payout",
    "send_waiting",
    "settle_payout",
    "today",
]
