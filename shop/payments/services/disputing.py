"""Disputes: the payer's bank takes the money back until it is decided who is right."""

from shop.core.events import publish
from shop.core.transactions import atomic, retry_on_conflict
from shop.orders import services as orders
from shop.orders.querysets import LockedOrder
from shop.payments import querysets
from shop.payments.events import DisputeChanged, DisputeClosed, DisputeOpened
from shop.payments.models import Dispute, Payment
from shop.payments.provider import FetchedDispute

Status = Dispute.Status

# While it is open, and when the money is gone for good, nobody should pack unaware of it.
ALARMING = (Status.OPEN, Status.LOST)


@retry_on_conflict
@atomic
def record_dispute(*, payment: Payment, told: FetchedDispute) -> str:
    """Keep what is said of a dispute; its end stays its end. Safe to repeat, in any order.

    Answers its status.
    """
    order, payment = querysets.locked(payment)
    known = Dispute.objects.select_for_update().filter(reference=told.reference).first()
    dispute = known or Dispute(payment=payment, reference=told.reference)
    if dispute.closed_at is not None:
        return dispute.status
    was = (dispute.amount, dispute.currency)
    dispute.amount, dispute.currency, dispute.reason = told.amount, told.currency, told.reason
    dispute.status, dispute.closed_at = told.status, told.closed_at
    dispute.opened_at = told.opened_at
    dispute.save()
    _flag(order)
    ids = {"payment_id": payment.pk, "order_id": order.pk, "dispute_id": dispute.pk}
    if known is None:
        publish(DisputeOpened(**ids))
    if dispute.closed_at is not None:
        publish(DisputeClosed(**ids))
    elif known is not None and was != (dispute.amount, dispute.currency):
        publish(DisputeChanged(**ids))
    return dispute.status


def _flag(order: LockedOrder) -> None:
    alarming = Dispute.objects.filter(payment__order=order, status__in=ALARMING)
    orders.mark_disputed(order=order, is_disputed=alarming.exists())
