"""Payments that several requests work on at the same moment."""

import threading
from contextlib import suppress
from datetime import timedelta
from decimal import Decimal
from functools import partial
from typing import Any

import pytest

from shop.accounts.tests.make import make_staff, make_user
from shop.core.models import OutboxEvent
from shop.inventory.models import StockLevel
from shop.orders import querysets as order_querysets
from shop.orders import services as orders
from shop.orders.errors import IllegalMove, OutOfStock
from shop.orders.models import Order
from shop.orders.tests.make import make_order, make_split_order, make_variant
from shop.orders.tests.parallel import together
from shop.payments import services
from shop.payments.errors import (
    NothingToRefund,
    OrderIsCancelled,
    PaymentNotHeld,
    QuantityTooLarge,
    RefundTooLarge,
)
from shop.payments.models import InboxEvent, Payment, Refund
from shop.payments.provider import Outcome
from shop.payments.services import promising
from shop.payments.tests.fake_stripe import FakeStripe, hear, send
from shop.payments.tests.make import deliver, make_payment, pay
from tests.api import client_of

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def stripe(stripe: FakeStripe) -> FakeStripe:
    """Here transactions are real: none may be open while Stripe is asked."""
    stripe.forbids_transactions = True
    return stripe


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


def test_lines_are_refunded_once() -> None:
    variant = make_variant(stock=5)
    order = make_order(make_user(), variants=[variant], quantity=4)
    pay(order)
    refund = partial(services.refund_order, order=order, actor=order.user, restock=True)
    one = services.Goods(item=order.items.get().pk, quantity=1)
    results = together([partial(refund, items=[one])] * 7)
    # Whoever comes when the whole price is back finds nothing at all.
    assert results.count(None) == 4
    assert set(results) <= {None, QuantityTooLarge, NothingToRefund}
    payment = Payment.objects.get()
    assert (payment.status, payment.refunded_amount) == ("refunded", Decimal("40.00"))
    assert StockLevel.objects.get(variant=variant).on_hand == 5


def test_refunds_of_all_kinds_never_exceed_what_was_paid() -> None:
    for _ in range(3):
        order = make_order(make_user(), quantity=3)
        pay(order)
        refund = partial(services.refund_order, order=order, actor=order.user)
        item = order.items.get().pk
        results: list[Any] = together(
            [
                partial(refund, amount=Decimal("25.00")),
                partial(refund, items=[services.Goods(item=item, quantity=2)]),
                refund,
                partial(orders.cancel_order, order=order, actor=order.user),
            ]
        )
        assert results
        services.settle_cancelled_order(order_id=order.pk)
        for owed in Refund.objects.filter(payment__order=order):
            services.complete_refund(refund_id=owed.pk)
        done = Refund.objects.filter(payment__order=order, status=Refund.Status.SUCCEEDED)
        assert sum(one.amount for one in done) == Decimal("30.00")
        assert Payment.objects.get(order=order).status == "refunded"
        item_now = order.items.get()
        assert item_now.refunded_quantity == 3
        assert StockLevel.objects.get(variant=item_now.variant).on_hand == 10


def test_the_lock_is_what_keeps_refunds_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    """The proof that the tests above can fail: without locks, parallel refunds collide."""
    order = make_order(make_user())
    pay(order)
    everybody_has_read = threading.Barrier(6)
    read = promising._wanted

    def read_together(*args: Any) -> Any:
        given = read(*args)
        with suppress(threading.BrokenBarrierError):
            everybody_has_read.wait(5)
        return given

    monkeypatch.setattr(promising, "_wanted", read_together)
    monkeypatch.setattr(order_querysets, "locked", lambda pk: Order.objects.get(pk=pk))
    monkeypatch.setattr(promising, "_paid", lambda order: list(order.payments.all()))
    promise = partial(
        promising.promise, order=order, actor=order.user, wish=promising.Wish(amount=Decimal(3))
    )
    results = together([promise] * 6)
    promised = Refund.objects.filter(pk__in=[pk for ids in results for pk in ids])
    assert sum(one.amount for one in promised) > Decimal("10.00")


def test_two_cancellations_give_back_once() -> None:
    variant = make_variant(stock=5)
    order = make_order(make_user(), variants=[variant], quantity=2)
    payment = pay(order)
    cancel = partial(orders.cancel_order, order=order, actor=order.user)
    results = together([cancel] * 4)
    assert results.count(IllegalMove) == 3
    together([partial(services.settle_cancelled_order, order_id=order.pk)] * 4)
    assert Refund.objects.get(payment=payment).amount == payment.amount
    assert StockLevel.objects.get(variant=variant).on_hand == 5


