"""Another amount or currency comes than was asked for."""

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from shop.accounts.models import User
from shop.accounts.tests.make import make_staff
from shop.core.audits import Disagreement
from shop.core.models import OutboxEvent
from shop.inventory.models import StockLevel
from shop.orders import services as orders
from shop.orders.models import Order
from shop.orders.tests.make import make_order, make_variant
from shop.payments import audits, services
from shop.payments.errors import PaymentNotHeld
from shop.payments.models import Payment, Refund
from shop.payments.tests.fake_stripe import FakeStripe, event, hear
from shop.payments.tests.make import deliver, make_payment, pay
from tests.api import body, client_of, codes

pytestmark = pytest.mark.django_db

PAYMENTS = "/api/store/payments/"


@pytest.fixture
def order(alice: User, stripe: FakeStripe) -> Order:
    """Waits for 20.00 USD by card, pi_1."""
    order = make_order(alice, variants=[make_variant(stock=5)], quantity=2)
    make_payment(order, method="card")
    return order


@pytest.fixture
def held(order: Order, stripe: FakeStripe) -> Payment:
    """19.00 USD have come for it."""
    hear(stripe.pay("pi_1", amount=1900))
    return Payment.objects.get()


def resolve(user: User | None, payment: Payment, accept: Any) -> Any:
    return client_of(user).post(f"{PAYMENTS}{payment.pk}/resolve/", {"accept": accept})


@pytest.mark.parametrize(
    ("minor", "currency", "came"),
    [(1999, "", "19.99 USD"), (2001, "", "20.01 USD"), (2000, "eur", "20.00 EUR")],
)
def test_holds_it_and_does_not_pay_the_order(
    order: Order, stripe: FakeStripe, minor: int, currency: str, came: str
) -> None:
    told = stripe.pay("pi_1", amount=minor, currency=currency)
    hear(told, told, stripe.pay("pi_1", amount=minor, currency=currency))
    payment = Payment.objects.get()
    assert (payment.status, payment.paid_at) == ("held", None)
    assert f"{payment.captured_amount} {payment.captured_currency}" == came
    assert payment.failure_reason == f"{came} came instead of 20.00 USD."
    order.refresh_from_db()
    assert (order.status, order.paid_at) == ("PENDING", None)
    assert order.expires_at is not None
    assert order.expires_at > timezone.now() + timedelta(days=6)
    assert OutboxEvent.objects.filter(name="payment.held").count() == 1
    assert order.history.latest("id").note.startswith("Held for staff")


def test_lets_nobody_pay_again_while_it_is_held(held: Payment, alice: User) -> None:
    for method in ("card", "test", "cash_on_delivery"):
        response = client_of(alice).post(PAYMENTS, {"order": held.order_id, "method": method})
        assert response.status_code == 409
        assert codes(response) == ["payment_held"]
    assert Payment.objects.count() == 1


def test_pays_the_order_when_staff_accept_it(held: Payment, clerk: User) -> None:
    response = resolve(clerk, held, True)
    assert response.status_code == 200
    assert (body(response)["status"], body(response)["captured_amount"]) == ("succeeded", "19.00")
    order = Order.objects.get()
    assert (order.status, order.expires_at) == ("PAID", None)
    last = order.history.latest("id")
    assert last.actor == clerk
    assert "19.00 USD came instead of 20.00 USD" in last.note
    assert StockLevel.objects.get().on_hand == 3


def test_gives_back_no_more_than_came(held: Payment, clerk: User, stripe: FakeStripe) -> None:
    resolve(clerk, held, True)
    page = f"/api/store/orders/{held.order_id}/refund/"
    assert codes(client_of(clerk).post(page, {"amount": "19.50"})) == ["refund_too_large"]
    assert body(client_of(clerk).post(page, {}))["status"] == "REFUNDED"
    assert [one["amount"] for one in stripe.refunds.values()] == [1900]


def test_gives_it_back_when_staff_refuse_it(
    held: Payment, clerk: User, alice: User, stripe: FakeStripe
) -> None:
    assert resolve(clerk, held, False).status_code == 200
    deliver()
    held.refresh_from_db()
    assert (held.status, held.refunded_amount) == ("refunded", Decimal("19.00"))
    assert [one["amount"] for one in stripe.refunds.values()] == [1900]
    assert Order.objects.get().status == "PENDING"
    answer = client_of(alice).post(PAYMENTS, {"order": held.order_id, "method": "card"})
    assert answer.status_code == 201


def test_is_decided_once(held: Payment, clerk: User) -> None:
    assert resolve(clerk, held, True).status_code == 200
    for accept in (True, False):
        response = resolve(clerk, held, accept)
        assert response.status_code == 409
        assert codes(response) == ["payment_not_held"]
    assert not Refund.objects.exists()


