"""Giving money back. A refund is first promised (a pending row), then done by the provider.

`promising.py` is the first half, `recording_refunds.py` the second; between them the provider
is called, outside any transaction. What happened to the call is learned in the end, however
the process fares: a promise without an answer is completed again under the same key.
"""

import logging
from collections.abc import Iterator, Sequence
from datetime import timedelta
from decimal import Decimal

from django.db.models import Q, QuerySet
from django.db.models.functions import Now

from shop.accounts.models import User
from shop.core.failpoints import failpoint
from shop.core.transactions import atomic, retry_on_conflict
from shop.orders import querysets as order_querysets
from shop.orders import states
from shop.orders.models import Order, VendorOrder
from shop.payments import methods
from shop.payments.errors import ProviderAway, RefundFailed
from shop.payments.models import Payment, Refund
from shop.payments.provider import Refunded, TellsOfRefunds
from shop.payments.services import closing
from shop.payments.services.promising import (
    Goods,
    Wish,
    owe_back,
    owe_part_back,
    promise,
    turn_away,
)
from shop.payments.services.recording_refunds import count_held_refunds, record_refund

logger = logging.getLogger(__name__)

PATIENCE = timedelta(minutes=2)
BATCH = 100


def refund_order(
    *,
    order: Order,
    actor: User,
    amount: Decimal | None = None,
    items: Sequence[Goods] | None = None,
    part: VendorOrder | None = None,
    currency: str | None = None,
    reason: str = "",
    restock: bool | None = None,
) -> None:
    """Give back `amount`, or what `items` cost, or all that is left, of the order or of one `part`.

    The order is REFUNDED when nothing is left, and so is one part of several.
    `items` is `[{"item": 31, "quantity": 1}]`; with it, or with all that is left, `restock`
    puts the goods back on the shelf; None means: those that have not left. A refund that the
    provider has not finished, or could not be asked for, stays pending and is finished later.
    For cash and transfers the caller states that the money was handed over, also of refunds
    that the shop owes by itself.

    Raises `NothingToRefund`, `RefundTooLarge`, `QuantityTooLarge`, `RefundFailed` (409),
    `RefundTooSmall`, `AmountOrItems`, `NoSuchItem`, `ItemTwice`, `QuantityTooSmall`,
    `WrongCurrency`, `RestockNeedsFullRefund` (400).
    """
    wish = Wish(
        amount=amount, items=items, part=part, currency=currency, reason=reason, restock=restock
    )
    for refund_id in promise(order=order, actor=actor, wish=wish):
        try:
            is_kept = complete_refund(refund_id=refund_id)
        except ProviderAway:
            # The promise stands, and `complete_refunds` keeps it.
            logger.warning("refund %s waits for its provider", refund_id)
        else:
            if not is_kept:
                raise RefundFailed


def complete_refund(*, refund_id: int) -> bool:
    """Have the provider do a promised refund; safe to repeat. False: the provider refused.

    One that people must do by hand waits until one of them says so (`refund_order`). Raises
    `ProviderAway`.
    """
    refund = Refund.objects.select_related("payment__order").get(pk=refund_id)
    is_owed_by_hand = refund.actor_id is None and refund.payment.method in methods.manual()
    if refund.status != Refund.Status.PENDING or is_owed_by_hand:
        return refund.status != Refund.Status.FAILED
    return record_refund(refund_id=refund_id, done=_ask(refund))


def _ask(refund: Refund) -> Refunded:
    provider = methods.provider_of(refund.payment.method)
    if refund.provider_reference:
        # It was asked for: only its end is not known yet.
        if isinstance(provider, TellsOfRefunds):
            return provider.fetch_refund(refund)
        return Refunded(status=Refund.Status.PENDING, reference=refund.provider_reference)
    failpoint("refund.before_provider")
    done = provider.refund(refund)
    failpoint("refund.after_provider")
    return done


def complete_refunds() -> int:
    """Finish what has no end yet; returns how many were given back.

    Promises that a crash or an outage left undone, refunds whose end the provider has not
    told of, and held ones for which there is money now.
    """
    for payment in Payment.objects.filter(refunds__status=Refund.Status.HELD).distinct()[:BATCH]:
        count_held_refunds(payment=payment)
    return sum(_completions(_left_undone()))


def _left_undone() -> QuerySet[Refund]:
    left = Refund.objects.filter(status=Refund.Status.PENDING, created_at__lt=Now() - PATIENCE)
    for_people = Q(actor=None, payment__method__in=methods.manual())
    return left.exclude(for_people).order_by("id")


def _completions(refunds: QuerySet[Refund]) -> Iterator[bool]:
    away = set()
    for refund_id, provider in list(refunds.values_list("pk", "provider")[:BATCH]):
        if provider in away:
            continue
        try:
            complete_refund(refund_id=refund_id)
            yield Refund.objects.filter(pk=refund_id, status=Refund.Status.SUCCEEDED).exists()
        except ProviderAway:
            # The others of this provider come again with this one, and need not wait now.
            away.add(provider)
            logger.warning("refund %s waits for its provider", refund_id)
        except Exception:
            # One broken refund must not keep the others' money.
            logger.exception("refund %s could not be completed", refund_id)


@retry_on_conflict
@atomic
def settle_cancelled_order(*, order_id: int) -> None:
    """Close what is open of a cancelled order and owe back what was paid. Safe to repeat."""
    order = order_querysets.locked(order_id)
    if order.status != Order.Status.CANCELLED:
        return
    payments = Payment.objects.select_for_update().filter(order=order).order_by("id")
    for payment in payments:
        payment.order = order
        if payment.status in Payment.OPEN:
            closing.give_up(payment=payment)
        elif payment.status == Payment.Status.HELD:
            # Nobody has decided about it, and now there is nothing left that it could pay.
            turn_away(payment=payment, reason="The order was cancelled.")
        elif payment.status == Payment.Status.SUCCEEDED:
            owe_back(payment=payment, reason="The order was cancelled.")


@retry_on_conflict
@atomic
def settle_cancelled_part(*, order_id: int, vendor_order_id: int) -> None:
    """Owe back what is left of a cancelled part of a paid order. Safe to repeat.

    When the order ended with it, `settle_cancelled_order` does that; when only parts that were
    refunded are left besides it, the whole rest is owed.
    """
    order = order_querysets.locked(order_id)
    parts = order_querysets.locked_parts(order)
    part = next(part for part in parts if part.pk == vendor_order_id)
    paying = Payment.objects.select_for_update().filter(
        order=order, status=Payment.Status.SUCCEEDED
    )
    payment = paying.first()
    if order.status == Order.Status.CANCELLED or payment is None:
        return
    payment.order = order
    reason = f"{part.number} was cancelled."
    if any(each.status in states.LIVE for each in parts):
        owe_part_back(payment=payment, part=part, reason=reason)
    else:
        owe_back(payment=payment, reason=reason)
