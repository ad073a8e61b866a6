"""Giving money back. A refund is first promised (a pending row), then done by the provider.

`payment.refunded_amount` counts the promises too, so that parallel refunds together never
exceed what was paid; the database checks it once more.
"""

import logging
from datetime import timedelta
from decimal import Decimal

from django.db.models import Q, Sum
from django.db.models.functions import Now
from django.utils import timezone

from shop.accounts.models import User
from shop.core.events import publish
from shop.core.money import ZERO, quantize
from shop.core.transactions import atomic, retry_on_conflict
from shop.orders import querysets as order_querysets
from shop.orders import services as orders
from shop.orders import states
from shop.orders.models import Order
from shop.orders.querysets import LockedOrder
from shop.payments import methods, querysets
from shop.payments.errors import (
    NothingToRefund,
    RefundFailed,
    RefundTooLarge,
    RefundTooSmall,
    RestockNeedsFullRefund,
)
from shop.payments.events import PaymentRefunded, RefundOpened
from shop.payments.models import Payment, Refund
from shop.payments.provider import Refunded

logger = logging.getLogger(__name__)

PATIENCE = timedelta(minutes=2)


def refund_order(
    *,
    order: Order,
    actor: User,
    amount: Decimal | None = None,
    reason: str = "",
    restock: bool | None = None,
) -> None:
    """Give back `amount`, or all that is left; the order is REFUNDED when nothing is left.

    `restock` puts the goods back on the shelf, with the last refund only; None means: if
    they have not left. For cash and transfers the caller states that the money was handed
    over, also of refunds that the shop owes by itself. Raises `NothingToRefund`,
    `RefundTooLarge`, `RefundFailed` (409), `RefundTooSmall`, `RestockNeedsFullRefund` (400).
    """
    for refund_id in _promise(order, actor, amount, reason, restock):
        if not complete_refund(refund_id=refund_id):
            raise RefundFailed


def complete_refund(*, refund_id: int) -> bool:
    """Have the provider do a promised refund; safe to repeat. False: the provider refused.

    One that people must do by hand waits until one of them says so (`refund_order`).
    """
    refund = Refund.objects.select_related("payment__order").get(pk=refund_id)
    if refund.status != Refund.Status.PENDING:
        return refund.status == Refund.Status.SUCCEEDED
    provider = methods.provider_of(refund.payment.method)
    if provider.is_manual and refund.actor_id is None:
        return True
    return _record(refund, provider.refund(refund))


def complete_refunds() -> int:
    """Do what a crash left undone: promises that a provider was not asked for, or not told of."""
    left = Refund.objects.filter(status=Refund.Status.PENDING, created_at__lt=Now() - PATIENCE)
    for_people = Q(actor=None, payment__method__in=methods.manual())
    done = 0
    for refund_id in left.exclude(for_people).order_by("id").values_list("pk", flat=True)[:100]:
        try:
            done += complete_refund(refund_id=refund_id)
        except Exception:
            # The provider may be away; the others have a turn, and this one comes again.
            logger.exception("refund %s could not be completed", refund_id)
    return done


@retry_on_conflict
@atomic
def settle_cancelled_order(*, order_id: int) -> None:
    """Close what is open of a cancelled order and owe back what was paid. Safe to repeat."""
    order = order_querysets.locked(order_id)
    if order.status != Order.Status.CANCELLED:
        return
    payments = Payment.objects.select_for_update().filter(order=order).order_by("id")
    for payment in payments:
        if payment.status in Payment.OPEN:
            payment.status = Payment.Status.CANCELLED
            payment.save()
        elif payment.status == Payment.Status.SUCCEEDED and _left(payment):
            owe_back(payment=payment, reason="The order was cancelled.")


def owe_back(*, payment: Payment, reason: str) -> None:
    """Promise all that is left of a locked payment, by the shop itself; done after commit."""
    _open(payment, _left(payment), reason=reason, actor=None, restock=False)


