"""Events: past-tense facts that higher apps hear after commit.

An app declares its own in `events.py`, holding ids only, and its services end with
`publish(...)`. `config/event_routes.py` says who hears which.
"""

from dataclasses import asdict, dataclass
from typing import ClassVar

from django.db import connection

from shop.core.models import OutboxEvent
from shop.core.renderers import to_json

# By hand, because every change publishes: a third of the time that the ORM takes.
_INSERT = f"""
    INSERT INTO {OutboxEvent._meta.db_table} (name, payload, attempts, last_error)
    SELECT name, payload::jsonb, 0, '' FROM unnest(%s::text[], %s::text[]) AS event (name, payload)
"""  # noqa: S608 (the table's name comes from the model)


@dataclass(frozen=True, kw_only=True)
class Event:
    """The base of every event; `name` is the wire name, such as "order.placed"."""

    name: ClassVar[str]


def publish(*events: Event) -> None:
    """Write `events` to the outbox, in the transaction of the change that they tell of."""
    if not connection.in_atomic_block:
        names = ", ".join(event.name for event in events)
        raise RuntimeError(f"{names} must be published in the transaction of its change")
    with connection.cursor() as cursor:
        cursor.execute(
            _INSERT,
            [[event.name for event in events], [_payload(event) for event in events]],
        )


def _payload(event: Event) -> str:
    return to_json(asdict(event)).decode()
