"""Every periodic task and how often it runs."""

from collections.abc import Sequence
from datetime import timedelta

from shop.accounts import tasks as accounts
from shop.core import tasks as core
from shop.core.schedule import Periodic

SCHEDULE: Sequence[Periodic] = (
    Periodic(accounts.prune_sessions, every=timedelta(hours=6)),
    Periodic(core.prune_rate_limits, every=timedelta(hours=6)),
)
