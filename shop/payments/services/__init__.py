"""Every action on payments and refunds."""

from shop.payments.services.confirming import confirm_payment, record_success
from shop.payments.services.opening import Opening, open_payment
from shop.payments.services.refunding import (
    complete_refund,
    complete_refunds,
    refund_order,
    settle_cancelled_order,
)

__all__ = [
    "Opening",
    "complete_refund",
    "complete_refunds",
    "confirm_payment",
    "open_payment",
    "record_success",
    "refund_order",
    "settle_cancelled_order",
]
