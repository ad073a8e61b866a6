"""The states of orders and of their parts: one table of allowed moves, and who moves along.

An order stands where its least advanced live part stands. So the whole order moves with the
parts that are behind, or one part moves and the order follows when it was the last of them.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from shop.accounts.models import User
from shop.core import sql
from shop.core.events import Event, publish
from shop.orders import events
from shop.orders.errors import IllegalMove
from shop.orders.models import Order, VendorOrder
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
# An order may jump when the part that held it back ends: the others are that far already.
JUMPS: Mapping[str, frozenset[str]] = {
    Status.PAID: frozenset({Status.DELIVERED}),
    Status.PROCESSING: frozenset({Status.DELIVERED}),
}
# The states of parts that are still to be sent or were, the least advanced first.
LIVE = (Status.PENDING, Status.PAID, Status.PROCESSING, Status.SHIPPED, Status.DELIVERED)
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
PART_EVENTS: Mapping[str, type[events.VendorOrderEvent]] = {
    Status.PROCESSING: events.VendorOrderProcessing,
    Status.SHIPPED: events.VendorOrderShipped,
    Status.DELIVERED: events.VendorOrderDelivered,
    Status.CANCELLED: events.VendorOrderCancelled,
    Status.REFUNDED: events.VendorOrderRefunded,
}
# Parts that end because their order does are told of by the order's event alone.
ENDS = (Status.CANCELLED, Status.REFUNDED)
# The columns that moves change.
MOVING = ("status", "expires_at", *STAMPS.values(), "carrier", "tracking_number")
# By hand: the statements of the ORM in one, see `shop.core.sql`. The order's row is locked, and
# whoever moves parts locks it first: the parts are as they are seen here. All clocks are the
# transaction's, so that the order changed when its history says.
_SET = ", ".join(f"{name} = %({name})s" for name in MOVING)
_WRITE = f"""
    WITH known AS (
        SELECT id, status FROM orders_vendororder WHERE order_id = %(id)s
    ), going AS (
        SELECT id, status FROM known
        WHERE status = ANY(%(along)s::text[])
          AND (%(part)s::bigint IS NULL OR id = %(part)s::bigint)
    ), moved_order AS (
        UPDATE orders_order SET {_SET}, updated_at = now()
        WHERE id = %(id)s
          AND (NOT %(needs_parts)s OR EXISTS (SELECT FROM going))
          AND NOT EXISTS (SELECT FROM known WHERE status = ANY(%(stuck)s::text[]))
        RETURNING id, status
    ), moved AS (
        UPDATE orders_vendororder AS part
        SET status = %(to)s, updated_at = now(),
            carrier = CASE %(to)s WHEN 'SHIPPED' THEN %(by)s ELSE part.carrier END,
            tracking_number =
                CASE %(to)s WHEN 'SHIPPED' THEN %(tracking)s ELSE part.tracking_number END,
            shipped_at = CASE %(to)s WHEN 'SHIPPED' THEN %(at)s ELSE part.shipped_at END,
            delivered_at = CASE %(to)s WHEN 'DELIVERED' THEN %(at)s ELSE part.delivered_at END,
            cancelled_at = CASE %(to)s WHEN 'CANCELLED' THEN %(at)s::timestamptz END
        FROM going, moved_order WHERE part.id = going.id
        RETURNING part.id, going.status AS before, part.status
    ), history_of_parts AS (
        INSERT INTO orders_vendororderstatuschange (
            vendor_order_id, from_status, to_status, actor_id, note
        )
        SELECT id, before, status, %(actor)s, %(note)s FROM moved ORDER BY id
    ), history AS (
        INSERT INTO orders_orderstatuschange (order_id, from_status, to_status, actor_id, note)
        SELECT id, %(before)s, status, %(actor)s, %(told)s FROM moved_order
        WHERE %(told)s::text IS NOT NULL
    )
    SELECT now() AS at, (SELECT array_agg(id ORDER BY id) FROM moved) AS moved,
           (SELECT count(*) FROM known) AS parts
    FROM moved_order
"""  # noqa: S608 (the names are constants)
# The same of an order whose parts stay where they are.
_NOTE = f"""
    WITH kept AS (
        UPDATE orders_order SET {_SET}, updated_at = now() WHERE id = %(id)s RETURNING id, status
    )
    INSERT INTO orders_orderstatuschange (order_id, from_status, to_status, actor_id, note)
    SELECT id, status, status, %(actor)s, %(note)s FROM kept
    RETURNING created_at AS at
"""  # noqa: S608 (the names are constants)


def may_move(order: Order, to: str) -> bool:
    """Whether the table allows it, as far as the order's own state says."""
    return to in MOVES[order.status]


def may_cancel(order: LockedOrder) -> bool:
    """Whether no part of it has left."""
    if order.status == Status.PENDING:
        return True
    _, stuck = _behind(Status.CANCELLED)
    return may_move(order, Status.CANCELLED) and not order.parts.filter(status__in=stuck).exists()


def check_move(order: Order, to: str) -> None:
    """Raises `IllegalMove` when the table does not allow it."""
    if not may_move(order, to):
        detail = _("An order that is {status} cannot become {to}.")
        raise IllegalMove(detail.format(status=order.status, to=to))


def move(order: LockedOrder, to: Status, *, actor: User | None, note: str = "") -> list[int]:
    """Move `order` and its parts that are behind: stamp, write with the histories, publish.

    Returns the ids of the parts that went along. `actor` None is the shop itself. Raises
    `IllegalMove`, also when a live part cannot go along or none is left.
    """
    check_move(order, to)
    along, stuck = _behind(to)
    needs_parts = to != Status.REFUNDED
    return _move(
        order, to, along=along, stuck=stuck, needs_parts=needs_parts, actor=actor, note=note
    )


