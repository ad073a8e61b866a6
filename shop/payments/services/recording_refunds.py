"""The second half of a refund: how it ended at the provider, in whatever order that is learned.

One name at the provider is one refund, and of what is told of it this counts:

- FAILED under its name is final. Also after success: the customer's bank sent it back.
- SUCCEEDED is final but for that.
- FAILED without a name is a refused call. When the provider tells of the refund under a
  name, before or after, it was made all the same: the refused one is revived.
- PENDING says nothing, except to a refused one.

What the provider gave back beyond what the shop can account for is HELD, for staff, and
counted as soon as another refund fails and makes room.
"""

import logging
from decimal import Decimal

from django.db.models import Manager, Q, QuerySet, Sum
from django.utils import timezone

from shop.core.events import publish
from shop.core.failpoints import failpoint
from shop.core.money import ZERO
from shop.core.transactions import atomic, retry_on_conflict
from shop.orders import services as orders
from shop.orders import states
from shop.orders.models import Order
from shop.orders.querysets import LockedOrder
from shop.payments import querysets
from shop.payments.events import PaymentRefunded, RefundFailed
from shop.payments.models import Payment, Refund, RefundItem
from shop.payments.provider import Refunded

logger = logging.getLogger(__name__)

Status = Refund.Status

BY_PROVIDER = "Made at the provider."


@retry_on_conflict
@atomic
def record_refund(*, refund_id: int, done: Refunded) -> bool:
    """What the provider says of a refund: every door by which that is learned ends here.

    Safe to repeat, in any order. False: the money is not given back.
    """
    refund = Refund.objects.select_related("payment").get(pk=refund_id)
    _, payment = querysets.locked(refund.payment)
    refund = Refund.objects.select_for_update().get(pk=refund_id)
    refund.payment = payment
    if done.reference and refund.provider_reference not in ("", done.reference):
        # Another name is another refund: the money went twice.
        logger.error("refund %s is known as %s too", refund_id, done.reference)
        _record_by_provider(payment, refund.amount, done)
    elif _is_ours(refund, done.reference):
        _apply(refund, done)
    failpoint("refund.before_commit")
    return refund.status != Status.FAILED


@retry_on_conflict
@atomic
def record_refund_of_provider(
    *, payment: Payment, reference: str, amount: Decimal, status: Refund.Status
) -> None:
    """A refund that the provider tells of: one of ours, or made there by hand.

    One that is new is recorded as the shop's own.
    """
    _, payment = querysets.locked(payment)
    _record_by_provider(payment, amount, Refunded(status=status, reference=reference))
    failpoint("refund.before_commit")


@retry_on_conflict
@atomic
def count_held_refunds(*, payment: Payment) -> None:
    """Count what was held of a payment as far as there is money for it now."""
    _count_held(querysets.locked(payment)[1])


def _record_by_provider(payment: Payment, amount: Decimal, done: Refunded) -> None:
    known = Refund.objects.filter(
        provider=payment.provider, provider_reference=done.reference
    ).select_for_update()
    refund = known.first()
    if refund is not None:
        refund.payment = payment
        _apply(refund, done)
        return
    refund = Refund.objects.create(
        payment=payment,
        provider=payment.provider,
        provider_reference=done.reference,
        amount=amount,
        reason=BY_PROVIDER,
        status=Status.FAILED,
    )
    if done.status != Status.FAILED:
        _count(refund, done.status)


def _is_ours(refund: Refund, reference: str) -> bool:
    """Whether `refund` can go by this name. False: it is recorded as another one already."""
    named = Refund.objects.filter(provider=refund.provider, provider_reference=reference)
    other = named.exclude(provider_reference="").exclude(pk=refund.pk).first()
    if other is None:
        return True
    if other.status == Status.HELD:
        # Told of before it was known to be this one, and never counted.
        other.delete()
        return True
    if refund.status == Status.PENDING:
        _fail(refund)
    return False


def _apply(refund: Refund, done: Refunded) -> None:
    """Bring a refund, whose payment and order are locked, to what `done` says of it."""
    was, has_name = refund.status, refund.provider_reference != ""
    refund.provider_reference = refund.provider_reference or done.reference
    if done.status == Status.FAILED:
        is_refused_call = was == Status.PENDING and not has_name
        if was != Status.FAILED and (done.reference or is_refused_call):
            _fail(refund)
    elif was == Status.FAILED and done.reference and not has_name:
        _count(refund, done.status)
    elif was == Status.PENDING and done.status == Status.SUCCEEDED:
        _succeed(refund)
    elif was == Status.HELD and done.status == Status.SUCCEEDED:
        refund.succeeded_at = refund.succeeded_at or timezone.now()
    refund.save()


