"""The relay: hands committed events to the tasks that hear them, at least once each.

With a broker a task is sent to Celery; without one it runs here, in the embedded
worker. Rows are claimed by a lease, so several relays share the work and a killed
one leaves nothing behind: its rows come back when the lease ends.
"""

import logging
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, Protocol

from django.conf import settings
from django.db import connection
from django.db.models import Value
from django.db.models.functions import Now
from django.utils.module_loading import import_string

from shop.core.events import Event
from shop.core.models import OutboxEvent

logger = logging.getLogger(__name__)

LEASE = timedelta(minutes=3)
MAX_ATTEMPTS = 5


class Task(Protocol):
    """The part of a Celery task that the relay uses."""

    name: str

    def apply(self, *, kwargs: dict[str, Any], throw: bool) -> Any: ...
    def apply_async(self, *, kwargs: dict[str, Any]) -> Any: ...


def deliver_pending(*, limit: int = 50) -> int:
    """Hand over up to `limit` waiting events, oldest first; returns how many were tried."""
    routes = _tasks_by_event_name()
    claimed = _claim(limit)
    for row in claimed:
        _deliver(row, routes.get(row.name, ()))
    return len(claimed)


def hand_over(task: Task, arguments: dict[str, Any]) -> None:
    """Send `task` to the broker, or run it here when the shop has none."""
    if settings.CELERY_BROKER_URL:
        task.apply_async(kwargs=arguments)
    else:
        task.apply(kwargs=arguments, throw=True)


def _tasks_by_event_name() -> dict[str, Sequence[Task]]:
    routes: Mapping[type[Event], Sequence[Task]] = import_string(settings.EVENT_ROUTES)
    return {event.name: tasks for event, tasks in routes.items()}


def _claim(limit: int) -> list[OutboxEvent]:
    table = connection.ops.quote_name(OutboxEvent._meta.db_table)
    claimed = OutboxEvent.objects.raw(
        f"""
            UPDATE {table} SET attempts = attempts + 1, available_at = statement_timestamp() + %s
            WHERE id IN (
                SELECT id FROM {table}
                WHERE delivered_at IS NULL AND failed_at IS NULL
                  AND available_at <= statement_timestamp()
                ORDER BY available_at, id LIMIT %s FOR UPDATE SKIP LOCKED
            )
            RETURNING *
            """,  # noqa: S608 (the table's name comes from the model)
        [LEASE, limit],
    )
    return sorted(claimed, key=lambda row: row.pk)


def _deliver(row: OutboxEvent, tasks: Sequence[Task]) -> None:
    this = OutboxEvent.objects.filter(pk=row.pk)
    try:
        for task in tasks:
            hand_over(task, row.payload)
    except Exception as error:
        # Whatever a handler raises, the row stays and the next event goes on.
        logger.exception("%s: attempt %s failed", row, row.attempts)
        given_up = row.attempts >= MAX_ATTEMPTS
        this.update(
            last_error=repr(error)[:2000],
            failed_at=Now() if given_up else None,
            available_at=Now() + Value(timedelta(seconds=5 * 4**row.attempts)),
        )
    else:
        this.update(delivered_at=Now())
