"""How an attempt to pay ended, as people say it: the payer of a test, staff, the vendor."""

from django.conf import settings

from shop.accounts.models import User
from shop.core.errors import Invalid, NotAllowed
from shop.core.events import publish
from shop.core.idempotency import row_once
from shop.core.transactions import atomic, retry_on_conflict
from shop.orders.models import Order
from shop.payments import methods, querysets
from shop.payments.errors import (
    MethodNotOffered,
    OrderIsCancelled,
    OutcomeNotAllowed,
    PaymentClosed,
)
from shop.payments.events import PaymentDeclined
from shop.payments.models import Payment
from shop.payments.provider import Outcome
from shop.payments.services import learning, recording

Status = Payment.Status


def confirm_payment(*, payment: Payment, actor: User, outcome: Outcome | None = None) -> Payment:
    """Say how a payment ended.

    The payer says it of the method test, with any outcome. Of cash and transfers, which
    can only have arrived, staff say it, and members of the house for its own goods. Nobody says
    it of a card: its provider is asked, for the payer or staff. Succeeding twice is once.
    Raises `NotAllowed` (403), `Invalid`, `MethodNotOffered`, `OutcomeNotAllowed` (400),
    `OrderIsCancelled`, `PaymentClosed` (409), `ProviderAway` (503).
    """
    if payment.provider not in methods.ONLINE:
        return _confirm(payment, actor, outcome)
    if actor.pk != payment.order.user_id and not querysets.is_clerk(actor):
        raise NotAllowed
    if outcome is not None:
        raise OutcomeNotAllowed(attr="outcome")
    return learning.ask_provider(payment=payment)


@retry_on_conflict
@atomic
def _confirm(payment: Payment, actor: User, outcome: Outcome | None) -> Payment:
    """Said once by a request that is repeated under its key, whatever became of it since."""
    rows = Payment.objects.select_related("order")
    return row_once("payment.confirm", rows, lambda: _record(payment, actor, outcome))


def _record(payment: Payment, actor: User, outcome: Outcome | None) -> Payment:
    order, payment = querysets.locked(payment)
    if methods.provider_of(payment.method).is_manual:
        _check_arrived(payment, actor, outcome)
        outcome = Outcome.SUCCEED
    else:
        outcome = _check_test(order, payment, actor, outcome)
    if outcome == Outcome.FAIL:
        return recording.fail(order=order, payment=payment, actor=actor)
    if outcome == Outcome.DECLINE:
        payment.status, payment.failure_reason = Status.DECLINED, "The payment was declined."
        payment.save()
        publish(PaymentDeclined(payment_id=payment.pk))
        return payment
    return recording.arrive(
        order=order,
        payment=payment,
        amount=payment.amount,
        currency=payment.currency,
        actor=actor,
    )


def _check_test(order: Order, payment: Payment, actor: User, outcome: Outcome | None) -> Outcome:
    if actor.pk != order.user_id and not querysets.is_clerk(actor):
        raise NotAllowed
    if not settings.PAYMENTS_TEST_MODE:
        raise MethodNotOffered
    if outcome is None:
        raise Invalid("Say how the payment ends: succeed, decline or fail.", attr="outcome")
    is_repeated = outcome == Outcome.SUCCEED and payment.status == Status.SUCCEEDED
    if is_repeated:
        return outcome
    if order.status == Order.Status.CANCELLED:
        raise OrderIsCancelled
    if payment.status not in Payment.OPEN:
        raise PaymentClosed
    return outcome


def _check_arrived(payment: Payment, actor: User, outcome: Outcome | None) -> None:
    if not (querysets.is_clerk(actor) or querysets.acts_for_house(actor, payment)):
        raise NotAllowed
    if outcome not in (None, Outcome.SUCCEED):
        raise OutcomeNotAllowed(attr="outcome")
    # Money may arrive late, when the attempt is long given up; it is never turned away.
    if payment.status == Status.REFUNDED:
        raise PaymentClosed
