"""What payments count and bring back, line by line."""

import pytest
from django.db import IntegrityError

from shop.accounts.models import User
from shop.inventory.models import StockLevel
from shop.orders import services
from shop.orders.models import Order, OrderItem
from shop.orders.tests.make import as_payments, make_order, make_variant
from shop.products.models import Variant
from tests.api import body, client_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def shirt(db: None) -> Variant:
    return make_variant(stock=5)


@pytest.fixture
def paid(alice: User, shirt: Variant) -> Order:
    """Three shirts and three of something else."""
    order = make_order(alice, variants=[shirt, make_variant(stock=5)], quantity=3)
    return as_payments(services.mark_paid, order=order, actor=alice)


def on_hand(variant: Variant) -> int:
    return StockLevel.objects.get(variant=variant).on_hand


def count(order: Order, quantities: dict[int, int]) -> None:
    as_payments(services.count_refunded, order=order, quantities=quantities)


def test_counts_what_was_refunded_of_each_line(alice: User, paid: Order) -> None:
    first, second = paid.items.all()
    count(paid, {first.pk: 2, second.pk: 3})
    count(paid, {first.pk: -1})
    answer = body(client_of(alice).get(f"/api/store/orders/{paid.pk}/"))
    assert [item["refunded_quantity"] for item in answer["items"]] == [1, 3]


@pytest.mark.parametrize("quantity", [-1, 4])
def test_cannot_count_more_than_was_bought(paid: Order, quantity: int) -> None:
    item = paid.items.all()[0]
    with pytest.raises(IntegrityError):
        count(paid, {item.pk: quantity})


def test_leaves_the_lines_of_other_orders_alone(alice: User, paid: Order) -> None:
    other = make_order(alice, quantity=3)
    count(other, {paid.items.all()[0].pk: 1})
    assert not OrderItem.objects.exclude(refunded_quantity=0).exists()


def test_puts_the_goods_of_a_line_back(paid: Order, shirt: Variant) -> None:
    item = paid.items.get(variant=shirt)
    as_payments(services.return_goods, order=paid, quantities={item.pk: 2}, actor=None)
    assert on_hand(shirt) == 4


def test_a_cancelled_order_returns_what_was_not_refunded(
    alice: User, paid: Order, shirt: Variant
) -> None:
    count(paid, {paid.items.get(variant=shirt).pk: 2})
    services.cancel_order(order=paid, actor=alice)
    assert on_hand(shirt) == 3
    other = paid.items.exclude(variant=shirt).get()
    assert StockLevel.objects.get(variant=other.variant).on_hand == 5


def test_a_note_is_history_without_a_move(alice: User, paid: Order) -> None:
    as_payments(services.add_note, order=paid, actor=alice, text="Refunded 1.00 USD.")
    last = paid.history.latest("id")
    assert (last.from_status, last.to_status, last.note) == ("PAID", "PAID", "Refunded 1.00 USD.")
