"""How the shop is put together: settings, addresses, processes.

Importing it makes the Celery application the one that every `shared_task` belongs to.
"""

from config.celery import app as celery_app

__all__ = ["celery_app"]
