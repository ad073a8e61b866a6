"""Housekeeping of the tables that every app uses."""

from datetime import timedelta

from django.db.models.functions import Now

from shop.core.models import IdempotencyKey, RateLimitCounter
from shop.core.pruning import delete_in_pieces
from shop.core.schedule import periodic

# Longer than any limit's window.
KEEP_RATE_LIMITS = timedelta(days=2)
# How long a client may repeat a request; docs/api/introduction.md says it.
KEEP_IDEMPOTENCY_KEYS = timedelta(days=7)


@periodic("core.prune_rate_limits")
def prune_rate_limits() -> None:
    """Forget the counters of windows that closed long ago."""
    delete_in_pieces(RateLimitCounter.objects.filter(window_start__lt=Now() - KEEP_RATE_LIMITS))


@periodic("core.prune_idempotency_keys")
def prune_idempotency_keys() -> None:
    """Forget requests that nobody will repeat any more."""
    delete_in_pieces(IdempotencyKey.objects.filter(created_at__lt=Now() - KEEP_IDEMPOTENCY_KEYS))
