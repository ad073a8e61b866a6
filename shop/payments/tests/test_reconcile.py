"""Nothing was told: the shop asks."""

from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.utils import timezone
from django.utils.module_loading import import_string

from shop.accounts.models import User
from shop.orders import services as orders
from shop.orders.models import Order
from shop.orders.tests.make import make_order
from shop.payments import services, tasks
from shop.payments.models import InboxEvent, Payment
from shop.payments.tests.fake_stripe import FakeStripe, send
from shop.payments.tests.make import make_payment, pay

pytestmark = pytest.mark.django_db


@pytest.fixture
def order(alice: User, stripe: FakeStripe) -> Order:
    """Waits for a payment by card, pi_1."""
    order = make_order(alice)
    make_payment(order, method="card")
    return order


def by_hand() -> list[str]:
    said = StringIO()
    call_command("reconcile", stdout=said)
    return said.getvalue().splitlines()


def ago(**time: Any) -> Any:
    return timezone.now() - timedelta(**time)


def test_learns_by_itself_what_no_event_has_told(order: Order, stripe: FakeStripe) -> None:
    stripe.pay("pi_1")
    services.reconcile()
    order.refresh_from_db()
    assert order.status == "PENDING", "it is too early to worry"
    Payment.objects.update(created_at=ago(minutes=3))
    (change,) = services.reconcile()
    assert change == (
        f"payment {Payment.objects.get().pk} of {order.number}: "
        "pending, order PENDING → succeeded, order PAID"
    )
    assert services.reconcile(patience=timedelta(0)) == []


def test_asks_by_hand_without_patience(order: Order, stripe: FakeStripe) -> None:
    assert by_hand() == ["0 changed."]
    stripe.pay("pi_1")
    assert len(by_hand()) == 2
    order.refresh_from_db()
    assert order.status == "PAID"


def test_asks_ever_more_seldom(order: Order, stripe: FakeStripe) -> None:
    Payment.objects.update(created_at=ago(days=10), checked_at=ago(hours=20))
    calls = len(stripe.calls)
    services.reconcile()
    assert len(stripe.calls) == calls
    Payment.objects.update(checked_at=ago(hours=25))
    services.reconcile()
    services.reconcile()
    assert len(stripe.calls) == calls + 1


def test_asks_nobody_about_other_methods(order: Order, stripe: FakeStripe) -> None:
    for method in ("test", "cash_on_delivery"):
        make_payment(make_order(order.user), method=method)
    pay(make_order(order.user))
    Payment.objects.update(created_at=ago(minutes=3))
    calls = len(stripe.calls)
    services.reconcile()
    assert len(stripe.calls) == calls + 1


def test_processes_events_that_wait(order: Order, stripe: FakeStripe) -> None:
    send(stripe.pay("pi_1"))
    assert services.reconcile() == []
    InboxEvent.objects.update(received_at=ago(minutes=3))
    (change,) = services.reconcile()
    assert change.endswith(": succeeded")
    order.refresh_from_db()
    assert order.status == "PAID"


def test_one_broken_event_does_not_stop_the_others(order: Order, stripe: FakeStripe) -> None:
    send(stripe.pay("pi_1"))
    InboxEvent.objects.create(provider="gone", event_id="x", type="x", payload={})
    InboxEvent.objects.update(received_at=ago(minutes=3))
    assert len(services.reconcile()) == 1
    assert InboxEvent.objects.get(provider="gone").attempts == 1


def test_finishes_the_cancelling_of_what_nobody_may_pay(order: Order, stripe: FakeStripe) -> None:
    orders.cancel_order(order=order, actor=order.user)
    services.settle_cancelled_order(order_id=order.pk)
    assert stripe.intents["pi_1"]["status"] == "requires_payment_method"
    by_hand()
    assert stripe.intents["pi_1"]["status"] == "canceled"
    calls = len(stripe.calls)
    by_hand()
    assert len(stripe.calls) == calls, "its end is known"


def test_finishes_refunds(order: Order, stripe: FakeStripe) -> None:
    stripe.pay("pi_1")
    by_hand()
    orders.cancel_order(order=order, actor=order.user)
    services.settle_cancelled_order(order_id=order.pk)
    assert by_hand()[0].endswith(": pending → succeeded")
    assert len(stripe.refunds) == 1


def test_does_not_give_back_twice_when_stripe_has_forgotten_the_key(
    order: Order, stripe: FakeStripe
) -> None:
    stripe.pay("pi_1")
    by_hand()
    orders.cancel_order(order=order, actor=order.user)
    services.settle_cancelled_order(order_id=order.pk)
    refund = Payment.objects.get().refunds.get()
    refund.created_at = ago(days=2)
    refund.save()

    def die() -> None:
        raise KeyboardInterrupt

    stripe.dies_after = die
    with pytest.raises(KeyboardInterrupt):
        by_hand()
    stripe.dies_after = None
    stripe.answered.clear()
    assert len(stripe.refunds) == 1
    by_hand()
    assert len(stripe.refunds) == 1
    assert Payment.objects.get().status == "refunded"


def test_comes_again_when_stripe_is_away(order: Order, stripe: FakeStripe) -> None:
    make_payment(make_order(order.user), method="card")
    stripe.pay("pi_1")
    stripe.pay("pi_2")
    stripe.status_instead = 503
    calls = len(stripe.calls)
    with pytest.raises(CommandError, match="does not answer; 0 changed"):
        by_hand()
    assert services.reconcile() == [], "by itself it comes again and says nothing"
    assert len(stripe.calls) == calls + 1, "one refusal to answer is enough for a turn"
    stripe.status_instead = 0
    assert len(by_hand()) == 3


def test_runs_every_minute() -> None:
    every = {entry.task.name: entry.every for entry in import_string(settings.SCHEDULE)}
    assert every["payments.reconcile"] == timedelta(minutes=1)
    assert every["payments.prune_inbox"] <= timedelta(days=1)
    tasks.reconcile()
