"""Events: past-tense facts that higher apps hear after commit.

An app declares its own in `events.py`, holding ids only, and its services end with
`publish(...)`. `config/event_routes.py` says who hears which.
"""

from dataclasses import asdict, dataclass
from typing import ClassVar

from django.db import connection

from shop.core.models import OutboxEvent


@dataclass(frozen=True, kw_only=True)
class Event:
    """The base of every event; `name` is the wire name, such as "order.placed"."""

    name: ClassVar[str]


def publish(*events: Event) -> None:
    """Write `events` to the outbox, in the transaction of the change that they tell of."""
    if not connection.in_atomic_block:
        names = ", ".join(event.name for event in events)
        raise RuntimeError(f"{names} must be published in the transaction of its change")
    OutboxEvent.objects.bulk_create(
        [OutboxEvent(name=event.name, payload=asdict(event)) for event in events]
    )
