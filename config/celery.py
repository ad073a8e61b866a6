"""The Celery application: `celery -A config.celery worker` runs the tasks of every app.

Only shops with a broker start it. There the relay sends what the outbox holds, a worker
does it, and beat sends the tasks of `config/schedule.py` when they are due.
"""

import logging
import os
import time
from typing import Any

from celery import Celery, signals

from config import environment

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

logger = logging.getLogger(__name__)

DATABASE_PATIENCE = 60  # seconds that a failed task waits for the database, to be noted there
PAUSE = 2  # seconds between two tries


def _options() -> dict[str, Any]:
    """What differs from Celery's defaults; asked for when they are first needed."""
    from django.conf import settings  # noqa: PLC0415 (reads the environment when imported)

    queue = environment.text("BROKER_QUEUE", "nexus")
    return {
        "broker_url": settings.CELERY_BROKER_URL or "memory://",
        "broker_connection_timeout": 4,
        "broker_connection_retry_on_startup": True,
        "broker_connection_max_retries": None,  # a worker waits for its broker for ever
        # Sending returns when the broker has the message on disk.
        "broker_transport_options": {"confirm_publish": True},
        "task_default_queue": queue,
        "task_default_exchange": queue,
        "task_default_routing_key": queue,
        "task_default_queue_type": "quorum",
        # Beside a quorum queue Celery declares 28 for delays, and binds ours to them by topic.
        # Our delays are the outbox's, so let these be of the cheap kind.
        "task_default_exchange_type": "topic",
        "broker_native_delayed_delivery_queue_type": "classic",
        # Quorum queues know no prefetch per channel, only per consumer.
        "worker_detect_quorum_queues": True,
        "worker_prefetch_multiplier": 1,
        # A task that a dying worker held is given to another one: tasks are safe to repeat.
        "task_acks_late": True,
        "task_reject_on_worker_lost": True,
        # So is one whose connection broke: the broker gives it out again at once.
        "worker_cancel_long_running_tasks_on_connection_loss": True,
        "task_soft_time_limit": 100,
        "task_time_limit": 120,
        "task_ignore_result": True,
        # The settings say how the shop logs.
        "worker_hijack_root_logger": False,
        "worker_redirect_stdouts": False,
        "timezone": "UTC",
    }


app = Celery("nexus")
app.add_defaults(_options)
app.autodiscover_tasks(related_name="tasks")


@app.on_after_finalize.connect
def plan_periodic_tasks(sender: Celery, **_: object) -> None:
    """Celery beat runs the same table as the embedded worker."""
    from config.schedule import SCHEDULE  # noqa: PLC0415 (tasks exist only after finalisation)

    for entry in SCHEDULE:
        seconds = entry.every.total_seconds()
        # What no worker did until the next one is due shall not pile up.
        task = sender.signature(entry.task.name)
        sender.add_periodic_task(seconds, task, name=entry.task.name, expires=seconds)


@signals.task_failure.connect
def return_to_the_outbox(task_id: str, exception: BaseException, **_: object) -> None:
    """The outbox tries again, also when the database is what failed and is soon back.

    The message is acknowledged only after this, so a worker that dies here loses nothing.
    """
    from django.db import Error, close_old_connections  # noqa: PLC0415 (usable after setup)

    from shop.core.relay import deliver_again  # noqa: PLC0415

    deadline = time.monotonic() + DATABASE_PATIENCE
    while True:
        close_old_connections()
        try:
            return deliver_again(task_id, exception)
        except Error:
            if time.monotonic() > deadline:
                raise
            logger.warning("the database does not answer; %s waits to be noted", task_id)
            time.sleep(PAUSE)
