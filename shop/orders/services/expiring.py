"""Unpaid orders end by themselves, so that their stock can be sold."""

import logging
from datetime import timedelta

from django.db.models.functions import Now
from django.utils import timezone

from shop.core.transactions import atomic
from shop.orders.models import Order
from shop.orders.querysets import LockedOrder
from shop.orders.services.moving import cancel_order

logger = logging.getLogger(__name__)

BATCH = 500


@atomic
def extend_expiry(*, order: LockedOrder, to: timedelta) -> None:
    """Let an unpaid order wait until `to` after it was placed; never shortens.

    Counted from its placing, so that asking again and again does not hold stock for ever.
    """
    if order.expires_at is not None:
        order.expires_at = max(order.expires_at, order.placed_at + to)
        order.save(update_fields=["expires_at", "updated_at"])


@atomic
def give_time(*, order: LockedOrder, from_now: timedelta) -> None:
    """Let an unpaid order wait for a decision of the shop itself; never shortens."""
    if order.expires_at is not None:
        order.expires_at = max(order.expires_at, timezone.now() + from_now)
        order.save(update_fields=["expires_at", "updated_at"])


def expire_orders() -> int:
    """Cancel what was not paid in time by the database's clock; returns how many.

    Each in a transaction of its own, and rows that somebody works on are left for the
    next turn: any number of workers may run this at once.
    """
    due = Order.objects.filter(status=Order.Status.PENDING, expires_at__lte=Now())
    expired = 0
    for order_id in due.order_by("expires_at").values_list("pk", flat=True)[:BATCH]:
        try:
            expired += _expire(order_id)
        except Exception:
            # One broken order must not keep the others' stock.
            logger.exception("order %s could not expire", order_id)
    return expired


@atomic
def _expire(order_id: int) -> bool:
    order = (
        Order.objects.select_for_update(skip_locked=True)
        .filter(pk=order_id, status=Order.Status.PENDING, expires_at__lte=Now())
        .first()
    )
    if order is None:
        return False
    cancel_order(order=order, actor=None, note="Not paid in time.")
    return True