def test_is_for_staff_who_handle_payments(held: Payment, alice: User, bob: User) -> None:
    assert resolve(None, held, True).status_code == 401
    assert resolve(bob, held, True).status_code == 404
    for person in (alice, make_staff("support")):
        assert codes(resolve(person, held, True)) == ["permission_denied"]
    held.refresh_from_db()
    assert held.status == "held"


@pytest.mark.parametrize("accept", [None, "", "yes", 1, [], {}])
def test_refuses_no_clear_decision(held: Payment, clerk: User, accept: Any) -> None:
    response = resolve(clerk, held, accept)
    assert response.status_code == 400
    assert body(response)["errors"][0]["attr"] == "accept"


def test_gives_it_back_when_the_order_is_cancelled(
    held: Payment, clerk: User, stripe: FakeStripe
) -> None:
    orders.cancel_order(order=held.order, actor=held.order.user)
    assert codes(resolve(clerk, held, True)) == ["order_cancelled"]
    deliver()
    held.refresh_from_db()
    assert held.status == "refunded"
    assert [one["amount"] for one in stripe.refunds.values()] == [1900]


def test_gives_it_back_at_once_when_the_order_is_cancelled_already(
    order: Order, stripe: FakeStripe
) -> None:
    orders.cancel_order(order=order, actor=None)
    hear(stripe.pay("pi_1", amount=1900))
    order.refresh_from_db()
    assert order.status == "CANCELLED"
    assert Payment.objects.get().status == "refunded"
    assert [one["amount"] for one in stripe.refunds.values()] == [1900]


def test_a_held_payment_is_not_failed_by_another_one(order: Order, stripe: FakeStripe) -> None:
    """The second attempt is cancelled at Stripe; what came by the first is still undecided."""
    make_payment(order, method="test")
    make_payment(order, method="card")
    hear(stripe.pay("pi_1", amount=1900), stripe.cancel("pi_2"))
    order.refresh_from_db()
    assert order.status == "PENDING"
    assert sorted(p.status for p in order.payments.filter(method="card")) == ["failed", "held"]


def test_cannot_accept_it_when_another_payment_has_paid(
    order: Order, stripe: FakeStripe, clerk: User
) -> None:
    make_payment(order, method="test")
    make_payment(order, method="card")
    hear(stripe.pay("pi_1", amount=1900), stripe.pay("pi_2"))
    order.refresh_from_db()
    assert order.status == "PAID"
    held = order.payments.get(status="held")
    assert codes(resolve(clerk, held, True)) == ["already_paid"]
    assert resolve(clerk, held, False).status_code == 200


def test_holds_whatever_door_it_comes_by(alice: User) -> None:
    payment = make_payment(make_order(alice))
    for _ in range(2):
        payment = services.record_success(payment=payment, amount=Decimal("9.99"), currency="USD")
    assert (payment.status, payment.captured_amount) == ("held", Decimal("9.99"))


def test_is_decided_when_somebody_gives_it_back_at_the_provider(
    order: Order, held: Payment, alice: User, stripe: FakeStripe
) -> None:
    back = stripe.give_back("pi_1", 1900)
    hear(back, event("charge.refunded", {"payment_intent": "pi_1"}), back)
    held.refresh_from_db()
    assert (held.status, held.refunded_amount) == ("refunded", Decimal("19.00"))
    assert held.paid_at is not None
    assert OutboxEvent.objects.filter(name="payment.held").count() == 1
    with pytest.raises(PaymentNotHeld):
        services.resolve_payment(payment=held, actor=alice, accept=True)
    pay(order)
    assert order.status == "PAID"
    assert list(found_by_audits()) == []


def test_what_was_given_back_of_it_at_the_provider_is_not_given_back_again(
    order: Order, held: Payment, alice: User, stripe: FakeStripe
) -> None:
    hear(stripe.give_back("pi_1", 400))
    held.refresh_from_db()
    assert (held.status, held.refunded_amount) == ("held", Decimal("4.00"))
    assert list(found_by_audits()) == []
    services.resolve_payment(payment=held, actor=alice, accept=False)
    deliver()
    assert sum(one["amount"] for one in stripe.refunds.values()) == 1900


def test_refused_money_that_comes_back_pays_nothing(
    order: Order, held: Payment, alice: User, stripe: FakeStripe
) -> None:
    services.resolve_payment(payment=held, actor=alice, accept=False)
    deliver()
    stripe.refunds["re_1"]["status"] = "failed"
    hear(event("refund.failed", stripe.refunds["re_1"]))
    held.refresh_from_db()
    assert (held.status, held.refundable_amount) == ("cancelled", Decimal("19.00"))
    pay(order)
    assert order.status == "PAID"


def found_by_audits() -> Iterator[Disagreement]:
    for audit in (audits.paid, audits.captured, audits.orders_paid, audits.owed):
        yield from audit()
    for audit in (audits.refunds, audits.refunded, audits.refunded_amounts, audits.inbox_money):
        yield from audit()
