"""Refunds by line and quantity."""

from decimal import Decimal
from typing import Any

import pytest

from shop.accounts.models import User
from shop.inventory.models import StockLevel
from shop.orders import services as orders
from shop.orders.models import Order, OrderItem
from shop.orders.tests.make import make_order, make_variant
from shop.payments import tasks
from shop.payments.models import Payment, Refund, RefundItem
from shop.payments.provider import Refunded
from shop.payments.sandbox import Sandbox
from shop.payments.tests.make import pay
from shop.products.models import Variant
from tests.api import body, client_of, codes

pytestmark = pytest.mark.django_db


@pytest.fixture
def shirt(db: None) -> Variant:
    return make_variant(stock=10, price="10.00")


@pytest.fixture
def mug(db: None) -> Variant:
    return make_variant(stock=10, price="3.33")


@pytest.fixture
def paid(alice: User, shirt: Variant, mug: Variant) -> Order:
    """Three shirts and three mugs for 39.99."""
    order = make_order(alice, variants=[shirt, mug], quantity=3)
    pay(order)
    return order


def refund(user: User | None, order: Order, items: Any, **data: Any) -> Any:
    return client_of(user).post(f"/api/store/orders/{order.pk}/refund/", {"items": items} | data)


def line(order: Order, variant: Variant) -> OrderItem:
    return order.items.get(variant=variant)


def some(order: Order, variant: Variant, quantity: int = 1) -> dict[str, int]:
    return {"item": line(order, variant).pk, "quantity": quantity}


def on_hand(variant: Variant) -> int:
    return StockLevel.objects.get(variant=variant).on_hand


def test_gives_back_the_price_of_the_goods(
    paid: Order, clerk: User, shirt: Variant, mug: Variant
) -> None:
    response = refund(clerk, paid, [some(paid, shirt, 2), some(paid, mug)], reason="Torn.")
    assert response.status_code == 200
    answer = body(response)
    assert answer["status"] == "PAID"
    assert [item["refunded_quantity"] for item in answer["items"]] == [2, 1]
    (payment,) = answer["payments"]
    assert (payment["status"], payment["refunded_amount"]) == ("succeeded", "23.33")
    (done,) = payment["refunds"]
    assert (done["amount"], done["status"], done["reason"]) == ("23.33", "succeeded", "Torn.")
    assert done["succeeded_at"] is not None
    assert done["items"] == [
        {"item": line(paid, shirt).pk, "quantity": 2, "amount": "20.00"},
        {"item": line(paid, mug).pk, "quantity": 1, "amount": "3.33"},
    ]
    assert body(client_of(clerk).get(f"/api/store/payments/{payment['id']}/"))["refunds"] == [done]
    assert paid.history.latest("id").note == "Refunded 23.33 USD: Torn."


def test_gives_back_the_share_of_the_discount_exactly(
    paid: Order, clerk: User, shirt: Variant, mug: Variant
) -> None:
    Order.objects.filter(pk=paid.pk).update(discount_total="1.00", total_price="38.99")
    Payment.objects.update(amount="38.99", captured_amount="38.99")
    for variant in (mug, shirt, mug, shirt, shirt):
        assert refund(clerk, paid, [some(paid, variant)]).status_code == 200
    answer = body(refund(clerk, paid, [some(paid, mug)]))
    assert answer["status"] == "REFUNDED"
    assert answer["payments"][0]["refunded_amount"] == "38.99"
    mugs = RefundItem.objects.filter(order_item=line(paid, mug)).values_list("amount", flat=True)
    # 9.99 less 0.25 of the discount.
    assert sum(mugs) == Decimal("9.74")


def test_leaves_shipping_and_tax_for_the_last_refund(
    alice: User, clerk: User, shirt: Variant
) -> None:
    order = make_order(alice, variants=[shirt])
    Order.objects.filter(pk=order.pk).update(shipping_total=4, tax_total=1, total_price=15)
    order.refresh_from_db()
    pay(order)
    assert body(refund(clerk, order, [some(order, shirt)]))["status"] == "PAID"
    rest = client_of(clerk).post(f"/api/store/orders/{order.pk}/refund/")
    assert body(rest)["status"] == "REFUNDED"
    assert list(Refund.objects.order_by("id").values_list("amount", flat=True)) == [10, 5]
    assert on_hand(shirt) == 10


