"""The Celery application: `celery -A config.celery worker` runs the tasks of every app."""

import os

from celery import Celery
from django.conf import settings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("nexus")
app.conf.update(
    broker_url=settings.CELERY_BROKER_URL or "memory://",
    # A task that a dying worker held is given to another one: tasks are safe to repeat.
    task_acks_late=True,
    task_reject_on_worker_lost=True,
    worker_prefetch_multiplier=1,
    task_ignore_result=True,
    task_time_limit=120,
    task_soft_time_limit=100,
    task_default_queue="nexus",
    task_default_queue_type="quorum",
    broker_transport_options={"confirm_publish": True},
    broker_connection_retry_on_startup=True,
    worker_detect_quorum_queues=True,
    timezone="UTC",
)
app.autodiscover_tasks(related_name="tasks")


@app.on_after_finalize.connect
def plan_periodic_tasks(sender: Celery, **_: object) -> None:
    """Celery beat runs the same table as the embedded worker."""
    from config.schedule import SCHEDULE  # noqa: PLC0415 (tasks exist only after finalisation)

    for entry in SCHEDULE:
        sender.add_periodic_task(entry.every.total_seconds(), entry.task, name=entry.task.name)
