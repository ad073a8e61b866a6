"""Every periodic task and how often it runs."""

from collections.abc import Sequence

from shop.core.schedule import Periodic

SCHEDULE: Sequence[Periodic] = ()
