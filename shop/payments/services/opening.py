"""Asking for money: one attempt to pay an order by one method."""

from dataclasses import dataclass

from django.conf import settings

from shop.accounts.models import User
from shop.core import sql
from shop.core.failpoints import failpoint
from shop.core.idempotency import row_once
from shop.core.transactions import atomic, retry_on_conflict
from shop.orders import querysets as order_querysets
from shop.orders import services as orders
from shop.orders.models import Order
from shop.payments import methods, querysets
from shop.payments.errors import AlreadyPaid, OrderIsCancelled, PaymentIsHeld
from shop.payments.models import Payment
from shop.payments.provider import Opened
from shop.payments.services import closing, learning

# By hand, because the payer waits for them: see `shop.core.sql`.
_INSERT = f"""
    INSERT INTO payments_payment (
        order_id, method, provider, amount, currency, status, refunded_amount,
        provider_reference, instructions, failure_reason, created_at, updated_at
    )
    VALUES (%s, %s, %s, %s, %s, 'pending', 0, '', '', '', now(), now())
    RETURNING {sql.columns(Payment)}
"""  # noqa: S608 (the columns come from the model)

# What happened meanwhile (it may even be paid) is newer than the provider's answer.
_RECORD = f"""
    UPDATE payments_payment
    SET status = CASE WHEN status IN ('pending', 'requires_action') THEN %s ELSE status END,
        provider_reference = %s, instructions = %s, updated_at = now()
    WHERE id = %s
    RETURNING {sql.columns(Payment)}
"""  # noqa: S608 (the columns come from the model)


@dataclass(frozen=True)
class Opening:
    """`client_secret` is what the shopper's browser needs, if the provider gives one."""

    payment: Payment
    client_secret: str | None


def open_payment(*, order: Order, method: str, user: User) -> Opening:
    """Ask for the order's whole price by `method`.

    An attempt by the same method that is still open is answered again; one by another
    method gives way, for nothing was paid by it. Cash on delivery lets the shop pack at
    once, a bank transfer gives the order more time. Raises `MethodNotOffered` (400),
    `OrderIsCancelled`, `AlreadyPaid`, `PaymentIsHeld`, `ProviderRefused` (409),
    `ProviderAway` (503).
    """
    methods.check_offered(method)
    payment = _insert(order, method, user)
    if payment.status not in Payment.OPEN:
        # A repeated request whose payment has come to its end: nothing is left to ask for.
        return Opening(payment, None)
    # Outside any transaction: a provider may take seconds. If this fails, the same request
    # finds the row again and asks again under the same key.
    failpoint("payment.before_open")
    opened = methods.provider_of(method).open(payment)
    failpoint("payment.after_open")
    payment = _record(payment, opened)
    if opened.fetched is not None and opened.fetched.status not in Payment.OPEN:
        payment = learning.record_truth(payment=payment, fetched=opened.fetched)
    return Opening(payment, opened.client_secret)


@retry_on_conflict
@atomic
def _insert(order: Order, method: str, user: User) -> Payment:
    """The same one for a request that is repeated under its key, whatever became of it."""
    rows = Payment.objects.select_related("order")
    return row_once("payment.open", rows, lambda: _find_or_insert(order, method, user))


def _find_or_insert(order: Order, method: str, user: User) -> Payment:
    locked = order_querysets.locked(order.pk)
    _check_payable(locked)
    for payment in querysets.unsettled_of(locked):
        if payment.status == Payment.Status.HELD:
            raise PaymentIsHeld
        if payment.method == method:
            return payment
        closing.give_up(payment=payment)
    provider = methods.provider_of(method).name
    asked = [locked.pk, method, provider, locked.total_price, locked.currency]
    (payment,) = sql.instances(Payment, _INSERT, asked)
    payment.order = locked
    if method == Payment.Method.CASH_ON_DELIVERY:
        orders.agree_on_delivery(order=locked, actor=user)
    elif method == Payment.Method.BANK_TRANSFER:
        orders.extend_expiry(order=locked, to=settings.ORDER_EXPIRY["bank_transfer"])
    return payment


def _check_payable(order: Order) -> None:
    if order.status == Order.Status.CANCELLED:
        raise OrderIsCancelled
    if order.paid_at is not None or order.status == Order.Status.REFUNDED:
        raise AlreadyPaid


@atomic
def _record(payment: Payment, opened: Opened) -> Payment:
    told = [opened.status.value, opened.reference, opened.instructions, payment.pk]
    (fresh,) = sql.instances(Payment, _RECORD, told)
    fresh.order = payment.order
    if fresh.status == Payment.Status.CANCELLED:
        # It gave way while the provider was asked: whoever cancelled it knew no reference.
        closing.tell_provider(payment=fresh)
    return fresh
