from decimal import Decimal
from typing import Any

import pytest
from pytest_django import Settings

from shop.accounts.models import User
from shop.accounts.tests.make import make_staff, make_user
from shop.core.models import OutboxEvent
from shop.inventory.models import StockLevel
from shop.orders import services as orders
from shop.orders.models import Order
from shop.orders.tests.make import make_order, make_variant
from shop.payments import services
from shop.payments.models import Payment, Refund
from shop.payments.tests.make import make_payment, pay
from shop.products.tests.make import house_vendor, make_product
from shop.vendors.tests.make import make_member, make_vendor
from tests.api import body, client_of, codes

pytestmark = pytest.mark.django_db


def confirm(user: User | None, payment: Payment, outcome: Any = "succeed") -> Any:
    data = {} if outcome is None else {"outcome": outcome}
    return client_of(user).post(f"/api/store/payments/{payment.pk}/confirm/", data)


def events(name: str) -> int:
    return OutboxEvent.objects.filter(name=name).count()


def test_pays_the_order_and_takes_its_stock(alice: User) -> None:
    variant = make_variant(stock=5)
    order = make_order(alice, variants=[variant], quantity=2)
    payment = make_payment(order)
    response = confirm(alice, payment)
    assert response.status_code == 200
    answer = body(response)
    assert answer["status"] == "succeeded"
    order.refresh_from_db()
    assert (order.status, order.expires_at) == ("PAID", None)
    assert order.paid_at is not None
    level = StockLevel.objects.get(variant=variant)
    assert (level.on_hand, level.reserved) == (3, 0)
    assert (events("order.paid"), events("payment.succeeded")) == (1, 1)


def test_succeeds_once_however_often_it_is_said(alice: User) -> None:
    payment = make_payment(make_order(alice))
    first, again = confirm(alice, payment), confirm(alice, payment)
    assert (first.status_code, again.status_code) == (200, 200)
    assert body(first) == body(again)
    assert (events("order.paid"), events("payment.succeeded")) == (1, 1)


def test_lets_a_declined_order_be_paid_again(alice: User) -> None:
    order = make_order(alice)
    declined = make_payment(order)
    assert body(confirm(alice, declined, "decline"))["status"] == "declined"
    order.refresh_from_db()
    assert order.status == Order.Status.PENDING
    assert pay(order).pk != declined.pk
    assert order.status == Order.Status.PAID


def test_cancels_the_order_when_the_payment_fails(alice: User) -> None:
    variant = make_variant(stock=5)
    order = make_order(alice, variants=[variant])
    assert body(confirm(alice, make_payment(order), "fail"))["status"] == "failed"
    order.refresh_from_db()
    assert order.status == Order.Status.CANCELLED
    assert StockLevel.objects.get(variant=variant).reserved == 0


def test_refuses_to_pay_a_cancelled_order(alice: User) -> None:
    order = make_order(alice)
    payment = make_payment(order)
    orders.cancel_order(order=order, actor=alice)
    for outcome in ("succeed", "decline", "fail"):
        response = confirm(alice, payment, outcome)
        assert response.status_code == 409
        assert codes(response) == ["order_cancelled"]
    payment.refresh_from_db()
    assert (payment.status, payment.paid_at) == ("pending", None)


@pytest.mark.parametrize("outcome", ["decline", "fail"])
def test_refuses_another_end_of_a_payment_that_succeeded(alice: User, outcome: str) -> None:
    order = make_order(alice)
    payment = pay(order)
    response = confirm(alice, payment, outcome)
    assert response.status_code == 409
    assert codes(response) == ["payment_closed"]
    order.refresh_from_db()
    assert order.status == Order.Status.PAID


@pytest.mark.parametrize("first", ["decline", "fail"])
def test_refuses_success_after_the_end(alice: User, first: str) -> None:
    order = make_order(alice)
    payment = make_payment(order)
    confirm(alice, payment, first)
    response = confirm(alice, payment)
    assert response.status_code == 409
    assert codes(response) == ["order_cancelled" if first == "fail" else "payment_closed"]
    order.refresh_from_db()
    assert order.paid_at is None


@pytest.mark.parametrize("outcome", [None, "", "won", 1, True, ["succeed"], {"a": 1}])
def test_refuses_an_outcome_that_does_not_exist(alice: User, outcome: Any) -> None:
    payment = make_payment(make_order(alice))
    response = confirm(alice, payment, outcome)
    assert response.status_code == 400
    codes(response)
    assert body(response)["errors"][0]["attr"] == "outcome"
    payment.refresh_from_db()
    assert payment.status == "pending"