@retry_on_conflict
@atomic
def _promise(
    order: Order, actor: User, amount: Decimal | None, reason: str, restock: bool | None
) -> list[int]:
    """The refunds to complete now: a new one, or those that the shop owes by hand."""
    order = order_querysets.locked(order.pk)
    paid = Payment.objects.select_for_update().filter(order=order, paid_at__isnull=False)
    payments = list(paid.order_by("id"))
    owed = Refund.objects.filter(
        payment__in=payments, status=Refund.Status.PENDING, actor=None
    ).order_by("id")
    by_hand = [refund.pk for refund in owed if _is_manual(refund, payments)]
    if by_hand and amount is None:
        Refund.objects.filter(pk__in=by_hand).update(actor=actor)
        return by_hand
    payment = next((p for p in payments if p.status == Payment.Status.SUCCEEDED), None)
    if payment is None or not _left(payment):
        raise NothingToRefund
    amount = _checked(payment, amount)
    is_last = amount == _left(payment)
    if restock and not is_last:
        raise RestockNeedsFullRefund(attr="restock")
    if restock is None:
        restock = is_last and order.shipped_at is None
    # A cancelled order has given its goods back already.
    restock = restock and order.status != Order.Status.CANCELLED
    return [_open(payment, amount, reason=reason, actor=actor, restock=restock).pk]


def _is_manual(refund: Refund, payments: list[Payment]) -> bool:
    payment = next(p for p in payments if p.pk == refund.payment_id)
    return methods.provider_of(payment.method).is_manual


def _checked(payment: Payment, amount: Decimal | None) -> Decimal:
    if amount is None:
        return _left(payment)
    if amount <= 0 or quantize(amount, payment.currency) != amount:
        raise RefundTooSmall(attr="amount")
    if amount > _left(payment):
        raise RefundTooLarge(f"At most {_left(payment)} can be given back.", attr="amount")
    return amount


def _left(payment: Payment) -> Decimal:
    """What was neither given back nor promised."""
    left: Decimal = payment.amount - payment.refunded_amount
    return left


def _open(
    payment: Payment, amount: Decimal, *, reason: str, actor: User | None, restock: bool
) -> Refund:
    payment.refunded_amount += amount
    payment.save()
    refund = Refund.objects.create(
        payment=payment, amount=amount, reason=reason, actor=actor, restock=restock
    )
    publish(RefundOpened(refund_id=refund.pk))
    return refund


@retry_on_conflict
@atomic
def _record(refund: Refund, done: Refunded) -> bool:
    order, payment = querysets.locked(refund.payment)
    refund = Refund.objects.select_for_update().get(pk=refund.pk)
    if refund.status != Refund.Status.PENDING:
        return refund.status == Refund.Status.SUCCEEDED
    refund.provider_reference = done.reference
    if done.status == Refund.Status.FAILED:
        refund.status = Refund.Status.FAILED
        refund.save()
        payment.refunded_amount -= refund.amount
        payment.save()
        return False
    refund.status, refund.succeeded_at = Refund.Status.SUCCEEDED, timezone.now()
    refund.save()
    publish(PaymentRefunded(payment_id=payment.pk, refund_id=refund.pk))
    if _given_back(payment) == payment.amount:
        _close(order, payment, refund)
    return True


def _given_back(payment: Payment) -> Decimal:
    done = payment.refunds.filter(status=Refund.Status.SUCCEEDED)
    total: Decimal | None = done.aggregate(total=Sum("amount"))["total"]
    return total or ZERO


def _close(order: LockedOrder, payment: Payment, refund: Refund) -> None:
    """Everything was given back. Only the payment that paid the order moves it along."""
    has_paid_the_order = payment.status == Payment.Status.SUCCEEDED
    payment.status = Payment.Status.REFUNDED
    payment.save()
    if has_paid_the_order and states.may_move(order, Order.Status.REFUNDED):
        orders.mark_refunded(
            order=order, actor=refund.actor, restock=refund.restock, note=refund.reason
        )
