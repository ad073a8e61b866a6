"""Payments, from what orders owe, from refunds and from their events."""

from shop.payments.audits.giving_back import (
    orders_refunded,
    owed,
    parts_owed,
    parts_refunded,
    refunded,
    refunded_amounts,
    refunds,
    refunds_held,
)
from shop.payments.audits.goods import goods_returned, refund_items, refunded_quantities
from shop.payments.audits.hearing import (
    disputes,
    inbox_money,
    inbox_refunds,
    inbox_waiting,
    provider_said,
)
from shop.payments.audits.paying import amounts, captured, left_open, one_each, orders_paid, paid
from shop.payments.audits.telling import events

__all__ = [
    "amounts",
    "captured",
    "disputes",
    "events",
    "goods_returned",
    "inbox_money",
    "inbox_refunds",
    "inbox_waiting",
    "left_open",
    "one_each",
    "orders_paid",
    "orders_refunded",
    "owed",
    "paid",
    "parts_owed",
    "parts_refunded",
    "provider_said",
    "refund_items",
    "refunded",
    "refunded_amounts",
    "refunded_quantities",
    "refunds",
    "refunds_held",
]
