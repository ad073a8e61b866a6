"""Every action on orders."""

from shop.orders.services.expiring import expire_orders, extend_expiry
from shop.orders.services.moving import (
    agree_on_delivery,
    cancel_order,
    deliver_order,
    mark_paid,
    mark_refunded,
    process_order,
    ship_order,
)
from shop.orders.services.placing import place_order

__all__ = [
    "agree_on_delivery",
    "cancel_order",
    "deliver_order",
    "expire_orders",
    "extend_expiry",
    "mark_paid",
    "mark_refunded",
    "place_order",
    "process_order",
    "ship_order",
]
