"""Events of providers: kept as they come, answered at once, processed once.

Duplicates, any order, days of delay: an event only makes us look, and what it says is
believed where nothing can change it any more.
"""

from collections.abc import Callable
from datetime import timedelta

from django.db.models import F
from django.db.models.functions import Now
from django.utils import timezone

from shop.core import sql
from shop.core.events import publish
from shop.core.failpoints import failpoint
from shop.core.pruning import delete_in_pieces
from shop.core.transactions import atomic, retry_on_conflict
from shop.payments import methods
from shop.payments.errors import ProviderRefused, WebhookRefused
from shop.payments.events import ProviderEventReceived
from shop.payments.models import InboxEvent, Payment, Refund
from shop.payments.provider import (
    FetchedRefund,
    Notice,
    OnlineProvider,
    Received,
    Refunded,
    Subject,
    key_of,
)
from shop.payments.services import disputing, learning, recording_refunds

KEEP = timedelta(days=90)

# By hand: the text is kept as it came, which the ORM would parse and write anew. But for the
# secret that lets a browser pay: nobody who may look into the inbox needs it.
_STORE = """
    INSERT INTO payments_inboxevent (provider, event_id, type, payload, outcome)
    VALUES (%s, %s, %s, %s::jsonb #- '{data,object,client_secret}', '')
    ON CONFLICT (provider, event_id) DO NOTHING RETURNING id
"""
_COUNT = """
    INSERT INTO payments_webhookrefusal AS known (provider, reason, count, last_at)
    VALUES (%s, %s, 1, now())
    ON CONFLICT (provider, reason) DO UPDATE SET count = known.count + 1, last_at = now()
"""


def receive_event(*, provider: str, body: bytes, signature: str) -> None:
    """Take in one event; one that is known already changes nothing.

    Raises `WebhookRefused` (400), of which nothing but the count is kept, and `NotFound`
    when the shop has no keys of the provider.
    """
    try:
        received = methods.ONLINE[provider].receive(body, signature)
    except WebhookRefused as refusal:
        sql.run(_COUNT, [provider, refusal.reason])
        raise
    failpoint("webhook.before_store")
    _store(provider, received)
    failpoint("webhook.after_store")


def process_event(*, inbox_id: int) -> str:
    """Do what an event tells of, once; answers what came of it. Safe to repeat.

    Raises `ProviderAway` when the provider must be asked and does not answer.
    """
    event = InboxEvent.objects.get(pk=inbox_id)
    if event.processed_at is not None:
        return event.outcome
    provider = methods.ONLINE[event.provider]
    notice = provider.read(event.payload)
    if notice.subject == Subject.OTHER:
        return _finish(event, None, lambda: "ignored")
    payment = _payment_of(event.provider, notice)
    if payment is None:
        return _finish(event, None, lambda: "unknown")
    try:
        work = _work(provider, payment, notice)
    except ProviderRefused:
        # It knows nothing of what it is said to have told: asking again would not help.
        return _finish(event, payment, lambda: "not found at the provider")
    outcome = _finish(event, payment, work)
    failpoint("webhook.after_commit")
    return outcome


@atomic
def reopen_event(*, event: InboxEvent) -> None:
    """Have an event processed again: by staff, when its cause of trouble is mended."""
    InboxEvent.objects.filter(pk=event.pk).update(processed_at=None, outcome="")
    publish(ProviderEventReceived(inbox_id=event.pk))


def note_attempt(*, inbox_id: int) -> None:
    """An event could not be processed: others have their turn first."""
    InboxEvent.objects.filter(pk=inbox_id).update(attempts=F("attempts") + 1)


def prune_inbox() -> int:
    """Forget what was processed long ago; returns how many."""
    return delete_in_pieces(InboxEvent.objects.filter(processed_at__lt=Now() - KEEP))


@retry_on_conflict
@atomic
def _store(provider: str, received: Received) -> None:
    named = [provider, received.event_id, received.type, received.text]
    for row in sql.rows(_STORE, named):
        publish(ProviderEventReceived(inbox_id=row["id"]))


def _payment_of(provider: str, notice: Notice) -> Payment | None:
    """By the provider's name of it; by ours, when we died before we could note the other."""
    if not notice.reference:
        return None
    payments = Payment.objects.select_related("order").filter(provider=provider)
    known = payments.filter(provider_reference=notice.reference).first()
    if known is not None:
        return known
    key = notice.key or _key_at(methods.ONLINE[provider], notice)
    pk = key.split("-")[1] if key.count("-") == 2 else ""
    if not (pk.isascii() and pk.isdigit() and len(pk) < 19):
        return None
    nameless = payments.filter(pk=int(pk), provider_reference="").first()
    return nameless if nameless is not None and key_of(nameless) == key else None


def _key_at(provider: OnlineProvider, notice: Notice) -> str:
    """Refunds and disputes tell the provider's name of the payment only."""
    if notice.subject == Subject.PAYMENT:
        return ""
    try:
        return provider.fetch(notice.reference).key
    except ProviderRefused:
        return ""


def _work(provider: OnlineProvider, payment: Payment, notice: Notice) -> Callable[[], str]:
    """Ask what must be asked, outside the transaction of what comes of it."""
    if notice.dispute is not None:
        dispute = notice.dispute
        return lambda: disputing.record_dispute(payment=payment, told=dispute)
    fetched = notice.fetched or provider.fetch(notice.reference)
    is_refund = notice.subject == Subject.REFUND
    refunds = provider.refunds_of(notice.reference) if is_refund else []

    def record() -> str:
        is_decline = notice.is_decline
        now = learning.record_truth(payment=payment, fetched=fetched, is_decline=is_decline)
        for refund in refunds:
            _record_refund(payment, refund)
        return f"{now.status}, {len(refunds)} refunds" if is_refund else now.status

    return record


def _record_refund(payment: Payment, told: FetchedRefund) -> None:
    ours = Refund.objects.filter(payment=payment, provider_reference="").order_by("id")
    mine = next((refund for refund in ours if key_of(refund) == told.key), None)
    if mine is not None:
        done = Refunded(status=told.status, reference=told.reference)
        recording_refunds.record_refund(refund_id=mine.pk, done=done)
    else:
        recording_refunds.record_refund_of_provider(
            payment=payment, reference=told.reference, amount=told.amount, status=told.status
        )


@retry_on_conflict
@atomic
def _finish(event: InboxEvent, payment: Payment | None, work: Callable[[], str]) -> str:
    # Whoever processes the same event at this moment waits here, and finds it done.
    event = InboxEvent.objects.select_for_update().get(pk=event.pk)
    if event.processed_at is None:
        event.outcome, event.payment, event.processed_at = work(), payment, timezone.now()
        event.save(update_fields=["outcome", "payment", "processed_at"])
        failpoint("webhook.before_commit")
    return event.outcome
