"""Housekeeping of the tables that every app uses."""

from datetime import timedelta

from django.db.models.functions import Now

from shop.core.models import RateLimitCounter
from shop.core.schedule import periodic

# Longer than any limit's window.
KEEP_RATE_LIMITS = timedelta(days=2)


@periodic("core.prune_rate_limits")
def prune_rate_limits() -> None:
    """Forget the counters of windows that closed long ago."""
    RateLimitCounter.objects.filter(window_start__lt=Now() - KEEP_RATE_LIMITS).delete()
