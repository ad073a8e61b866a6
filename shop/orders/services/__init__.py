"""Every action on orders."""

from shop.orders.services.expiring import expire_orders, extend_expiry, give_time
from shop.orders.services.moving import (
    add_note,
    agree_on_delivery,
    cancel_order,
    deliver_order,
    mark_disputed,
    mark_paid,
    mark_refunded,
    process_order,
    ship_order,
)
from shop.orders.services.placing import place_order
from shop.orders.services.reopening import reopen_order

__all__ = [
    "add_note",
    "agree_on_delivery",
    "cancel_order",
    "deliver_order",
    "expire_orders",
    "extend_expiry",
    "give_time",
    "mark_disputed",
    "mark_paid",
    "mark_refunded",
    "place_order",
    "process_order",
    "reopen_order",
    "ship_order",
]
