"""The states of an order: one table of allowed moves, and one function that moves."""

from collections.abc import Mapping

from django.utils import timezone

from shop.accounts.models import User
from shop.core import sql
from shop.core.events import publish
from shop.orders import events
from shop.orders.errors import IllegalMove
from shop.orders.models import Order
from shop.orders.querysets import LockedOrder

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
# Only money that comes late goes this way: `reopen` alone, for `services.reopen_order`.
LATE_MOVES: Mapping[str, frozenset[str]] = {Status.CANCELLED: frozenset({Status.PAID})}
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
# The columns that moves change.
MOVING = ("status", "expires_at", *STAMPS.values(), "carrier", "tracking_number")
# By hand: two statements of the ORM in one, see `shop.core.sql`. Both clocks are the
# transaction's, so that the order changed when its history says.
_WRITE = f"""
    WITH moved AS (
        UPDATE orders_order
        SET {", ".join(f"{name} = %({name})s" for name in MOVING)}, updated_at = now()
        WHERE id = %(id)s
        RETURNING id, status
    )
    INSERT INTO orders_orderstatuschange (order_id, from_status, to_status, actor_id, note)
    SELECT id, %(before)s, status, %(actor)s, %(reason)s FROM moved
    RETURNING created_at
"""  # noqa: S608 (the names are constants)


def may_move(order: Order, to: str) -> bool:
    return to in MOVES[order.status]


def check_move(order: Order, to: str) -> None:
    """Raises `IllegalMove` when the table does not allow it."""
    if not may_move(order, to):
        raise IllegalMove(f"An order that is {order.status} cannot become {to}.")


def move(order: LockedOrder, to: Order.Status, *, actor: User | None, note: str = "") -> None:
    """Move `order`: stamp it, write it with its history, publish.

    `actor` None is the shop itself. Raises `IllegalMove`.
    """
    check_move(order, to)
    _move(order, to, actor=actor, note=note)


def reopen(order: LockedOrder, *, note: str) -> None:
    """Move `order` by `LATE_MOVES`, by the shop itself. Raises `IllegalMove`."""
    if Status.PAID not in LATE_MOVES.get(order.status, frozenset()):
        raise IllegalMove(f"An order that is {order.status} cannot be opened again.")
    _move(order, Status.PAID, actor=None, note=note)


def _move(order: LockedOrder, to: Order.Status, *, actor: User | None, note: str) -> None:
    before, order.status = order.status, to
    # Only an order that waits for its payment can expire.
    order.expires_at = None
    if to in STAMPS:
        setattr(order, STAMPS[to], timezone.now())
    write(order, before=before, actor=actor, note=note)
    publish(EVENTS[to](order_id=order.pk))


def write(order: LockedOrder, *, before: str, actor: User | None, note: str) -> None:
    """Write what moves change of `order`, and one line of its history from `before` to now."""
    params = {name: getattr(order, name) for name in MOVING}
    params |= {"id": order.pk, "before": before, "actor": actor and actor.pk, "reason": note}
    (row,) = sql.rows(_WRITE, params)
    order.updated_at = row["created_at"]
