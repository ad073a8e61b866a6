"""`manage.py run_worker`: drains the outbox, does what is always to do and, without a broker,
runs the schedule."""

import logging
import signal
import threading
from argparse import ArgumentParser
from collections.abc import Callable, Sequence
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import Error, close_old_connections
from django.utils.module_loading import import_string

from shop.core.broker import BrokerAway
from shop.core.relay import deliver_pending
from shop.core.schedule import Scheduler

logger = logging.getLogger(__name__)

Always = Sequence[Callable[[], int]]

OUTAGE_PAUSE = 2.0  # seconds between two looks while the broker is away


class Command(BaseCommand):
    help = "Hands events to those who hear them and runs the periodic tasks, until stopped."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--once", action="store_true", help="do what is due now, then leave")
        parser.add_argument("--idle", type=float, default=0.5, help="seconds between two looks")

    def handle(self, *args: Any, once: bool, idle: float, **options: Any) -> None:
        # With a broker the schedule belongs to Celery beat.
        entries = () if settings.CELERY_BROKER_URL else import_string(settings.SCHEDULE)
        scheduler, always = Scheduler(entries), import_string(settings.ALWAYS)
        if once:
            self._do_what_is_due(scheduler, always)
        else:
            self._work_until_stopped(scheduler, always, idle)

    def _do_what_is_due(self, scheduler: Scheduler, always: Always) -> None:
        while not self._turn(scheduler, idle=1):
            pass
        for work in always:
            while work():
                pass

    def _work_until_stopped(self, scheduler: Scheduler, always: Always, idle: float) -> None:
        stopping = threading.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: stopping.set())
        # In threads, because they talk to others: a slow one must not hold up the events.
        threads = [
            threading.Thread(target=_keep_doing, args=(work, stopping, idle)) for work in always
        ]
        for thread in threads:
            thread.start()
        while not stopping.is_set():
            stopping.wait(self._turn(scheduler, idle))
        for thread in threads:
            thread.join()

    def _turn(self, scheduler: Scheduler, idle: float) -> float:
        """Do what is due; answers how many seconds to wait before the next turn."""
        try:
            scheduler.run_due()
            return 0 if deliver_pending() else idle
        except BrokerAway as problem:
            logger.warning("the broker is away, events wait in the outbox: %s", problem)
            return OUTAGE_PAUSE
        except Error:
            # The database is away for a while: the rows are safe, look again soon.
            logger.warning("the database does not answer", exc_info=True)
            return idle
        finally:
            close_old_connections()


def _keep_doing(work: Callable[[], int], stopping: threading.Event, idle: float) -> None:
    while not stopping.is_set():
        pause = idle
        try:
            pause = 0 if work() else idle
        except Error:
            logger.warning("the database does not answer", exc_info=True)
        except Exception:
            # One broken piece of work must not end the thread: it has its next turn.
            logger.exception("%s failed", work)
        finally:
            close_old_connections()
        stopping.wait(pause)
