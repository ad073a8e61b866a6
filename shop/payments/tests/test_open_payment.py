from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError
from pytest_django import Settings

from shop.accounts.models import User
from shop.orders import services as orders
from shop.orders.models import Order
from shop.orders.tests.make import make_order
from shop.payments import methods
from shop.payments.models import Payment
from shop.payments.provider import Opened
from shop.payments.sandbox import Sandbox
from shop.payments.tests.make import make_payment, pay
from tests.api import body, client_of, codes

pytestmark = pytest.mark.django_db

PAYMENTS = "/api/store/payments/"


@pytest.fixture
def transfers(settings: Settings) -> None:
    settings.BANK_TRANSFER_DETAILS = "Nexus Ltd, DE00 1234"


def open_by(user: User, order: Any, method: Any = "test") -> Any:
    return client_of(user).post(PAYMENTS, {"order": order, "method": method})


def test_asks_for_the_whole_price(alice: User) -> None:
    order = make_order(alice, quantity=2)
    response = open_by(alice, order.number.lower())
    assert response.status_code == 201
    payment = body(response)
    assert payment["order"] == order.pk
    assert payment["order_number"] == order.number
    assert (payment["method"], payment["provider"]) == ("test", "sandbox")
    assert (payment["amount"], payment["currency"]) == ("20.00", "USD")
    assert (payment["status"], payment["paid_at"]) == ("pending", None)
    assert body(client_of(alice).get(f"/api/store/orders/{order.pk}/"))["payments"] == [
        {name: payment[name] for name in ("id", "method", "provider", "status", "amount")}
        | {name: payment[name] for name in ("refunded_amount", "currency", "instructions")}
        | {"paid_at": None, "refunds": []}
    ]


def test_answers_the_open_payment_when_asked_again(alice: User) -> None:
    order = make_order(alice)
    first, again = body(open_by(alice, order.pk)), body(open_by(alice, str(order.pk)))
    assert first["id"] == again["id"]
    assert Payment.objects.count() == 1


def test_replaces_the_open_payment_of_another_method(alice: User) -> None:
    order = make_order(alice)
    cash = body(open_by(alice, order.pk, "cash_on_delivery"))
    test = body(open_by(alice, order.pk, "test"))
    assert Payment.objects.get(pk=cash["id"]).status == "cancelled"
    assert Payment.objects.get(pk=test["id"]).status == "pending"


def test_asks_again_what_a_provider_did_not_answer(
    alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = make_order(alice)

    def break_down(self: Sandbox, payment: Payment) -> Opened:
        raise TimeoutError

    with monkeypatch.context() as broken:
        broken.setattr(Sandbox, "open", break_down)
        assert open_by(alice, order.pk).status_code == 500
    assert Payment.objects.get().provider_reference == ""
    assert open_by(alice, order.pk).status_code == 201
    payment = Payment.objects.get()
    assert payment.provider_reference == f"test_payment_{payment.pk}"


def test_lets_the_shop_pack_what_is_paid_at_the_door(alice: User) -> None:
    order = make_order(alice)
    assert body(open_by(alice, order.pk, "cash_on_delivery"))["provider"] == "offline"
    order.refresh_from_db()
    assert (order.status, order.expires_at) == ("PROCESSING", None)


def test_gives_a_bank_transfer_more_time(alice: User, transfers: None) -> None:
    order = make_order(alice)
    payment = body(open_by(alice, order.pk, "bank_transfer"))
    assert order.number in payment["instructions"]
    assert "DE00 1234" in payment["instructions"]
    order.refresh_from_db()
    assert order.status == Order.Status.PENDING
    assert order.expires_at == order.placed_at + timedelta(days=7)


def test_refuses_a_cancelled_order(alice: User) -> None:
    order = orders.cancel_order(order=make_order(alice), actor=alice)
    response = open_by(alice, order.pk)
    assert response.status_code == 409
    assert codes(response) == ["order_cancelled"]
    assert not Payment.objects.exists()


def test_refuses_an_order_that_is_paid(alice: User, clerk: User) -> None:
    order = make_order(alice)
    pay(order)
    for method in ("test", "cash_on_delivery"):
        response = open_by(alice, order.pk, method)
        assert response.status_code == 409
        assert codes(response) == ["already_paid"]
    assert Payment.objects.count() == 1


def test_refuses_orders_of_others_even_to_staff(alice: User, bob: User, clerk: User) -> None:
    order = make_order(alice)
    for person in (bob, clerk):
        for reference in (order.pk, order.number, 2**63, "NX-1999-1", "x" * 500):
            response = open_by(person, reference)
            assert response.status_code == 404
            assert codes(response) == ["not_found"]
    assert not Payment.objects.exists()


@pytest.mark.parametrize("method", ["test", "bank_transfer"])
def test_refuses_a_method_that_is_not_offered(alice: User, settings: Settings, method: str) -> None:
    settings.PAYMENTS_TEST_MODE, settings.BANK_TRANSFER_DETAILS = False, ""
    response = open_by(alice, make_order(alice).pk, method)
    assert response.status_code == 400
    assert codes(response) == ["method_not_offered"]
    assert not Payment.objects.exists()


@pytest.mark.parametrize(
    ("data", "attr"),
    [
        ({"method": "test"}, "order"),
        ({"order": True, "method": "test"}, "order"),
        ({"order": 1.5, "method": "test"}, "order"),
        ({"order": [1], "method": "test"}, "order"),
        ({"order": None, "method": "test"}, "order"),
        ({"order": "", "method": "test"}, "order"),
        ({"order": 1}, "method"),
        ({"order": 1, "method": "gold"}, "method"),
        ({"order": 1, "method": {"a": 1}}, "method"),
    ],
)
def test_refuses_what_makes_no_sense(alice: User, data: dict[str, Any], attr: str) -> None:
    response = client_of(alice).post(PAYMENTS, data)
    assert response.status_code == 400
    codes(response)
    assert body(response)["errors"][0]["attr"] == attr


def test_lists_the_methods_that_are_offered(settings: Settings, transfers: None) -> None:
    def offered() -> list[str]:
        return [method["method"] for method in body(client_of().get(f"{PAYMENTS}methods/"))]

    assert offered() == ["test", "cash_on_delivery", "bank_transfer"]
    settings.PAYMENTS_TEST_MODE, settings.BANK_TRANSFER_DETAILS = False, ""
    assert offered() == ["cash_on_delivery"]


def test_has_a_provider_for_every_method() -> None:
    assert set(methods.METHODS) == set(Payment.Method)


def test_cannot_store_two_open_payments(alice: User) -> None:
    payment = make_payment(make_order(alice))
    payment.pk = None
    payment.provider_reference = ""
    with pytest.raises(IntegrityError, match="payment_one_open_per_order"):
        payment.save(force_insert=True)


def test_cannot_store_two_payments_that_succeeded(alice: User) -> None:
    payment = pay(make_order(alice))
    payment.pk = None
    payment.provider_reference = ""
    with pytest.raises(IntegrityError, match="payment_one_succeeded_per_order"):
        payment.save(force_insert=True)
