"""The states of an order: one table of allowed moves, and one function that moves."""

from collections.abc import Mapping

from django.utils import timezone

from shop.accounts.models import User
from shop.core.events import publish
from shop.orders import events
from shop.orders.errors import IllegalMove
from shop.orders.models import Order, OrderStatusChange

Status = Order.Status

MOVES: Mapping[str, frozenset[str]] = {
    # Straight to PROCESSING: pay on delivery, or an agreed invoice.
    Status.PENDING: frozenset({Status.PAID, Status.PROCESSING, Status.CANCELLED}),
    Status.PAID: frozenset(
        {Status.PROCESSING, Status.SHIPPED, Status.CANCELLED, Status.REFUNDED},
    ),
    Status.PROCESSING: frozenset({Status.SHIPPED, Status.CANCELLED, Status.REFUNDED}),
    Status.SHIPPED: frozenset({Status.DELIVERED, Status.REFUNDED}),
    Status.DELIVERED: frozenset({Status.REFUNDED}),
    # A paid order that is cancelled stays CANCELLED; its payment is what is refunded.
    Status.CANCELLED: frozenset(),
    Status.REFUNDED: frozenset(),
}
STAMPS: Mapping[str, str] = {
    Status.PAID: "paid_at",
    Status.SHIPPED: "shipped_at",
    Status.DELIVERED: "delivered_at",
    Status.CANCELLED: "cancelled_at",
}
EVENTS: Mapping[str, type[events.OrderEvent]] = {
    Status.PAID: events.OrderPaid,
    Status.PROCESSING: events.OrderProcessing,
    Status.SHIPPED: events.OrderShipped,
    Status.DELIVERED: events.OrderDelivered,
    Status.CANCELLED: events.OrderCancelled,
    Status.REFUNDED: events.OrderRefunded,
}


def may_move(order: Order, to: str) -> bool:
    return to in MOVES[order.status]


def check_move(order: Order, to: str) -> None:
    """Raises `IllegalMove` when the table does not allow it."""
    if not may_move(order, to):
        raise IllegalMove(f"An order that is {order.status} cannot become {to}.")


def move(order: Order, to: Order.Status, *, actor: User | None, note: str = "") -> None:
    """Move a locked `order`: stamp it, save it whole, write its history, publish.

    `actor` None is the shop itself. Raises `IllegalMove`.
    """
    check_move(order, to)
    before, order.status = order.status, to
    # Only an order that waits for its payment can expire.
    order.expires_at = None
    if to in STAMPS:
        setattr(order, STAMPS[to], timezone.now())
    order.save()
    record(order, before=before, actor=actor, note=note)
    publish(EVENTS[to](order_id=order.pk))


def record(order: Order, *, before: str, actor: User | None, note: str) -> None:
    """One line of the order's history, from `before` to its present state."""
    OrderStatusChange.objects.create(
        order=order, from_status=before, to_status=order.status, actor=actor, note=note
    )
