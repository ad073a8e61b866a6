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

from shop.core.relay import deliver_pending
from shop.core.schedule import Scheduler

logger = logging.getLogger(__name__)


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
            delivered = self._turn(scheduler)
            if once and not delivered:
                return
            if not delivered:
                stopping.wait(idle)

    def _turn(self, scheduler: Scheduler) -> int:
        try:
            scheduler.run_due()
            return deliver_pending()
        except Error:
            # The database is away for a while: the rows are safe, look again soon.
            logger.warning("the database does not answer", exc_info=True)
            return 0
        finally:
            close_old_connections()