def test_puts_exactly_those_goods_back(paid: Order, clerk: User, shirt: Variant) -> None:
    assert on_hand(shirt) == 7
    refund(clerk, paid, [some(paid, shirt, 2)], restock=False)
    assert on_hand(shirt) == 7
    refund(clerk, paid, [some(paid, shirt)], restock=True)
    assert on_hand(shirt) == 8


def test_keeps_goods_that_have_left_unless_told(paid: Order, clerk: User, shirt: Variant) -> None:
    orders.ship_order(order=paid, actor=clerk)
    refund(clerk, paid, [some(paid, shirt)])
    assert on_hand(shirt) == 7
    refund(clerk, paid, [some(paid, shirt)], restock=True)
    assert on_hand(shirt) == 8


def test_a_full_refund_takes_the_rest_of_every_line(
    paid: Order, clerk: User, shirt: Variant, mug: Variant
) -> None:
    refund(clerk, paid, [some(paid, shirt, 2)], restock=False)
    client_of(clerk).post(f"/api/store/orders/{paid.pk}/refund/", {"amount": "5.00"})
    answer = body(client_of(clerk).post(f"/api/store/orders/{paid.pk}/refund/"))
    assert answer["status"] == "REFUNDED"
    assert [item["refunded_quantity"] for item in answer["items"]] == [3, 3]
    rest = answer["payments"][0]["refunds"][0]
    # 14.99 for goods of 19.99, because 5.00 were given back without naming any.
    assert [part["amount"] for part in rest["items"]] == ["7.50", "7.49"]
    # The two that were to stay away from the shelf do.
    assert (on_hand(shirt), on_hand(mug)) == (8, 10)


def test_a_cancellation_gives_back_only_what_is_left(
    paid: Order, alice: User, clerk: User, shirt: Variant, mug: Variant
) -> None:
    refund(clerk, paid, [some(paid, shirt, 2)], restock=True)
    refund(clerk, paid, [some(paid, mug)], restock=False)
    orders.cancel_order(order=paid, actor=alice)
    tasks.settle_cancelled_order(order_id=paid.pk)
    last = Refund.objects.get(actor=None)
    assert last.amount == Decimal("16.66")
    tasks.complete_refund(refund_id=last.pk)
    assert Payment.objects.get().status == "refunded"
    assert (on_hand(shirt), on_hand(mug)) == (10, 9)
    assert [item.refunded_quantity for item in paid.items.all()] == [3, 3]
    answer = body(client_of(alice).get(f"/api/store/orders/{paid.pk}/history/"))["results"]
    assert [entry["note"] for entry in answer][-1] == "Refunded 16.66 USD: The order was cancelled."


