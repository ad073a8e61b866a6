"""Money that arrives, by whatever door: for its order, late, twice, or another amount."""

from datetime import timedelta
from decimal import Decimal

from django.utils import timezone

from shop.accounts.models import User
from shop.core import sql
from shop.core.events import publish
from shop.core.transactions import atomic, retry_on_conflict
from shop.orders import services as orders
from shop.orders import states
from shop.orders.models import Order
from shop.orders.querysets import LockedOrder
from shop.payments import methods, querysets
from shop.payments.events import PaymentFailed, PaymentHeld, PaymentSucceeded
from shop.payments.models import Payment
from shop.payments.services import closing
from shop.payments.services.promising import turn_away

Status = Payment.Status

# How long staff have to decide about another amount before the order expires.
TIME_TO_DECIDE = timedelta(days=7)

# By hand, because the payer waits for it: see `shop.core.sql`. Attempts by other methods give
# way; the partial indexes allow one of each kind.
_SUCCEED = f"""
    UPDATE payments_payment
    SET status = CASE WHEN id = %(id)s THEN 'succeeded' ELSE 'cancelled' END,
        paid_at = CASE WHEN id = %(id)s THEN %(now)s ELSE paid_at END,
        captured_amount = CASE WHEN id = %(id)s THEN %(amount)s ELSE captured_amount END,
        captured_currency = CASE WHEN id = %(id)s THEN %(currency)s ELSE captured_currency END,
        failure_reason = CASE WHEN id = %(id)s THEN '' ELSE failure_reason END,
        updated_at = %(now)s
    WHERE order_id = %(order)s AND (id = %(id)s OR status IN ('pending', 'requires_action'))
    RETURNING {sql.columns(Payment)}
"""  # noqa: S608 (the columns come from the model)


@retry_on_conflict
@atomic
def record_success(
    *, payment: Payment, amount: Decimal, currency: str, actor: User | None = None
) -> Payment:
    """The money of `payment` has arrived: every door by which money comes ends here.

    Safe to repeat. The order is paid by it. When the shop has cancelled the order meanwhile
    it is opened again if its goods are still there. Money that is not wanted is recorded and
    owed back at once: for an order that is paid, or that a person cancelled. Another amount
    or currency than was asked for is held until staff decide, and pays nothing.
    """
    order, payment = querysets.locked(payment)
    return arrive(order=order, payment=payment, amount=amount, currency=currency, actor=actor)


def arrive(
    *, order: LockedOrder, payment: Payment, amount: Decimal, currency: str, actor: User | None
) -> Payment:
    """`record_success` for a payment that is locked with its order."""
    if payment.paid_at is not None or payment.status == Status.HELD:
        return payment
    payment.captured_amount, payment.captured_currency = amount, currency
    is_exact = (amount, currency) == (payment.amount, payment.currency)
    if is_exact and orders.reopen_order(order=order):
        return succeed(order=order, payment=payment, actor=actor)
    if order.status == Order.Status.CANCELLED or order.paid_at is not None:
        return _record_unwanted(order, payment, actor)
    if not is_exact:
        return _hold(order, payment)
    return succeed(order=order, payment=payment, actor=actor)


def succeed(*, order: LockedOrder, payment: Payment, actor: User | None, note: str = "") -> Payment:
    """The order is paid by a locked payment, with what was captured."""
    told = {"id": payment.pk, "order": order.pk, "now": timezone.now()}
    told |= {"amount": payment.captured_amount, "currency": payment.captured_currency}
    for changed in sql.instances(Payment, _SUCCEED, told):
        if changed.pk == payment.pk:
            payment = changed
        else:
            closing.tell_provider(payment=changed)
    payment.order = order
    orders.mark_paid(order=order, actor=actor, note=note or _said("Paid", payment))
    publish(PaymentSucceeded(payment_id=payment.pk))
    return payment


def fail(*, order: LockedOrder, payment: Payment, actor: User | None, reason: str = "") -> Payment:
    """A locked attempt failed for good; its order is cancelled unless something else pays it."""
    payment.status, payment.failure_reason = Status.FAILED, reason or "The payment failed."
    payment.save()
    publish(PaymentFailed(payment_id=payment.pk))
    is_held = order.payments.filter(status=Status.HELD).exists()
    if order.paid_at is None and not is_held and states.may_cancel(order):
        orders.cancel_order(order=order, actor=actor, note="The payment failed.")
    return payment


def _record_unwanted(order: LockedOrder, payment: Payment, actor: User | None) -> Payment:
    """Only what pays its order stands as succeeded; this is given back."""
    payment.failure_reason = ""
    text = _said(f"The order was {order.status}: received", payment)
    orders.add_note(order=order, actor=actor, text=text)
    turn_away(payment=payment, reason=f"It came when the order was {order.status}.")
    return payment


def _hold(order: LockedOrder, payment: Payment) -> Payment:
    came = f"{payment.captured_amount} {payment.captured_currency}"
    payment.status = Status.HELD
    payment.failure_reason = f"{came} came instead of {payment.amount} {payment.currency}."
    payment.save()
    orders.add_note(order=order, actor=None, text=f"Held for staff: {payment.failure_reason}")
    orders.give_time(order=order, from_now=TIME_TO_DECIDE)
    publish(PaymentHeld(payment_id=payment.pk))
    return payment


def _said(what: str, payment: Payment) -> str:
    """For the order's history, in which every cent is: "Paid 79.80 USD by card."."""
    by = methods.METHODS[payment.method].label.lower()
    return f"{what} {payment.captured_amount} {payment.captured_currency} by {by}."
