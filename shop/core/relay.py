"""The relay: hands committed events to the tasks that hear them, at least once each.

With a broker a task is sent to Celery; without one it runs here, in the embedded
worker. Rows are claimed by a lease, so several relays share the work and a killed
one leaves nothing behind: its rows come back when the lease ends.

The outbox is also what tries again. A task that fails, here or in Celery, has its
event delivered once more, ever later, to all who hear it; those that heard it already
do nothing (`shop.core.handlers`). After the last attempt it becomes a dead letter, unless
somebody was away whom the task needs: that is waited for, however long it takes.
"""

import logging
import re
from collections.abc import Mapping, Sequence
from datetime import timedelta

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F, Value
from django.db.models.functions import Now
from django.utils.module_loading import import_string

from shop.core.broker import Broker, BrokerAway, Task
from shop.core.errors import Away
from shop.core.events import Event
from shop.core.failpoints import failpoint
from shop.core.models import DeadLetter, OutboxEvent
from shop.core.transactions import atomic

logger = logging.getLogger(__name__)

# How late a killed relay makes its events. Too short only costs work: who heard one already does
# nothing.
LEASE = timedelta(seconds=30)
MAX_ATTEMPTS = 5

_TABLE = OutboxEvent._meta.db_table
# One relay at a time numbers events: a number must not appear before a lower one.
_QUEUE_UP = f"SELECT pg_advisory_xact_lock(hashtext('{_TABLE}.position'))"
_LAST = f"SELECT coalesce(max(position), 0) FROM {_TABLE}"  # noqa: S608 (from the model)
_CLAIM = f"""
    WITH due AS (
        SELECT id, position FROM {_TABLE}
        WHERE delivered_at IS NULL AND failed_at IS NULL AND available_at <= statement_timestamp()
        ORDER BY available_at, id LIMIT %(limit)s FOR UPDATE SKIP LOCKED
    ), numbered AS (
        SELECT id, (SELECT coalesce(max(position), 0) FROM {_TABLE})
                   + row_number() OVER (ORDER BY id) AS position
        FROM due WHERE position IS NULL
    )
    UPDATE {_TABLE} AS event
    SET attempts = attempts + 1, available_at = statement_timestamp() + %(lease)s,
        position = coalesce(event.position, numbered.position)
    FROM due LEFT JOIN numbered USING (id)
    WHERE event.id = due.id
    RETURNING event.*
"""  # noqa: S608 (the table's name comes from the model)

_broker = Broker()


def deliver_pending(*, limit: int = 50) -> int:
    """Hand over up to `limit` waiting events, oldest first; returns how many were tried.

    Raises `BrokerAway` when the broker takes none; the outage counts as no attempt.
    """
    routes = _tasks_by_event_name()
    claimed = _claim(limit)
    if claimed:
        for listen in import_string(settings.EVENT_BATCHES):
            listen(claimed)
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
    if named := re.fullmatch(r"event-(\d+)-\d+-(.+)", task_id):
        for row in OutboxEvent.objects.filter(pk=int(named[1])):
            _note_failure(row, named[2], error)


@atomic
def revive(*, events: Sequence[int]) -> int:
    """Have these events told again that were given up; returns how many."""
    DeadLetter.objects.filter(event__in=events).update(retried_at=Now())
    given_up = OutboxEvent.objects.filter(pk__in=events, delivered_at=None)
    return given_up.update(failed_at=None, attempts=0, available_at=Now())


def hold_position() -> int:
    """The last position that was given; none follows until the transaction in hand ends."""
    with connection.cursor() as cursor:
        cursor.execute(_QUEUE_UP)
        cursor.execute(_LAST)
        (last,) = cursor.fetchone()
    return int(last)


def _hand_over(task: Task, row: OutboxEvent) -> None:
    """Send `task` to the broker, or run it here when the shop has none."""
    arguments = {**row.payload, "event_id": row.pk}
    if not settings.CELERY_BROKER_URL:
        task.apply(kwargs=arguments, throw=True)
        return
    _broker.send(task, arguments, task_id=f"event-{row.pk}-{row.attempts}-{task.name}")


def _tasks_by_event_name() -> dict[str, Sequence[Task]]:
    routes: Mapping[type[Event], Sequence[Task]] = import_string(settings.EVENT_ROUTES)
    return {event.name: tasks for event, tasks in routes.items()}


def _claim(limit: int) -> list[OutboxEvent]:
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(_QUEUE_UP)
        claimed = OutboxEvent.objects.raw(_CLAIM, {"limit": limit, "lease": LEASE})
        return sorted(claimed, key=lambda row: row.pk)


def _deliver(row: OutboxEvent, tasks: Sequence[Task]) -> None:
    has_failed = False
    for task in tasks:
        try:
            _hand_over(task, row)
        except BrokerAway:
            raise
        except Exception as error:
            # Whatever a handler raises, the row stays, and the others and the next event go on.
            logger.exception("%s: attempt %s failed", row, row.attempts)
            _note_failure(row, task.name, error)
            has_failed = True
    if not has_failed:
        failpoint("relay.after_publish")
        # Unless a quick worker has failed already, or the lease ended and another relay has it.
        as_claimed = OutboxEvent.objects.filter(pk=row.pk, available_at=row.available_at)
        as_claimed.update(delivered_at=Now())


def _give_back(rows: Sequence[OutboxEvent]) -> None:
    OutboxEvent.objects.filter(pk__in=[row.pk for row in rows]).update(
        attempts=F("attempts") - 1, available_at=Now()
    )


@atomic
def _note_failure(row: OutboxEvent, handler: str, error: BaseException) -> None:
    given_up = row.attempts >= MAX_ATTEMPTS and not isinstance(error, Away)
    pause = timedelta(seconds=5 * 4 ** min(row.attempts, MAX_ATTEMPTS - 1))
    reason = repr(error)[:2000]
    OutboxEvent.objects.filter(pk=row.pk).update(
        last_error=reason,
        delivered_at=None,
        failed_at=Now() if given_up else None,
        available_at=Now() + Value(pause),
    )
    if given_up:
        DeadLetter.objects.update_or_create(
            event=row, handler=handler, defaults={"error": reason, "retried_at": None}
        )
