"""What providers on the network say of payments, whichever way it comes: one result.

An event, the payer's return, the reconciler, an attempt to cancel: each ends in
`record_truth`, in any order and any number of times. Providers are asked outside
transactions.
"""

from django.db.models import F
from django.db.models.functions import Coalesce, Now

from shop.core.events import publish
from shop.core.transactions import atomic, retry_on_conflict
from shop.orders.querysets import LockedOrder
from shop.payments import methods, querysets
from shop.payments.events import PaymentDeclined
from shop.payments.models import Payment
from shop.payments.provider import Fetched
from shop.payments.services import recording

Status = Payment.Status


def ask_provider(*, payment: Payment) -> Payment:
    """Learn from its provider how a payment stands, unless that is known for good.

    Raises `ProviderAway`, `ProviderRefused`.
    """
    if payment.closed_at is not None or not payment.provider_reference:
        return payment
    fetched = methods.ONLINE[payment.provider].fetch(payment.provider_reference)
    return record_truth(payment=payment, fetched=fetched)


def cancel_at_provider(*, payment_id: int) -> Payment:
    """See to it that nobody pays an attempt that was given up. Safe to repeat.

    When somebody has paid it already, that is recorded instead. Raises `ProviderAway`,
    `ProviderRefused`.
    """
    payment = Payment.objects.select_related("order").get(pk=payment_id)
    is_known = payment.closed_at is not None or payment.status in Payment.OPEN
    # Without a reference its browser key was never given out: nobody can pay it.
    if is_known or not payment.provider_reference:
        return payment
    fetched = methods.ONLINE[payment.provider].cancel(payment.provider_reference)
    return record_truth(payment=payment, fetched=fetched)


@retry_on_conflict
@atomic
def record_truth(*, payment: Payment, fetched: Fetched, is_decline: bool = False) -> Payment:
    """Bring a payment and its order to what the provider says. Safe to repeat, in any order.

    What is older than what we know changes nothing: an end stays an end. `is_decline`: this
    is the news of an attempt that came to nothing.
    """
    order, payment = querysets.locked(payment)
    _note_contact(payment, fetched)
    if fetched.status == Status.SUCCEEDED:
        return recording.arrive(
            order=order,
            payment=payment,
            amount=fetched.amount,
            currency=fetched.currency,
            actor=None,
        )
    if payment.status not in Payment.OPEN:
        return payment
    if fetched.status == Status.CANCELLED:
        reason = fetched.failure_reason
        return recording.fail(order=order, payment=payment, actor=None, reason=reason)
    return _record_waiting(order, payment, fetched, is_decline=is_decline)


def _record_waiting(
    order: LockedOrder, payment: Payment, fetched: Fetched, *, is_decline: bool
) -> Payment:
    known = (payment.status, payment.failure_reason)
    payment.status, payment.failure_reason = fetched.status, fetched.failure_reason
    if known != (payment.status, payment.failure_reason):
        payment.save()
    if is_decline:
        publish(PaymentDeclined(payment_id=payment.pk))
    return payment


def _note_contact(payment: Payment, fetched: Fetched) -> None:
    """When it was heard of last; and its name there, if we died before we could note it."""
    payment.provider_reference = payment.provider_reference or fetched.reference
    noted = {"checked_at": Now(), "provider_reference": payment.provider_reference}
    if fetched.status not in Payment.OPEN:
        noted["closed_at"] = Coalesce(F("closed_at"), Now())
    Payment.objects.filter(pk=payment.pk).update(**noted)
    payment.refresh_from_db(fields=["checked_at", "closed_at"])
