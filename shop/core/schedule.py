"""Work that repeats. The embedded worker runs the table itself; with a broker Celery beat does.

@periodic("orders.expire_orders")
def expire_orders() -> None:
    services.expire_orders()
"""

import functools
import logging
import time
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from celery import shared_task
from django.db import Error, connection

from shop.core.broker import Task

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
            with _alone(name) as is_alone:
                if is_alone:
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


@contextmanager
def _alone(name: str) -> Iterator[bool]:
    """Whether nobody else is in here under `name`, by an advisory lock of PostgreSQL.

    It is the connection's: it ends with the process, however that ends.
    """
    key = zlib.crc32(name.encode())
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [key])
        (is_alone,) = cursor.fetchone()
    try:
        yield is_alone
    finally:
        # A connection that broke meanwhile has lost the lock already.
        if is_alone:
            with suppress(Error), connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [key])
