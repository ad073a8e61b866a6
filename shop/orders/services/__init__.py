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
from shop.orders.services.parting import (
    cancel_part,
    deliver_part,
    mark_part_refunded,
    process_part,
    ship_part,
)
from shop.orders.services.placing import place_order
from shop.orders.services.reopening import reopen_order
from shop.orders.services.returning import count_refunded, return_goods

__all__ = [
    "add_note",
    "agree_on_delivery",
    "cancel_order",
    "cancel_part",
    "count_refunded",
    "deliver_order",
    "deliver_part",
    "expire_orders",
    "extend_expiry",
    "give_time",
    "mark_disputed",
    "mark_paid",
    "mark_part_refunded",
    "mark_refunded",
    "place_order",
    "process_order",
    "process_part",
    "reopen_order",
    "return_goods",
    "ship_order",
    "ship_part",
]
