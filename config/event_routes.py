"""Who hears which event: the urls.py of events. Tasks get the event's fields by name."""

from collections.abc import Mapping, Sequence

from shop.core.events import Event
from shop.core.relay import Task

ROUTES: Mapping[type[Event], Sequence[Task]] = {}
