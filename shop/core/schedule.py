"""Work that repeats. The embedded worker runs the table itself; with a broker Celery beat does.

@periodic("orders.expire_orders")
def expire_orders() -> None:
    services.expire_orders()
"""

import functools
import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from celery import shared_task

from shop.core.broker import Task
from shop.core.locks import session_lock

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Periodic:
    """`task` is started every `every`."""

    task: Task
    every: timedelta


def periodic(name: str) -> Callable[[Callable[[], None]], Any]:
    """Make a Celery task called `name` that does nothing while another process runs it.

    It must be safe to run twice at once all the same: the lock is for economy.
    """

    def register(function: Callable[[], None]) -> Any:
        @functools.wraps(function)
        def run() -> None:
            with session_lock(f"periodic {name}") as is_ours:
                if is_ours:
                    function()

        return shared_task(name=name)(run)

    return register


class Scheduler:
    """Runs each entry when it is due."""

    def __init__(self, entries: Sequence[Periodic]) -> None:
        self._due = [(entry, time.monotonic()) for entry in entries]

    def run_due(self) -> None:
        now = time.monotonic()
        for index, (entry, due) in enumerate(self._due):
            if due <= now:
                self._due[index] = (entry, now + entry.every.total_seconds())
                _try(entry.task)


def _try(task: Task) -> None:
    try:
        task.apply(kwargs={}, throw=True)
    except Exception:
        # The next turn tries again; one broken task must not stop the others.
        logger.exception("%s failed", task.name)
