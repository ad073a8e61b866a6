"""What got lost on the way: providers are asked, and waiting events are processed."""

import logging
from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial

from django.db.models.functions import Now

from shop.core import sql
from shop.core.transactions import atomic
from shop.payments import methods
from shop.payments.errors import ProviderAway
from shop.payments.models import InboxEvent, Payment, Refund
from shop.payments.services import inbox, learning
from shop.payments.services.refunding import complete_refund

logger = logging.getLogger(__name__)

PATIENCE = timedelta(minutes=2)
BATCH = 100
BY_HAND = 10_000

# Of payments whose end the provider has not told, those that nobody asked about for a while;
# old ones ever more seldom. Those without a reference cannot be paid.
_WAITING = """
    UPDATE payments_payment SET checked_at = statement_timestamp()
    WHERE id IN (
        SELECT id FROM payments_payment
        WHERE method = 'card' AND closed_at IS NULL AND provider = ANY(%(providers)s)
          AND provider_reference <> ''
          AND coalesce(checked_at, created_at)
              <= statement_timestamp() - %(patience)s::interval
          AND (checked_at IS NULL OR NOT %(backs_off)s
               OR statement_timestamp() - checked_at
                  >= (checked_at - created_at) / 10)
        ORDER BY checked_at NULLS FIRST, id LIMIT %(batch)s
        FOR UPDATE SKIP LOCKED
    )
    RETURNING id
"""


def reconcile(*, patience: timedelta = PATIENCE) -> list[str]:
    """Learn what no event has told: of events that wait, open payments, and pending refunds.

    Answers what was changed, a line each. What is younger than `patience` is left alone.
    A provider that is away ends the turn.
    """
    changes: list[str] = []
    try:
        changes.extend(_changes(patience))
    except ProviderAway:
        logger.warning("the provider is away; the reconciler comes again")
    return changes


def reconcile_all() -> Iterator[str]:
    """The same of everything, however young, as it goes on; raises `ProviderAway`."""
    return _changes(timedelta(0))


def _changes(patience: timedelta) -> Iterator[str]:
    for work in (_inbox, _payments, _refunds):
        yield from work(patience)


def _inbox(patience: timedelta) -> Iterator[str]:
    waiting = InboxEvent.objects.filter(processed_at=None, received_at__lte=Now() - patience)
    for event in waiting.order_by("attempts", "id")[: _batch(patience)]:
        inbox.note_attempt(inbox_id=event.pk)
        outcome = _tried(str(event), partial(inbox.process_event, inbox_id=event.pk))
        if outcome is not None:
            yield f"event {event}: {outcome}"


def _payments(patience: timedelta) -> Iterator[str]:
    waiting = Payment.objects.filter(pk__in=_claim(patience)).select_related("order")
    for payment in waiting.order_by("id"):
        before = _state(payment)
        learn = _ask if payment.status in Payment.OPEN else _cancel
        if _tried(f"payment {payment.pk}", partial(learn, payment)) is None:
            continue
        after = _state(Payment.objects.select_related("order").get(pk=payment.pk))
        if after != before:
            yield f"payment {payment.pk} of {payment.order.number}: {before} → {after}"


@atomic
def _claim(patience: timedelta) -> list[int]:
    """The payments to ask about; whoever reconciles at this moment takes others."""
    asked = {
        "providers": list(methods.ONLINE),
        "patience": patience,
        "backs_off": bool(patience),
        "batch": _batch(patience),
    }
    return [row["id"] for row in sql.rows(_WAITING, asked)]


def _batch(patience: timedelta) -> int:
    """Somebody who asks by hand wants to know of everything."""
    return BATCH if patience else BY_HAND


def _refunds(patience: timedelta) -> Iterator[str]:
    waiting = Refund.objects.filter(
        status=Refund.Status.PENDING,
        payment__provider__in=methods.ONLINE,
        created_at__lte=Now() - patience,
    )
    for refund in waiting.select_related("payment__order").order_by("id")[: _batch(patience)]:
        _tried(f"refund {refund.pk}", partial(complete_refund, refund_id=refund.pk))
        before = refund.status
        refund.refresh_from_db(fields=["status"])
        if refund.status != before:
            number = refund.payment.order.number
            yield f"refund {refund.pk} of {number}: {before} → {refund.status}"


def _tried(what: str, action: Callable[[], object]) -> object | None:
    """What `action` answers; None when it failed: the others have a turn, this comes again."""
    try:
        return action()
    except ProviderAway:
        raise
    except Exception:
        logger.exception("%s could not be reconciled", what)
        return None


def _ask(payment: Payment) -> Payment:
    return learning.ask_provider(payment=payment)


def _cancel(payment: Payment) -> Payment:
    return learning.cancel_at_provider(payment_id=payment.pk)


def _state(payment: Payment) -> str:
    return f"{payment.status}, order {payment.order.status}"
