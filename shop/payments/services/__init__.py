"""Every action on payments and refunds."""

from shop.payments.services.confirming import confirm_payment
from shop.payments.services.disputing import record_dispute
from shop.payments.services.holding import resolve_payment
from shop.payments.services.inbox import (
    process_event,
    prune_inbox,
    receive_event,
    reopen_event,
)
from shop.payments.services.learning import ask_provider, cancel_at_provider, record_truth
from shop.payments.services.opening import Opening, open_payment
from shop.payments.services.promising import Goods, owe_back
from shop.payments.services.reconciling import reconcile, reconcile_all
from shop.payments.services.recording import record_success
from shop.payments.services.recording_refunds import (
    count_held_refunds,
    record_refund,
    record_refund_of_provider,
)
from shop.payments.services.refunding import (
    complete_refund,
    complete_refunds,
    refund_order,
    settle_cancelled_order,
    settle_cancelled_part,
)

__all__ = [
    "Goods",
    "Opening",
    "ask_provider",
    "cancel_at_provider",
    "complete_refund",
    "complete_refunds",
    "confirm_payment",
    "count_held_refunds",
    "open_payment",
    "owe_back",
    "process_event",
    "prune_inbox",
    "receive_event",
    "reconcile",
    "reconcile_all",
    "record_dispute",
    "record_refund",
    "record_refund_of_provider",
    "record_success",
    "record_truth",
    "refund_order",
    "reopen_event",
    "resolve_payment",
    "settle_cancelled_order",
    "settle_cancelled_part",
]
