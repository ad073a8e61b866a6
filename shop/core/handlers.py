"""Tasks that hear events. Delivery is at least once; being heard is once.

    @handler("payments.settle_cancelled_order")
    def settle_cancelled_order(*, order_id: int) -> None:
        services.settle_cancelled_order(order_id=order_id)

The task gets the fields of its event by name, and the event's id if it asks for `event_id`.
That it heard the event is a row in the transaction of what it did, so that of two deliveries
one does nothing. Which task hears which event: `config/event_routes.py`.
"""

import functools
import inspect
from collections.abc import Callable
from typing import Any

from celery import shared_task
from django.db import connection

from shop.core.failpoints import failpoint
from shop.core.models import HandledEvent
from shop.core.transactions import atomic, retry_on_conflict

_NOTE = f"""
    INSERT INTO {HandledEvent._meta.db_table} (event_id, handler) VALUES (%s, %s)
    ON CONFLICT DO NOTHING
"""  # noqa: S608 (the table's name comes from the model)


def handler(name: str, *, in_transaction: bool = True) -> Callable[[Callable[..., None]], Any]:
    """Make a Celery task called `name` of a function of an event's fields.

    `in_transaction=False` is for functions that talk to others, such as a mail server: they
    run outside, their row is written afterwards, and a crash in between repeats them. They
    must bear that. Called without `event_id`, by hand or by a test, it simply runs.
    """

    def register(function: Callable[..., None]) -> Any:
        asks_for_id = "event_id" in inspect.signature(function).parameters

        @functools.wraps(function)
        def run(event_id: int | None = None, **fields: Any) -> None:
            hear = functools.partial(function, **fields)
            if event_id is None:
                return hear()
            if asks_for_id:
                hear = functools.partial(hear, event_id=event_id)
            once = _once_in_transaction if in_transaction else _once_outside
            return once(name, event_id, hear)

        # Without it Celery would check arguments against the function's own, which lack the id.
        del run.__wrapped__
        return shared_task(name=name)(run)

    return register


def _once_in_transaction(name: str, event_id: int, hear: Callable[[], None]) -> None:
    _hear_and_note(name, event_id, hear)
    failpoint("task.after_commit")


@retry_on_conflict
@atomic
def _hear_and_note(name: str, event_id: int, hear: Callable[[], None]) -> None:
    # A second delivery at the same moment waits here until the first one has committed.
    if _note(name, event_id):
        hear()
        failpoint("task.before_commit")


def _once_outside(name: str, event_id: int, hear: Callable[[], None]) -> None:
    if not HandledEvent.objects.filter(handler=name, event=event_id).exists():
        hear()
        _note(name, event_id)


def _note(name: str, event_id: int) -> bool:
    """Whether this is the first time that the handler hears the event."""
    with connection.cursor() as cursor:
        cursor.execute(_NOTE, [event_id, name])
        return bool(cursor.rowcount)
