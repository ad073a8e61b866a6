"""Periodic tasks of the embedded worker; with a broker Celery beat runs the same table."""

import logging
import time
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from celery import shared_task
from django.db import connection

from shop.core.broker import Task

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Periodic:
    """`task` is started every `every`; it must be safe to run twice at once."""

    task: Task
    every: timedelta


def periodic(name: str) -> Callable[[Callable[[], None]], Any]:
    """Scaffold: the lead's own takes an advisory lock."""

    def register(function: Callable[[], None]) -> Any:
        return shared_task(name=name)(function)

    return register


class Scheduler:
    """Runs each entry when it is due; one process of the shop at a time by advisory lock."""

    def __init__(self, entries: Sequence[Periodic]) -> None:
        self._due = [(entry, time.monotonic()) for entry in entries]

    def run_due(self) -> None:
        now = time.monotonic()
        for index, (entry, due) in enumerate(self._due):
            if due <= now:
                self._due[index] = (entry, now + entry.every.total_seconds())
                _run_alone(entry.task)


def _run_alone(task: Task) -> None:
    key = zlib.crc32(task.name.encode())
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [key])
        if cursor.fetchone() != (True,):
            return
        try:
            task.apply(kwargs={}, throw=True)
        except Exception:
            # The next turn tries again; one broken task must not stop the others.
            logger.exception("%s failed", task.name)
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [key])
