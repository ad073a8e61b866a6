"""Money that comes when nobody waits for it any more."""

from decimal import Decimal

import pytest

from shop.accounts.models import User
from shop.core.models import OutboxEvent
from shop.inventory import services as inventory
from shop.inventory.models import StockLevel
from shop.orders import services as orders
from shop.orders.models import Order
from shop.orders.tests.make import make_order, make_variant
from shop.payments import services
from shop.payments.models import Payment, Refund
from shop.payments.tests.fake_stripe import FakeStripe, hear
from shop.payments.tests.make import deliver, make_payment, pay
from shop.products.models import Variant

pytestmark = pytest.mark.django_db


@pytest.fixture
def variant(db: None) -> Variant:
    return make_variant(stock=5)


@pytest.fixture
def order(alice: User, stripe: FakeStripe, variant: Variant) -> Order:
    """Waits for a payment by card, pi_1."""
    order = make_order(alice, variants=[variant], quantity=2)
    make_payment(order, method="card")
    return order


def expire(order: Order) -> None:
    """The shop gives it up, and the news of that is still on its way to Stripe."""
    orders.cancel_order(order=order, actor=None, note="Not paid in time.")


def published(name: str) -> int:
    return OutboxEvent.objects.filter(name=name).count()


def stock(variant: Variant) -> tuple[int, int]:
    level = StockLevel.objects.get(variant=variant)
    return level.on_hand, level.reserved


def test_opens_the_order_again_while_its_goods_are_there(
    order: Order, stripe: FakeStripe, variant: Variant
) -> None:
    expire(order)
    assert stock(variant) == (5, 0)
    hear(stripe.pay("pi_1"))
    order.refresh_from_db()
    assert (order.status, order.cancelled_at, order.expires_at) == ("PAID", None, None)
    assert order.paid_at is not None
    assert Payment.objects.get().status == "succeeded"
    assert stock(variant) == (3, 0)
    assert (published("order.reopened"), published("order.paid")) == (1, 1)
    last = order.history.latest("id")
    assert (last.from_status, last.to_status, last.actor) == ("CANCELLED", "PAID", None)
    assert not Refund.objects.exists()


def test_gives_the_money_back_when_the_goods_are_gone(
    order: Order, stripe: FakeStripe, variant: Variant, bob: User
) -> None:
    expire(order)
    pay(make_order(bob, variants=[variant], quantity=4))
    hear(stripe.pay("pi_1"))
    order.refresh_from_db()
    assert (order.status, order.paid_at) == ("CANCELLED", None)
    refund = Refund.objects.get()
    assert (refund.amount, refund.status, refund.actor) == (Decimal("20.00"), "succeeded", None)
    assert order.payments.get().status == "refunded"
    assert [one["amount"] for one in stripe.refunds.values()] == [2000]
    assert stock(variant) == (1, 0)


def test_takes_all_lines_or_none(alice: User, stripe: FakeStripe) -> None:
    goods = [make_variant(stock=5), make_variant(stock=5)]
    order = make_order(alice, variants=goods, quantity=2)
    make_payment(order, method="card")
    expire(order)
    inventory.set_available(stock={goods[1].pk: 1}, reason="counted")
    hear(stripe.pay("pi_1"))
    order.refresh_from_db()
    assert order.status == "CANCELLED"
    assert [stock(one) for one in goods] == [(5, 0), (1, 0)]


def test_gives_the_money_back_when_a_person_cancelled(
    order: Order, stripe: FakeStripe, variant: Variant
) -> None:
    orders.cancel_order(order=order, actor=order.user)
    hear(stripe.pay("pi_1"))
    order.refresh_from_db()
    assert order.status == "CANCELLED"
    assert Refund.objects.get().amount == Decimal("20.00")
    assert stock(variant) == (5, 0)


def test_records_the_truth_when_somebody_pays_before_we_can_cancel(
    order: Order, stripe: FakeStripe
) -> None:
    expire(order)
    stripe.pay("pi_1")
    deliver()
    order.refresh_from_db()
    assert (order.status, Payment.objects.get().status) == ("PAID", "succeeded")


def test_opens_it_again_after_the_payment_had_failed_there(
    order: Order, stripe: FakeStripe, clerk: User
) -> None:
    hear(stripe.cancel("pi_1"))
    cash = Payment.objects.create(
        order=order, method="bank_transfer", provider="offline", amount=20, currency="USD"
    )
    services.confirm_payment(payment=cash, actor=clerk)
    order.refresh_from_db()
    assert order.status == "PAID"


def test_opens_it_once_for_two_late_payments(
    order: Order, stripe: FakeStripe, variant: Variant
) -> None:
    make_payment(order, method="test")
    make_payment(order, method="card")
    expire(order)
    hear(stripe.pay("pi_1"), stripe.pay("pi_2"))
    order.refresh_from_db()
    assert order.status == "PAID"
    states = sorted(Payment.objects.filter(method="card").values_list("status", flat=True))
    assert states == ["refunded", "succeeded"]
    assert stock(variant) == (3, 0)


def test_opens_it_for_the_whole_price_while_another_sum_is_still_to_be_given_back(
    order: Order, stripe: FakeStripe, variant: Variant
) -> None:
    make_payment(order, method="test")
    make_payment(order, method="card")
    expire(order)
    hear(stripe.pay("pi_1", amount=100), stripe.pay("pi_2"))
    assert not OutboxEvent.objects.exclude(last_error="").exists()
    order.refresh_from_db()
    assert order.status == "PAID"
    paid = order.payments.filter(method="card").order_by("id")
    assert [payment.status for payment in paid] == ["refunded", "succeeded"]
    assert stock(variant) == (3, 0)


def test_gives_back_what_comes_after_another_payment(order: Order, stripe: FakeStripe) -> None:
    pay(order)
    hear(stripe.pay("pi_1"))
    order.refresh_from_db()
    assert order.status == "PAID"
    assert order.payments.get(method="card").status == "refunded"
    assert order.payments.get(method="test").status == "succeeded"


def test_pays_by_an_attempt_that_had_given_way(order: Order, stripe: FakeStripe) -> None:
    make_payment(order, method="test")
    hear(stripe.pay("pi_1"))
    order.refresh_from_db()
    assert order.status == "PAID"
    assert order.payments.get(method="card").status == "succeeded"
    assert order.payments.get(method="test").status == "cancelled"
