"""Every action on webhooks."""

from shop.webhooks.services.delivering import enqueue, prune_deliveries, send_due
from shop.webhooks.services.endpoints import (
    change_endpoint,
    create_endpoint,
    delete_endpoint,
    hold_endpoint,
    redeliver,
    resume_endpoint,
    rotate_secret,
    send_test,
)
from shop.webhooks.services.outcomes import record_outcome

__all__ = [
    "change_endpoint",
    "create_endpoint",
    "delete_endpoint",
    "enqueue",
    "hold_endpoint",
    "prune_deliveries",
    "record_outcome",
    "redeliver",
    "resume_endpoint",
    "rotate_secret",
    "send_due",
    "send_test",
]