def test_the_end_of_a_refund_is_recorded_once_however_many_tell_of_it() -> None:
    order = make_order(make_user())
    payment = pay(order)
    tell = partial(
        services.record_refund_of_provider,
        payment=payment,
        reference="re_1",
        amount=Decimal("4.00"),
    )
    together([partial(tell, status=status) for status in Refund.Status if status != "held"] * 2)
    refund = Refund.objects.get()
    payment.refresh_from_db()
    assert (refund.status, payment.refunded_amount) == ("failed", 0)


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


def test_an_event_is_kept_and_processed_once(stripe: FakeStripe) -> None:
    order = make_order(make_user())
    make_payment(order, method="card")
    paid = stripe.pay("pi_1")
    answers = together([partial(send, paid)] * 4)
    assert [answer.status_code for answer in answers] == [200] * 4
    (event,) = InboxEvent.objects.all()
    work: list[Any] = [
        partial(services.process_event, inbox_id=event.pk),
        deliver,
        services.reconcile,
    ]
    together(work * 2)
    assert InboxEvent.objects.get().outcome == "succeeded"
    assert OutboxEvent.objects.filter(name="order.paid").count() == 1
    assert OutboxEvent.objects.filter(name="payment.succeeded").count() == 1


def test_a_declined_attempt_is_told_of_once(stripe: FakeStripe) -> None:
    make_payment(make_order(make_user()), method="card")
    send(stripe.decline("pi_1"))
    (event,) = InboxEvent.objects.all()
    together([partial(services.process_event, inbox_id=event.pk)] * 4)
    assert OutboxEvent.objects.filter(name="payment.declined").count() == 1


def test_late_money_and_another_buyer_do_not_oversell(stripe: FakeStripe) -> None:
    for turn in range(1, 4):
        variant = make_variant(stock=1)
        order = make_order(make_user(), variants=[variant])
        make_payment(order, method="card")
        orders.cancel_order(order=order, actor=None)
        paid = stripe.pay(f"pi_{turn}")
        results = together(
            [partial(hear, paid), partial(make_order, make_user(), variants=[variant])]
        )
        deliver()
        order.refresh_from_db()
        level = StockLevel.objects.get(variant=variant)
        if results[1] is OutOfStock:
            assert (order.status, level.on_hand, level.reserved) == ("PAID", 0, 0)
        else:
            assert (order.status, level.on_hand, level.reserved) == ("CANCELLED", 1, 1)
            assert order.payments.get().status == "refunded"


def test_a_held_payment_is_decided_once(stripe: FakeStripe) -> None:
    order = make_order(make_user())
    make_payment(order, method="card")
    hear(stripe.pay("pi_1", amount=900))
    held = Payment.objects.get()
    decide = partial(services.resolve_payment, payment=held, actor=order.user)
    results = together([partial(decide, accept=n % 2 == 0) for n in range(6)])
    assert results.count(PaymentNotHeld) == 5
    order.refresh_from_db()
    assert (order.status == "PAID") == (not Refund.objects.exists())


def test_stripe_is_never_asked_inside_a_transaction(stripe: FakeStripe) -> None:
    clerk = make_staff("order managers")
    paid, declined, cancelled = (make_order(make_user()) for _ in range(3))
    for order in (paid, declined, cancelled):
        make_payment(order, method="card")
    orders.cancel_order(order=cancelled, actor=None)
    hear(stripe.decline("pi_2"))
    stripe.pay("pi_1")
    page = f"/api/store/payments/{paid.payments.get().pk}/confirm/"
    assert client_of(paid.user).post(page, {}).status_code == 200
    hear(stripe.give_back("pi_1", 100))
    services.refund_order(order=paid, actor=clerk)
    services.reconcile(patience=timedelta(0))
    assert {one["status"] for one in stripe.intents.values()} == {
        "succeeded",
        "requires_payment_method",
        "canceled",
    }
    assert sum(one["amount"] for one in stripe.refunds.values()) == 1000


def test_a_part_is_given_back_while_it_is_cancelled() -> None:
    for _ in range(4):
        alice, clerk = make_user(), make_staff("order managers")
        order, parts = make_split_order(alice, parts=2, quantity=2, stock=5)
        payment = pay(order)
        together(
            [
                partial(services.refund_order, order=order, actor=clerk, part=parts[0]),
                partial(orders.cancel_part, part=parts[0], actor=None),
                partial(services.refund_order, order=order, actor=clerk, amount=Decimal(5)),
            ]
        )
        deliver()
        payment.refresh_from_db()
        # The part once, and the amount.
        assert payment.refunded_amount == Decimal(25)
        level = StockLevel.objects.get(variant=parts[0].items.get().variant_id)
        assert (level.on_hand, level.reserved) == (5, 0)
        order.refresh_from_db()
        assert order.status == "PAID"
