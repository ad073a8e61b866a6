"""Payments that several requests work on at the same moment."""

from decimal import Decimal
from functools import partial
from typing import Any

import pytest

from shop.accounts.tests.make import make_user
from shop.core.models import OutboxEvent
from shop.inventory.models import StockLevel
from shop.orders import services as orders
from shop.orders.tests.make import make_order, make_variant
from shop.orders.tests.parallel import together
from shop.payments import services
from shop.payments.errors import OrderIsCancelled, RefundTooLarge
from shop.payments.models import Payment, Refund
from shop.payments.provider import Outcome
from shop.payments.tests.make import make_payment, pay

pytestmark = pytest.mark.django_db(transaction=True)


def test_one_payment_is_opened() -> None:
    order = make_order(make_user())
    opening = partial(services.open_payment, order=order, method="test", user=order.user)
    openings = together([opening] * 6)
    assert {one.payment for one in openings} == {Payment.objects.get()}


def test_methods_that_compete_leave_one_open() -> None:
    order = make_order(make_user())
    methods = ["test", "cash_on_delivery"] * 3
    opening = partial(services.open_payment, order=order, user=order.user)
    together([partial(opening, method=method) for method in methods])
    assert Payment.objects.filter(status__in=Payment.OPEN).count() == 1


def test_confirmations_succeed_once() -> None:
    variant = make_variant(stock=5)
    order = make_order(make_user(), variants=[variant])
    payment = make_payment(order)
    confirm = partial(services.confirm_payment, payment=payment, outcome=Outcome.SUCCEED)
    results = together([partial(confirm, actor=order.user)] * 6)
    assert all(result.status == "succeeded" for result in results)
    assert OutboxEvent.objects.filter(name="payment.succeeded").count() == 1
    assert OutboxEvent.objects.filter(name="order.paid").count() == 1
    assert StockLevel.objects.get(variant=variant).on_hand == 4


def test_money_is_not_lost_when_the_order_is_cancelled_meanwhile() -> None:
    for _ in range(5):
        order = make_order(make_user())
        payment = make_payment(order)
        confirm = partial(services.confirm_payment, payment=payment, outcome=Outcome.SUCCEED)
        results: list[Any] = together(
            [
                partial(confirm, actor=order.user),
                partial(orders.cancel_order, order=order, actor=order.user),
            ]
        )
        services.settle_cancelled_order(order_id=order.pk)
        payment.refresh_from_db()
        if results[0] is OrderIsCancelled:
            assert (payment.status, payment.paid_at) == ("cancelled", None)
        else:
            assert Refund.objects.get(payment=payment).amount == payment.amount


def test_refunds_never_exceed_what_was_paid() -> None:
    order = make_order(make_user())
    pay(order)
    refund = partial(
        services.refund_order, order=order, actor=order.user, amount=Decimal("3.00"), restock=False
    )
    results = together([refund] * 6)
    assert results.count(RefundTooLarge) == 3
    assert Payment.objects.get().refunded_amount == Decimal("9.00")
    assert Refund.objects.filter(status=Refund.Status.SUCCEEDED).count() == 3


def test_a_refund_is_done_once_however_many_complete_it() -> None:
    order = make_order(make_user())
    payment = pay(order)
    orders.cancel_order(order=order, actor=order.user)
    together([partial(services.settle_cancelled_order, order_id=order.pk)] * 3)
    refund = Refund.objects.get(payment=payment)
    assert all(together([partial(services.complete_refund, refund_id=refund.pk)] * 4))
    assert OutboxEvent.objects.filter(name="payment.refunded").count() == 1
    payment.refresh_from_db()
    assert payment.status == "refunded"
