"""The relay: hands committed events to the tasks that hear them, at least once each.

With a broker a task is sent to Celery; without one it runs here, in the embedded
worker. Rows are claimed by a lease, so several relays share the work and a killed
one leaves nothing behind: its rows come back when the lease ends.

The outbox is also what tries again. A task that fails, here or in Celery, has its
event delivered once more, ever later, to all who hear it: tasks are safe to repeat.
"""

import logging
import re
from collections.abc import Mapping, Sequence
from datetime import timedelta

from django.conf import settings
from django.db import connection
from django.db.models import F, Value
from django.db.models.functions import Now
from django.utils.module_loading import import_string

from shop.core.broker import Broker, BrokerAway, Task
from shop.core.events import Event
from shop.core.models import OutboxEvent

logger = logging.getLogger(__name__)

LEASE = timedelta(minutes=3)
MAX_ATTEMPTS = 5

_broker = Broker()


def deliver_pending(*, limit: int = 50) -> int:
    """Hand over up to `limit` waiting events, oldest first; returns how many were tried.

    Raises `BrokerAway` when the broker takes none; the outage counts as no attempt.
    """
    routes = _tasks_by_event_name()
    claimed = _claim(limit)
    # An import tells of thousands of products that nobody listens for: one statement closes them.
    unheard = [row.pk for row in claimed if not routes.get(row.name)]
    OutboxEvent.objects.filter(pk__in=unheard).update(delivered_at=Now())
    heard = [row for row in claimed if routes.get(row.name)]
    for position, row in enumerate(heard):
        try:
            _deliver(row, routes[row.name])
        except BrokerAway:
            _give_back(heard[position:])
            raise
    return len(claimed)


def deliver_again(task_id: str, error: BaseException) -> None:
    """Note that the Celery task `task_id` failed: its event comes back later.

    Ids that the relay did not give, such as those of periodic tasks, are passed over.
    """
    if named := re.fullmatch(r"event-(\d+)-.*", task_id):
        for row in OutboxEvent.objects.filter(pk=int(named[1])):
            _note_failure(row, error)


def _hand_over(task: Task, row: OutboxEvent) -> None:
    """Send `task` to the broker, or run it here when the shop has none."""
    if not settings.CELERY_BROKER_URL:
        task.apply(kwargs=row.payload, throw=True)
        return
    _broker.send(task, row.payload, task_id=f"event-{row.pk}-{row.attempts}-{task.name}")


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
    try:
        for task in tasks:
            _hand_over(task, row)
    except BrokerAway:
        raise
    except Exception as error:
        # Whatever a handler raises, the row stays and the next event goes on.
        logger.exception("%s: attempt %s failed", row, row.attempts)
        _note_failure(row, error)
    else:
        # Unless a quick worker has failed already, or the lease ended and another relay has it.
        as_claimed = OutboxEvent.objects.filter(pk=row.pk, available_at=row.available_at)
        as_claimed.update(delivered_at=Now())


def _give_back(rows: Sequence[OutboxEvent]) -> None:
    OutboxEvent.objects.filter(pk__in=[row.pk for row in rows]).update(
        attempts=F("attempts") - 1, available_at=Now()
    )


def _note_failure(row: OutboxEvent, error: BaseException) -> None:
    given_up = row.attempts >= MAX_ATTEMPTS
    OutboxEvent.objects.filter(pk=row.pk).update(
        last_error=repr(error)[:2000],
        delivered_at=None,
        failed_at=Now() if given_up else None,
        available_at=Now() + Value(timedelta(seconds=5 * 4**row.attempts)),
    )
