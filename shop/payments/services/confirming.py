"""How attempts to pay end: succeeded, declined, failed."""

from decimal import Decimal

from django.conf import settings
from django.utils import timezone

from shop.accounts.models import User
from shop.core import sql
from shop.core.errors import Invalid, NotAllowed
from shop.core.events import publish
from shop.core.transactions import atomic, retry_on_conflict
from shop.orders import services as orders
from shop.orders import states
from shop.orders.models import Order
from shop.orders.querysets import LockedOrder
from shop.payments import methods, querysets
from shop.payments.errors import (
    AmountMismatch,
    MethodNotOffered,
    OrderIsCancelled,
    OutcomeNotAllowed,
    PaymentClosed,
)
from shop.payments.events import PaymentDeclined, PaymentFailed, PaymentSucceeded
from shop.payments.models import Payment
from shop.payments.provider import Outcome
from shop.payments.services.promising import owe_back

Status = Payment.Status

# By hand, because the payer waits for it: see `shop.core.sql`. Attempts by other methods give
# way; the partial indexes allow one of each kind.
_SUCCEED = """
    UPDATE payments_payment
    SET status = CASE WHEN id = %(id)s THEN 'succeeded' ELSE 'cancelled' END,
        paid_at = CASE WHEN id = %(id)s THEN %(now)s ELSE paid_at END,
        captured_currency = CASE WHEN id = %(id)s THEN currency ELSE captured_currency END,
        captured_amount = CASE WHEN id = %(id)s THEN amount ELSE captured_amount END,
        updated_at = %(now)s
    WHERE order_id = %(order)s AND (id = %(id)s OR status IN ('pending', 'requires_action'))
"""


@retry_on_conflict
@atomic
def confirm_payment(*, payment: Payment, actor: User, outcome: Outcome | None = None) -> Payment:
    """Say how a payment ended.

    The payer says it of the method test, with any outcome. Of cash and transfers, which
    can only have arrived, staff and members of the order's one vendor say it. Succeeding
    twice is once. Raises `NotAllowed` (403), `Invalid`, `MethodNotOffered`,
    `OutcomeNotAllowed` (400), `OrderIsCancelled`, `PaymentClosed` (409).
    """
    order, payment = querysets.locked(payment)
    if methods.provider_of(payment.method).is_manual:
        _check_arrived(payment, actor, outcome)
        outcome = Outcome.SUCCEED
    else:
        outcome = _check_test(order, payment, actor, outcome)
    if outcome == Outcome.SUCCEED:
        return _record_success(order, payment, actor)
    return _record_refusal(order, payment, outcome, actor)


@retry_on_conflict
@atomic
def record_success(
    *, payment: Payment, amount: Decimal, currency: str, actor: User | None = None
) -> Payment:
    """The money of `payment` has arrived: every door by which money comes ends here.

    Safe to repeat. The order is paid by it; money that comes for an order that is
    cancelled or paid already is recorded and owed back at once. Raises `AmountMismatch`.
    """
    order, payment = querysets.locked(payment)
    if payment.paid_at is None and (amount, currency) != (payment.amount, payment.currency):
        raise AmountMismatch
    return _record_success(order, payment, actor)


def _record_success(order: LockedOrder, payment: Payment, actor: User | None) -> Payment:
    """`payment` is locked too."""
    if payment.paid_at is not None:
        return payment
    payment.paid_at, payment.captured_amount = timezone.now(), payment.amount
    payment.captured_currency = payment.currency
    if order.status == Order.Status.CANCELLED or order.paid_at is not None:
        return _record_unwanted(order, payment, actor)
    payment.status, payment.updated_at = Status.SUCCEEDED, payment.paid_at
    sql.run(_SUCCEED, {"id": payment.pk, "order": order.pk, "now": payment.paid_at})
    orders.mark_paid(order=order, actor=actor, note=_said("Paid", payment))
    publish(PaymentSucceeded(payment_id=payment.pk))
    return payment


def _record_unwanted(order: LockedOrder, payment: Payment, actor: User | None) -> Payment:
    """One payment of an order may stand as succeeded; a second one is only given back."""
    has_other = order.payments.filter(status=Status.SUCCEEDED).exists()
    payment.status = Status.CANCELLED if has_other else Status.SUCCEEDED
    payment.save()
    text = _said(f"The order was {order.status}: received", payment)
    orders.add_note(order=order, actor=actor, text=text)
    if payment.amount:
        owe_back(payment=payment, reason=f"It came when the order was {order.status}.")
    return payment


def _said(what: str, payment: Payment) -> str:
    """For the order's history, in which every cent is: "Paid 79.80 USD by card."."""
    by = methods.METHODS[payment.method].label.lower()
    return f"{what} {payment.captured_amount} {payment.currency} by {by}."


def _record_refusal(order: Order, payment: Payment, outcome: Outcome, actor: User) -> Payment:
    if outcome == Outcome.DECLINE:
        payment.status, payment.failure_reason = Status.DECLINED, "The payment was declined."
        payment.save()
        publish(PaymentDeclined(payment_id=payment.pk))
        return payment
    payment.status, payment.failure_reason = Status.FAILED, "The payment failed."
    payment.save()
    publish(PaymentFailed(payment_id=payment.pk))
    if states.may_move(order, Order.Status.CANCELLED):
        orders.cancel_order(order=order, actor=actor, note="The payment failed.")
    return payment


def _check_test(order: Order, payment: Payment, actor: User, outcome: Outcome | None) -> Outcome:
    if actor.pk != order.user_id and not _is_clerk(actor):
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
    if not (_is_clerk(actor) or querysets.acts_for_seller(actor, payment)):
        raise NotAllowed
    if outcome not in (None, Outcome.SUCCEED):
        raise OutcomeNotAllowed(attr="outcome")
    # Money may arrive late, when the attempt is long given up; it is never turned away.
    if payment.status == Status.REFUNDED:
        raise PaymentClosed


def _is_clerk(user: User) -> bool:
    return user.is_staff and user.has_perm("payments.change_payment")