def reopen(order: LockedOrder, *, note: str) -> None:
    """Move `order` by `LATE_MOVES`, by the shop itself. Raises `IllegalMove`."""
    if Status.PAID not in LATE_MOVES.get(order.status, frozenset()):
        detail = _("An order that is {status} cannot be opened again.")
        raise IllegalMove(detail.format(status=order.status))
    # Unpaid orders are cancelled whole: all of its parts come back.
    along = [Status.CANCELLED]
    _move(order, Status.PAID, along=along, stuck=[], needs_parts=True, actor=None, note=note)


def move_part(
    order: LockedOrder,
    part: VendorOrder,
    to: Status,
    *,
    parts: Sequence[VendorOrder],
    actor: User | None,
    note: str = "",
) -> None:
    """Move one of the `parts` of `order`; the order follows when it was the least advanced.

    A part that ships has its carrier and tracking number set already. Raises `IllegalMove`.
    """
    if to not in MOVES[part.status]:
        detail = _("A part that is {status} cannot become {to}.")
        raise IllegalMove(detail.format(status=part.status, to=to))
    was_part, was_order = part.status, order.status
    part.status, at = to, timezone.now()
    if to in STAMPS:
        setattr(part, STAMPS[to], at)
    order.status = following(order, parts)
    has_moved = order.status != was_order
    if has_moved:
        _stamp(order, at)
    if len(parts) == 1:
        order.carrier, order.tracking_number = part.carrier, part.tracking_number
    told = note if len(parts) == 1 else f"{part.number}: {note}"[:500] if note else part.number
    written = _params(order, was_order, actor, note, told if has_moved else None)
    written |= {"along": [was_part], "part": part.pk, "to": to.value, "at": at}
    written |= {"needs_parts": True, "by": part.carrier, "tracking": part.tracking_number}
    _write(order, written)
    news: list[Event] = [EVENTS[order.status](order_id=order.pk)] if has_moved else []
    if len(parts) > 1 and not (to in ENDS and order.status == to):
        news.insert(0, PART_EVENTS[to](order_id=order.pk, vendor_order_id=part.pk))
    publish(*news)


def following(order: Order, parts: Sequence[VendorOrder]) -> Status:
    """Where `order` stands with these parts.

    With nothing left but what was refunded, it waits where it is for payments to end it.
    """
    live = [Status(part.status) for part in parts if part.status in LIVE]
    if live:
        return min(live, key=LIVE.index)
    if all(part.status == Status.CANCELLED for part in parts):
        return Status.CANCELLED
    return Status(order.status)


def write(order: LockedOrder, *, actor: User | None, note: str) -> None:
    """Write what moves change of `order`, and a line of its history that is no move."""
    params = {name: getattr(order, name) for name in MOVING}
    params |= {"id": order.pk, "actor": actor and actor.pk, "note": note}
    (row,) = sql.rows(_NOTE, params)
    order.updated_at = row["at"]


def _behind(to: Status) -> tuple[list[str], list[str]]:
    """From which states parts go along with their order to `to`, and which ones forbid it."""
    behind = LIVE[: LIVE.index(to)] if to in LIVE else LIVE
    along = [status.value for status in behind if to in MOVES[status]]
    return along, [status.value for status in behind if status.value not in along]


def _move(
    order: LockedOrder,
    to: Status,
    *,
    along: Sequence[str],
    stuck: Sequence[str],
    needs_parts: bool,
    actor: User | None,
    note: str,
) -> list[int]:
    before, order.status = order.status, to
    at = timezone.now()
    _stamp(order, at)
    written = _params(order, before, actor, note, note)
    written |= {"along": list(along), "stuck": list(stuck), "needs_parts": needs_parts}
    written |= {"to": to.value, "at": at, "by": order.carrier, "tracking": order.tracking_number}
    moved, parts = _write(order, written)
    news: list[Event] = [EVENTS[to](order_id=order.pk)]
    if parts > 1 and to in PART_EVENTS and to not in ENDS:
        news += [PART_EVENTS[to](order_id=order.pk, vendor_order_id=part) for part in moved]
    publish(*news)
    return moved


def _stamp(order: Order, at: datetime) -> None:
    # Only an order that waits for its payment can expire.
    order.expires_at = None
    if order.status in STAMPS:
        setattr(order, STAMPS[order.status], at)
    if order.status == Status.DELIVERED and order.shipped_at is None:
        order.shipped_at = at


def _params(
    order: Order, before: str, actor: User | None, note: str, told: str | None
) -> dict[str, Any]:
    """What `_WRITE` takes, and moves no part; `told` is for the order's history, None: nothing."""
    params: dict[str, Any] = {name: getattr(order, name) for name in MOVING}
    params |= {"id": order.pk, "before": before, "actor": actor and actor.pk, "note": note}
    params |= {"told": told, "along": [], "stuck": [], "needs_parts": False, "part": None}
    return params | {"to": "", "at": None, "by": "", "tracking": ""}


def _write(order: Order, params: Mapping[str, Any]) -> tuple[list[int], int]:
    """The parts that moved, and how many there are."""
    found = sql.rows(_WRITE, params)
    if not found:
        raise IllegalMove("A part of this order cannot go along, or none is left.")
    order.updated_at = found[0]["at"]
    return found[0]["moved"] or [], found[0]["parts"]
