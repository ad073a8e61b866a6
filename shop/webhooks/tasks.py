"""Deliveries that the worker's own thread did not see to, and the end of old ones."""

from datetime import timedelta

from shop.core.schedule import periodic
from shop.webhooks import services

# Longer than the worker's own thread leaves anything.
OVERDUE = timedelta(minutes=1)


@periodic("webhooks.redeliver")
def redeliver() -> None:
    """Send what nobody sees to, because `run_worker` is away or has more than it can do."""
    services.send_due(overdue=OVERDUE)


@periodic("webhooks.prune_deliveries")
def prune_deliveries() -> None:
    """Forget the deliveries of a month ago."""
    while services.prune_deliveries():
        pass
