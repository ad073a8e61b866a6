"""`manage.py run_worker`: drains the outbox and, without a broker, runs the schedule."""

import logging
import signal
import threading
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import Error, close_old_connections
from django.utils.module_loading import import_string

from shop.core.broker import BrokerAway
from shop.core.relay import deliver_pending
from shop.core.schedule import Scheduler

logger = logging.getLogger(__name__)

OUTAGE_PAUSE = 2.0  # seconds between two looks while the broker is away


class Command(BaseCommand):
    help = "Hands events to those who hear them and runs the periodic tasks, until stopped."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--once", action="store_true", help="do what is due now, then leave")
        parser.add_argument("--idle", type=float, default=0.5, help="seconds between two looks")

    def handle(self, *args: Any, once: bool, idle: float, **options: Any) -> None:
        stopping = threading.Event()
        if not once:
            for number in (signal.SIGINT, signal.SIGTERM):
                signal.signal(number, lambda *_: stopping.set())
        # With a broker the schedule belongs to Celery beat.
        entries = () if settings.CELERY_BROKER_URL else import_string(settings.SCHEDULE)
        scheduler = Scheduler(entries)
        while not stopping.is_set():
            pause = self._turn(scheduler, idle)
            if once and pause:
                return
            stopping.wait(pause)

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