def _succeed(refund: Refund) -> None:
    payment = refund.payment
    refund.status, refund.succeeded_at = Status.SUCCEEDED, refund.succeeded_at or timezone.now()
    refund.save()
    publish(PaymentRefunded(payment_id=payment.pk, refund_id=refund.pk))
    if refund.restock:
        goods = _quantities(refund.items.filter(restock=True))
        orders.return_goods(order=_order_of(refund), quantities=goods, actor=refund.actor)
    _tell(refund)


def _tell(refund: Refund) -> None:
    """In the order's history; the order is REFUNDED when nothing is left of what paid it.

    So is one part of several when its every line was given back.
    """
    payment, order = refund.payment, _order_of(refund)
    text = f"Refunded {refund.amount} {payment.refund_currency}"
    text = (f"{text}: {refund.reason}" if refund.reason else f"{text}.")[:500]
    pays_the_order = payment.status == Payment.Status.SUCCEEDED
    is_all = _given_back(payment) == payment.captured_amount
    if is_all:
        payment.status = Payment.Status.REFUNDED
        # Who gives back held money at the provider has decided about it.
        payment.paid_at = payment.paid_at or timezone.now()
        payment.save()
    if is_all and pays_the_order and states.may_move(order, Order.Status.REFUNDED):
        orders.mark_refunded(order=order, actor=refund.actor, note=text)
    else:
        orders.add_note(order=order, actor=refund.actor, text=text)
        for part_id in querysets.parts_given_back(order) if pays_the_order else ():
            orders.mark_part_refunded(order=order, part_id=part_id, actor=refund.actor, note=text)


def _fail(refund: Refund) -> None:
    """It is not given back: what was counted for it is free again."""
    was, refund.status = refund.status, Status.FAILED
    if was == Status.HELD:
        refund.succeeded_at = None
        return
    refund.save()
    publish(RefundFailed(refund_id=refund.pk))
    _uncount(refund)
    if was == Status.PENDING:
        _free_lines(refund)
    else:
        _tell_that_it_came_back(refund)
    _count_held(refund.payment)


def _uncount(refund: Refund) -> None:
    payment = refund.payment
    payment.refunded_amount -= refund.amount
    if payment.status == Payment.Status.REFUNDED:
        has_other = payment.order.payments.filter(status=Payment.Status.SUCCEEDED).exists()
        pays_nothing = has_other or payment.order.paid_at is None
        payment.status = Payment.Status.CANCELLED if pays_nothing else Payment.Status.SUCCEEDED
    payment.save()


def _free_lines(refund: Refund) -> None:
    quantities, order = _quantities(refund.items), _order_of(refund)
    orders.count_refunded(order=order, quantities={item: -n for item, n in quantities.items()})
    # Whose part was cancelled meanwhile: the cancellation left these goods to this refund.
    of_cancelled = Q(restock=True, order_item__vendor_order__status=Order.Status.CANCELLED)
    goods = _quantities(refund.items.filter(of_cancelled))
    orders.return_goods(order=order, quantities=goods, actor=None)


def _tell_that_it_came_back(refund: Refund) -> None:
    text = f"The refund of {refund.amount} {refund.payment.refund_currency} came back."
    orders.add_note(order=_order_of(refund), actor=None, text=text)


def _count(refund: Refund, status: Refund.Status) -> None:
    """Count what the provider did without a promise, as far as there is money for it."""
    payment = refund.payment
    refund.succeeded_at = timezone.now() if status == Status.SUCCEEDED else None
    if refund.amount > payment.refundable_amount:
        refund.status = Status.HELD
        refund.save()
        logger.error("refund %s is held: more than was paid was given back", refund.pk)
        return
    refund.status = Status.PENDING
    refund.save()
    payment.refunded_amount += refund.amount
    payment.save()
    # Its promise was taken back, and others may have been given the goods since.
    refund.items.all().delete()
    if status == Status.SUCCEEDED:
        _succeed(refund)


def _count_held(payment: Payment) -> None:
    for refund in payment.refunds.filter(status=Status.HELD).order_by("id"):
        if refund.amount <= payment.refundable_amount:
            refund.payment = payment
            _count(refund, Status.SUCCEEDED if refund.succeeded_at else Status.PENDING)


def _order_of(refund: Refund) -> LockedOrder:
    return LockedOrder(refund.payment.order)


def _quantities(items: Manager[RefundItem] | QuerySet[RefundItem]) -> dict[int, int]:
    return dict(items.values_list("order_item_id", "quantity"))


def _given_back(payment: Payment) -> Decimal:
    done = payment.refunds.filter(status=Status.SUCCEEDED)
    total: Decimal | None = done.aggregate(total=Sum("amount"))["total"]
    return total or ZERO
