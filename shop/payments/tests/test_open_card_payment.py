from decimal import Decimal
from typing import Any

import pytest
from django.core.management import call_command
from pytest_django import Settings
from stripe import APIConnectionError

from shop.accounts.models import User
from shop.orders import services as orders
from shop.orders.models import Order
from shop.orders.tests.make import make_order, make_variant
from shop.payments import stripe_answers
from shop.payments.models import Payment, ProviderCustomer
from shop.payments.provider import key_of
from shop.payments.tests.fake_stripe import FakeStripe
from shop.payments.tests.make import deliver
from tests.api import body, client_of, codes

pytestmark = pytest.mark.django_db

PAYMENTS = "/api/store/payments/"


def open_by(user: User, order: Order, method: str = "card") -> Any:
    return client_of(user).post(PAYMENTS, {"order": order.pk, "method": method})


def test_asks_stripe_for_the_whole_price(alice: User, stripe: FakeStripe) -> None:
    order = make_order(alice, quantity=2)
    response = open_by(alice, order)
    assert response.status_code == 201
    answer = body(response)
    assert (answer["provider"], answer["status"]) == ("stripe", "pending")
    assert answer["client_secret"] == "pi_1_secret_x"
    payment, intent = Payment.objects.get(), stripe.intents["pi_1"]
    assert payment.provider_reference == "pi_1"
    assert (intent["amount"], intent["currency"]) == (2000, "usd")
    assert intent["customer"] == ProviderCustomer.objects.get(user=alice).reference
    named = {"order": order.number, "payment": str(payment.pk), "key": key_of(payment)}
    assert intent["metadata"] == named


def test_answers_the_same_secret_again_and_asks_for_no_second_charge(
    alice: User, stripe: FakeStripe
) -> None:
    order = make_order(alice)
    first, again = body(open_by(alice, order)), body(open_by(alice, order))
    assert first["client_secret"] == again["client_secret"]
    assert (len(stripe.intents), stripe.posts("payment_intents")) == (1, 1)


def test_makes_a_customer_once(alice: User, bob: User, stripe: FakeStripe) -> None:
    for user in (alice, alice, bob):
        open_by(user, make_order(user))
    assert [intent["customer"] for intent in stripe.intents.values()] == ["cus_1", "cus_1", "cus_2"]


def test_makes_a_customer_anew_that_stripe_does_not_know(alice: User, stripe: FakeStripe) -> None:
    open_by(alice, make_order(alice))
    stripe.customers.clear()
    stripe.answered.clear()
    stripe.customers["cus_of_others"] = {}
    assert open_by(alice, make_order(alice)).status_code == 201
    assert ProviderCustomer.objects.get().reference == "cus_2" == stripe.intents["pi_2"]["customer"]


def test_does_not_charge_twice_when_it_dies_before_it_could_note_the_first(
    alice: User, stripe: FakeStripe
) -> None:
    order = make_order(alice)

    def die() -> None:
        if stripe.intents:
            raise KeyboardInterrupt

    stripe.dies_after = die
    with pytest.raises(KeyboardInterrupt):
        open_by(alice, order)
    assert Payment.objects.get().provider_reference == ""
    stripe.dies_after = None
    assert body(open_by(alice, order))["client_secret"] == "pi_1_secret_x"
    assert len(stripe.intents) == 1


@pytest.mark.parametrize("status", [500, 503, 429, 401, 302])
def test_says_when_to_come_back_while_stripe_is_away(
    alice: User, stripe: FakeStripe, status: int
) -> None:
    order = make_order(alice)
    stripe.status_instead = status
    response = open_by(alice, order)
    assert response.status_code == 503
    assert codes(response) == ["provider_unavailable"]
    assert body(response)["type"] == "server_error"
    assert int(response["Retry-After"]) > 0
    stripe.status_instead = 0
    assert open_by(alice, order).status_code == 201
    assert Payment.objects.count() == 1


def test_tries_three_times_when_nothing_answers(alice: User, stripe: FakeStripe) -> None:
    def cut() -> None:
        raise APIConnectionError("cut", should_retry=True)  # type: ignore[no-untyped-call]

    stripe.dies_after = cut
    response = open_by(alice, make_order(alice))
    assert (response.status_code, stripe.posts("customers")) == (503, 3)


def test_is_a_conflict_when_stripe_refuses(alice: User, stripe: FakeStripe) -> None:
    stripe.status_instead = 400
    response = open_by(alice, make_order(alice))
    assert response.status_code == 409
    assert codes(response) == ["provider_refused"]
    assert "Trouble" not in response.content.decode(), "what Stripe says is not for shoppers"


