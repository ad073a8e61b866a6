"""Every action on payments and refunds."""

from shop.payments.services.confirming import confirm_payment, record_success
from shop.payments.services.opening import Opening, open_payment
from shop.payments.services.promising import Goods, owe_back
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
)

__all__ = [
    "Goods",
    "Opening",
    "complete_refund",
    "complete_refunds",
    "confirm_payment",
    "count_held_refunds",
    "open_payment",
    "owe_back",
    "record_refund",
    "record_refund_of_provider",
    "record_success",
    "refund_order",
    "settle_cancelled_order",
]