def test_refuses_the_test_method_where_it_is_switched_off(alice: User, settings: Settings) -> None:
    payment = make_payment(make_order(alice))
    settings.PAYMENTS_TEST_MODE = False
    response = confirm(alice, payment)
    assert response.status_code == 400
    assert codes(response) == ["method_not_offered"]


def test_hides_the_payments_of_others(alice: User, bob: User) -> None:
    payment = make_payment(make_order(alice))
    response = confirm(bob, payment)
    assert response.status_code == 404
    assert codes(response) == ["not_found"]
    assert confirm(None, payment).status_code == 401
    payment.pk = 2**63
    assert confirm(alice, payment).status_code == 404


def test_lets_staff_say_that_cash_has_arrived(alice: User, clerk: User) -> None:
    order = make_order(alice)
    payment = make_payment(order, method="cash_on_delivery")
    orders.ship_order(order=order, actor=clerk)
    for person in (alice, make_staff("support")):
        refused = confirm(person, payment, None)
        assert refused.status_code == 403
        assert codes(refused) == ["permission_denied"]
    assert codes(confirm(clerk, payment, "fail")) == ["invalid_choice"]
    assert body(confirm(clerk, payment, None))["status"] == "succeeded"
    order.refresh_from_db()
    assert order.status == Order.Status.SHIPPED
    assert order.paid_at is not None


@pytest.mark.parametrize("method", ["cash_on_delivery", "bank_transfer"])
def test_lets_the_house_say_it_of_its_own_goods_only(
    alice: User, settings: Settings, method: str
) -> None:
    settings.BANK_TRANSFER_DETAILS = "DE00"
    vera, holly = make_user(), make_user()
    make_member(house_vendor(), user=holly)
    hers = make_product(vendor=make_vendor(owner=vera)).variants.get()
    mixed = make_order(alice, variants=[hers, make_variant()])
    assert confirm(holly, make_payment(mixed, method=method), None).status_code == 404
    of_house = make_payment(make_order(alice), method=method)
    assert confirm(vera, of_house, None).status_code == 404
    assert body(confirm(holly, of_house, None))["status"] == "succeeded"


@pytest.mark.parametrize("method", ["cash_on_delivery", "bank_transfer"])
def test_lets_no_seller_say_that_the_shop_has_money_which_it_would_owe(
    alice: User, clerk: User, settings: Settings, method: str
) -> None:
    settings.BANK_TRANSFER_DETAILS = "DE00"
    vera = make_user()
    hers = make_product(vendor=make_vendor(owner=vera)).variants.get()
    own = make_payment(make_order(alice, variants=[hers]), method=method)
    assert confirm(vera, own, None).status_code == 404
    own.refresh_from_db()
    assert (own.status, own.captured_amount) == ("pending", 0)
    assert body(confirm(clerk, own, None))["status"] == "succeeded"


def test_does_not_let_the_vendor_end_a_test_payment(alice: User) -> None:
    vera = make_user()
    variant = make_product(vendor=make_vendor(owner=vera)).variants.get()
    response = confirm(vera, make_payment(make_order(alice, variants=[variant])))
    assert response.status_code == 404


def test_takes_a_transfer_by_another_method_than_the_last(
    alice: User, clerk: User, settings: Settings
) -> None:
    settings.BANK_TRANSFER_DETAILS = "DE00"
    order = make_order(alice)
    transfer = make_payment(order, method="bank_transfer")
    test = make_payment(order)
    assert body(confirm(clerk, transfer, None))["status"] == "succeeded"
    test.refresh_from_db()
    order.refresh_from_db()
    assert (test.status, order.status) == ("cancelled", "PAID")


def test_owes_back_what_comes_for_a_cancelled_order(
    alice: User, clerk: User, settings: Settings
) -> None:
    settings.BANK_TRANSFER_DETAILS = "DE00"
    order = make_order(alice)
    transfer = make_payment(order, method="bank_transfer")
    orders.cancel_order(order=order, actor=alice)
    answer = body(confirm(clerk, transfer, None))
    assert (answer["status"], answer["captured_amount"]) == ("cancelled", "10.00")
    order.refresh_from_db()
    assert (order.status, order.paid_at) == ("CANCELLED", None)
    refund = Refund.objects.get()
    assert (refund.amount, refund.status) == (Decimal("10.00"), "pending")


def test_owes_back_what_comes_twice(alice: User) -> None:
    order = make_order(alice)
    late = make_payment(order)
    confirm(alice, late, "decline")
    pay(order)
    late = services.record_success(payment=late, amount=late.amount, currency="USD")
    assert (late.status, late.paid_at is not None) == ("cancelled", True)
    services.complete_refund(refund_id=Refund.objects.get().pk)
    late.refresh_from_db()
    order.refresh_from_db()
    assert (late.status, order.status) == ("refunded", "PAID")
