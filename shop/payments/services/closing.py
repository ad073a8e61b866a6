"""Attempts that are not wanted any more."""

from shop.core.events import publish
from shop.core.transactions import atomic
from shop.payments import methods
from shop.payments.events import PaymentCancelled
from shop.payments.models import Payment


@atomic
def give_up(*, payment: Payment) -> None:
    """A locked attempt gives way: to another method, or because its order is cancelled."""
    payment.status = Payment.Status.CANCELLED
    payment.save()
    tell_provider(payment=payment)


def tell_provider(*, payment: Payment) -> None:
    """After commit, have a company on the network see to it that nobody pays it any more."""
    if payment.provider in methods.ONLINE:
        publish(PaymentCancelled(payment_id=payment.pk))
