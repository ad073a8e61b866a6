"""Payments, from what orders owe, from refunds and from their events."""

from shop.payments.audits.giving_back import (
    orders_refunded,
    owed,
    refunded,
    refunded_amounts,
    refunds,
)
from shop.payments.audits.paying import amounts, left_open, one_each, orders_paid, paid
from shop.payments.audits.telling import events

__all__ = [
    "amounts",
    "events",
    "left_open",
    "one_each",
    "orders_paid",
    "orders_refunded",
    "owed",
    "paid",
    "refunded",
    "refunded_amounts",
    "refunds",
]
