"""What follows from an answer: done, again later, given up, paused."""

import random
from datetime import datetime, timedelta

from django.db.models import F, Value
from django.db.models.functions import Now
from django.utils import timezone

from shop.core.events import publish
from shop.core.transactions import atomic, retry_on_conflict
from shop.webhooks.events import WebhookPaused
from shop.webhooks.models import Delivery, DeliveryAttempt, Endpoint
from shop.webhooks.sending import Outcome

# The pauses between attempts: three days in all, a tenth more at most.
BACK_OFF = (
    timedelta(seconds=5),
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
    *[timedelta(hours=12)] * 4,
    timedelta(hours=7),
)
MAX_ATTEMPTS = len(BACK_OFF) + 1
# Paused after so many failures in a row, unless it is only a short outage ...
FAILURES_IN_A_ROW = 20
SHORT_OUTAGE = timedelta(hours=1)
# ... or when it took nothing for as long as a delivery is tried.
LONG_OUTAGE = timedelta(days=3)


@retry_on_conflict
@atomic
def record_outcome(*, delivery_id: int, claimed_until: datetime, outcome: Outcome) -> None:
    """Note what came of an attempt; `claimed_until` tells whether it is still this process's."""
    endpoint = _locked_endpoint_of(delivery_id)
    # The endpoint was deleted meanwhile, and what it was told with it.
    if endpoint is None:
        return
    delivery = Delivery.objects.select_for_update(no_key=True).get(pk=delivery_id)
    DeliveryAttempt.objects.create(
        delivery=delivery,
        status_code=outcome.status_code,
        error=outcome.error,
        duration_ms=outcome.duration_ms,
        answer=outcome.answer,
    )
    if outcome.is_success:
        _close(delivery, outcome)
        _forgive(endpoint)
    else:
        # Somebody else has it when the lease ended, or when it is to be delivered anew.
        if delivery.claimed_until == claimed_until:
            _put_off(delivery, outcome)
        _blame(endpoint, outcome)


def _locked_endpoint_of(delivery_id: int) -> Endpoint | None:
    found = Endpoint.objects.select_for_update(no_key=True)
    mine = Delivery.objects.filter(pk=delivery_id).values("endpoint")
    return found.filter(pk__in=mine).first()


def _close(delivery: Delivery, outcome: Outcome) -> None:
    Delivery.objects.filter(pk=delivery.pk).update(
        state=Delivery.State.DELIVERED, delivered_at=Now(), **_last(outcome)
    )


def _put_off(delivery: Delivery, outcome: Outcome) -> None:
    failures = delivery.attempts + 1
    given_up = failures >= MAX_ATTEMPTS
    pause = BACK_OFF[min(failures, len(BACK_OFF)) - 1] * random.uniform(1, 1.1)
    Delivery.objects.filter(pk=delivery.pk).update(
        state=Delivery.State.FAILED if given_up else Delivery.State.WAITING,
        next_attempt_at=Now() + Value(pause),
        **_last(outcome),
    )


def _last(outcome: Outcome) -> dict[str, object]:
    return {
        "attempts": F("attempts") + 1,
        "claimed_until": None,
        "last_status": outcome.status_code,
        "last_error": outcome.error,
        "last_duration_ms": outcome.duration_ms,
    }


def _forgive(endpoint: Endpoint) -> None:
    if endpoint.consecutive_failures:
        endpoint.consecutive_failures, endpoint.failing_since = 0, None
        endpoint.save(update_fields=["consecutive_failures", "failing_since"])


def _blame(endpoint: Endpoint, outcome: Outcome) -> None:
    endpoint.consecutive_failures += 1
    endpoint.failing_since = endpoint.failing_since or timezone.now()
    reason = _reason_to_pause(endpoint, outcome)
    if reason and endpoint.paused_at is None:
        endpoint.paused_at, endpoint.pause_reason = timezone.now(), reason
        publish(WebhookPaused(endpoint_id=endpoint.pk, vendor_id=endpoint.vendor_id))
    endpoint.save(
        update_fields=["consecutive_failures", "failing_since", "paused_at", "pause_reason"]
    )


def _reason_to_pause(endpoint: Endpoint, outcome: Outcome) -> str:
    if outcome.is_gone:
        return "It answered 410 Gone."
    failures = endpoint.consecutive_failures
    lasting = timezone.now() - (endpoint.failing_since or timezone.now())
    is_long = lasting >= LONG_OUTAGE
    if is_long or (failures >= FAILURES_IN_A_ROW and lasting >= SHORT_OUTAGE):
        return f"{failures} attempts in a row failed, the last one: {outcome.error}"[:200]
    return ""