def test_is_offered_only_with_keys(alice: User, stripe: FakeStripe, settings: Settings) -> None:
    def card() -> dict[str, Any] | None:
        methods = body(client_of().get(f"{PAYMENTS}methods/"))
        return next((one for one in methods if one["method"] == "card"), None)

    assert card() == {
        "method": "card",
        "label": "Card",
        "publishable_key": "pk_test_of_the_tests",
    }
    settings.STRIPE_API_URL = "http://localhost:12111"
    assert (card() or {})["label"] == "Card (simulated)"
    settings.STRIPE_SECRET_KEY = ""
    assert card() is None
    response = open_by(alice, make_order(alice))
    assert response.status_code == 400
    assert codes(response) == ["method_not_offered"]


def test_lets_nobody_pay_an_attempt_that_gave_way(alice: User, stripe: FakeStripe) -> None:
    order = make_order(alice)
    open_by(alice, order)
    open_by(alice, order, "cash_on_delivery")
    deliver()
    assert stripe.intents["pi_1"]["status"] == "canceled"
    first = Payment.objects.get(method="card")
    assert (first.status, first.closed_at is not None) == ("cancelled", True)


def test_lets_nobody_pay_an_attempt_that_gave_way_while_stripe_was_asked(
    alice: User, stripe: FakeStripe
) -> None:
    order = make_order(alice)

    def switch() -> None:
        if stripe.intents:
            stripe.dies_after = None
            open_by(alice, order, "test")

    stripe.dies_after = switch
    assert body(open_by(alice, order))["status"] == "cancelled"
    deliver()
    assert stripe.intents["pi_1"]["status"] == "canceled"


def test_lets_nobody_pay_an_order_that_is_cancelled(alice: User, stripe: FakeStripe) -> None:
    order = make_order(alice)
    open_by(alice, order)
    orders.cancel_order(order=order, actor=alice)
    deliver()
    assert stripe.intents["pi_1"]["status"] == "canceled"


def test_lets_nobody_pay_by_card_what_was_paid_otherwise(
    alice: User, clerk: User, stripe: FakeStripe, settings: Settings
) -> None:
    settings.BANK_TRANSFER_DETAILS = "DE00"
    order = make_order(alice)
    transfer = body(open_by(alice, order, "bank_transfer"))["id"]
    open_by(alice, order)
    assert client_of(clerk).post(f"{PAYMENTS}{transfer}/confirm/", {}).status_code == 200
    deliver()
    assert stripe.intents["pi_1"]["status"] == "canceled"


def test_learns_at_a_repeated_request_that_it_is_paid(alice: User, stripe: FakeStripe) -> None:
    order = make_order(alice)
    open_by(alice, order)
    stripe.pay("pi_1")
    assert body(open_by(alice, order))["status"] == "succeeded"
    order.refresh_from_db()
    assert order.status == "PAID"
    assert codes(open_by(alice, order)) == ["already_paid"]


def test_asks_stripe_when_the_payer_comes_back(
    alice: User, bob: User, clerk: User, stripe: FakeStripe
) -> None:
    order = make_order(alice)
    page = f"{PAYMENTS}{body(open_by(alice, order))['id']}/confirm/"
    assert body(client_of(alice).post(page, {}))["status"] == "pending"
    assert codes(client_of(alice).post(page, {"outcome": "succeed"})) == ["invalid_choice"]
    assert client_of(bob).post(page, {}).status_code == 404
    stripe.pay("pi_1")
    assert body(client_of(clerk).post(page, {}))["status"] == "succeeded"
    order.refresh_from_db()
    assert order.status == "PAID"
    calls = len(stripe.calls)
    assert body(client_of(alice).post(page, {}))["status"] == "succeeded"
    assert len(stripe.calls) == calls, "an end needs no asking"


@pytest.mark.parametrize(
    ("amount", "currency", "minor"),
    [("19.99", "USD", 1999), ("500", "JPY", 500), ("1.230", "KWD", 1230), ("5", "ISK", 500)],
)
def test_counts_in_the_minor_units_of_stripe(amount: str, currency: str, minor: int) -> None:
    assert stripe_answers.minor(Decimal(amount), currency) == minor
    assert stripe_answers.major(minor, currency) == Decimal(amount)


def test_gives_back_at_stripe_once(alice: User, clerk: User, stripe: FakeStripe) -> None:
    order = make_order(alice, variants=[make_variant(stock=5)])
    open_by(alice, order)
    stripe.pay("pi_1")
    open_by(alice, order)
    page = f"/api/store/orders/{order.pk}/refund/"
    part = client_of(clerk).post(page, {"amount": "4.00", "restock": False})
    rest = client_of(clerk).post(page, {})
    assert (part.status_code, body(rest)["status"]) == (200, "REFUNDED")
    assert [refund["amount"] for refund in stripe.refunds.values()] == [400, 600]
    call_command("reconcile")
    assert len(stripe.refunds) == 2