def test_a_refused_one_gives_the_goods_free_again(
    paid: Order, clerk: User, shirt: Variant, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as refusing:
        refused = Refunded(status=Refund.Status.FAILED)
        refusing.setattr(Sandbox, "refund", lambda self, refund: refused)
        response = refund(clerk, paid, [some(paid, shirt, 3)])
    assert response.status_code == 409
    assert codes(response) == ["refund_failed"]
    assert line(paid, shirt).refunded_quantity == 0
    assert on_hand(shirt) == 7
    assert refund(clerk, paid, [some(paid, shirt, 3)]).status_code == 200
    assert Payment.objects.get().refunded_amount == 30


def test_refuses_more_than_is_left_of_a_line(
    paid: Order, clerk: User, shirt: Variant, mug: Variant
) -> None:
    refund(clerk, paid, [some(paid, shirt, 2)])
    response = refund(clerk, paid, [some(paid, mug), some(paid, shirt, 2)])
    assert response.status_code == 409
    assert codes(response) == ["quantity_too_large"]
    assert body(response)["errors"][0]["attr"] == "items.1.quantity"
    assert Refund.objects.count() == 1
    assert line(paid, mug).refunded_quantity == 0


def test_refuses_goods_whose_money_was_given_back_already(
    paid: Order, clerk: User, shirt: Variant
) -> None:
    client_of(clerk).post(f"/api/store/orders/{paid.pk}/refund/", {"amount": "10.00"})
    response = refund(clerk, paid, [some(paid, shirt, 3)])
    assert response.status_code == 409
    assert codes(response) == ["refund_too_large"]


def test_refuses_goods_that_cost_nothing(alice: User, clerk: User, shirt: Variant) -> None:
    gift = make_variant(price="0.00")
    order = make_order(alice, variants=[shirt, gift])
    pay(order)
    response = refund(clerk, order, [some(order, gift)])
    assert response.status_code == 409
    assert codes(response) == ["nothing_to_refund"]
    assert refund(clerk, order, [some(order, gift), some(order, shirt)]).status_code == 200


def test_refuses_lines_of_other_orders(
    paid: Order, alice: User, clerk: User, shirt: Variant
) -> None:
    other = make_order(alice, variants=[shirt])
    for item in (some(other, shirt), {"item": 2**62, "quantity": 1}):
        response = refund(clerk, paid, [some(paid, shirt), item])
        assert response.status_code == 400
        assert codes(response) == ["does_not_exist"]
        assert body(response)["errors"][0]["attr"] == "items.1.item"
    assert not Refund.objects.exists()


def test_refuses_a_line_twice(paid: Order, clerk: User, shirt: Variant) -> None:
    response = refund(clerk, paid, [some(paid, shirt), some(paid, shirt)])
    assert response.status_code == 400
    assert codes(response) == ["duplicate_item"]
    assert not Refund.objects.exists()


def test_refuses_an_amount_beside_items(paid: Order, clerk: User, shirt: Variant) -> None:
    response = refund(clerk, paid, [some(paid, shirt)], amount="1.00")
    assert response.status_code == 400
    assert codes(response) == ["amount_or_items"]
    assert not Refund.objects.exists()


@pytest.mark.parametrize("quantity", [0, -1, 2**31, 2**63, "1", 1.5, True, None, [1]])
def test_refuses_quantities_that_make_no_sense(
    paid: Order, clerk: User, shirt: Variant, quantity: Any
) -> None:
    response = refund(clerk, paid, [some(paid, shirt) | {"quantity": quantity}])
    assert response.status_code == 400
    codes(response)
    assert body(response)["errors"][0]["attr"] == "items.0.quantity"
    assert not Refund.objects.exists()


@pytest.mark.parametrize("items", [[], None, {}, "x", [None], [1], [[]], [{}], [{"item": 1}]])
def test_refuses_items_that_make_no_sense(paid: Order, clerk: User, items: Any) -> None:
    response = refund(clerk, paid, items)
    assert response.status_code == 400
    codes(response)
    assert not Refund.objects.exists()


def test_refuses_items_of_an_order_that_was_not_paid(
    alice: User, clerk: User, shirt: Variant
) -> None:
    order = make_order(alice, variants=[shirt])
    response = refund(clerk, order, [some(order, shirt)])
    assert response.status_code == 409
    assert codes(response) == ["nothing_to_refund"]


def test_refuses_items_when_another_currency_was_accepted(
    paid: Order, clerk: User, shirt: Variant
) -> None:
    Payment.objects.update(captured_amount="35.00", captured_currency="EUR")
    response = refund(clerk, paid, [some(paid, shirt)])
    assert response.status_code == 400
    assert codes(response) == ["wrong_currency"]
    whole = client_of(clerk).post(f"/api/store/orders/{paid.pk}/refund/", {"currency": "EUR"})
    assert body(whole)["status"] == "REFUNDED"
    assert paid.history.latest("id").note == "Refunded 35.00 EUR."
    assert on_hand(shirt) == 10
