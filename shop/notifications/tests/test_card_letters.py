"""What is written about money that comes from afar: late, odd or disputed."""

from collections.abc import Iterator
from typing import Any

import pytest

from shop.accounts.models import User
from shop.notifications.models import Mail
from shop.notifications.tests.make import mail_of, tell_events
from shop.orders import services as orders
from shop.orders.models import Order
from shop.orders.tests.make import make_order, make_variant
from shop.payments.models import Payment
from shop.payments.tests.fake_stripe import FakeStripe, dispute_event, hear, offered
from shop.payments.tests.make import make_payment

pytestmark = pytest.mark.django_db


@pytest.fixture
def stripe(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeStripe]:
    with offered(settings, monkeypatch) as fake:
        yield fake


@pytest.fixture
def order(alice: User, stripe: FakeStripe) -> Order:
    """Waits for 20.00 USD by card, pi_1."""
    order = make_order(alice, variants=[make_variant(stock=50)], quantity=2)
    make_payment(order, method="card")
    return order


def test_another_amount_is_told_to_order_managers(
    order: Order, stripe: FakeStripe, clerk: User, curator: User
) -> None:
    hear(stripe.pay("pi_1", amount=1900))
    row = mail_of("payment_held")
    assert row.recipient == clerk.email
    assert row.subject == f"A payment of {order.number} is held: please decide"
    assert "asked: 20.00 USD\ncame: 19.00 USD\n" in row.text
    assert "19.00 USD" in row.html
    assert not Mail.objects.filter(kind="order_paid").exists()


def test_a_dispute_is_told_to_order_managers(
    order: Order, stripe: FakeStripe, clerk: User, curator: User
) -> None:
    hear(stripe.pay("pi_1"))
    hear(dispute_event("created", "pi_1"))
    row = mail_of("dispute_opened")
    assert row.recipient == clerk.email
    assert row.subject == f"A payment of {order.number} is disputed"
    assert "disputes 10.00 USD of what was paid" in row.text
    assert "(fraudulent)" in row.text


def test_late_money_takes_the_cancellation_back(order: Order, stripe: FakeStripe) -> None:
    orders.cancel_order(order=order, actor=None, note="Not paid in time.")
    hear(stripe.pay("pi_1"))
    row = mail_of("order_paid")
    for body in (row.text, row.html):
        assert "the order is no longer cancelled" in body


def test_money_in_time_tells_of_no_cancellation(order: Order, stripe: FakeStripe) -> None:
    hear(stripe.pay("pi_1"))
    assert "cancelled" not in mail_of("order_paid").text


def test_held_money_of_a_cancelled_order_comes_back(order: Order, stripe: FakeStripe) -> None:
    hear(stripe.pay("pi_1", amount=1900))
    orders.cancel_order(order=order, actor=order.user)
    tell_events()
    assert "What you paid for it goes back" in mail_of("order_cancelled").text
    assert Payment.objects.get().captured_amount == 19
