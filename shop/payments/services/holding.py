"""Money of another amount or currency than was asked for: staff decide what becomes of it."""

from shop.accounts.models import User
from shop.core.transactions import atomic, retry_on_conflict
from shop.orders import services as orders
from shop.orders.models import Order
from shop.orders.querysets import LockedOrder
from shop.payments import querysets
from shop.payments.errors import AlreadyPaid, OrderIsCancelled, PaymentNotHeld
from shop.payments.models import Payment
from shop.payments.services import recording
from shop.payments.services.promising import turn_away


@retry_on_conflict
@atomic
def resolve_payment(*, payment: Payment, actor: User, accept: bool) -> Payment:
    """Decide about a held payment: it pays the order as it is, or is given back whole.

    Raises `PaymentNotHeld`; when accepting, `OrderIsCancelled`, `AlreadyPaid` (409).
    """
    order, payment = querysets.locked(payment)
    if payment.status != Payment.Status.HELD:
        raise PaymentNotHeld
    if not accept:
        text = f"Not accepted: {payment.failure_reason}"
        orders.add_note(order=order, actor=actor, text=text)
        turn_away(payment=payment, reason=payment.failure_reason)
        return payment
    _check_unpaid(order)
    note = f"Accepted although {payment.failure_reason}"
    return recording.succeed(order=order, payment=payment, actor=actor, note=note)


def _check_unpaid(order: LockedOrder) -> None:
    if order.status == Order.Status.CANCELLED:
        raise OrderIsCancelled
    if order.paid_at is not None:
        raise AlreadyPaid
