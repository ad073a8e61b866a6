import pytest

from shop.accounts.models import User
from shop.core.models import OutboxEvent
from shop.core.tests.plant import told
from shop.inventory.models import StockLevel
from shop.orders import services
from shop.orders.errors import IllegalMove, OrderNotPaid
from shop.orders.models import Order, VendorOrder
from shop.orders.querysets import LockedOrder
from shop.orders.tests.make import as_payments, make_split_order
from shop.orders.tests.test_move_parts import EVERY, state_of, stock_of

pytestmark = pytest.mark.django_db

Parts = list[VendorOrder]


@pytest.fixture
def split(alice: User) -> tuple[Order, Parts]:
    """Paid, of three vendors, two pieces each of five."""
    order, parts = make_split_order(alice, parts=3, quantity=2, stock=5)
    as_payments(services.mark_paid, order=order, actor=alice)
    return order, parts


def assert_sound() -> None:
    assert [line for audit in EVERY for line in told(audit)] == []


def cancellations() -> list[str]:
    names = OutboxEvent.objects.filter(name__endswith="order.cancelled").order_by("id")
    return list(names.values_list("name", flat=True))


def test_brings_its_goods_back_and_leaves_the_others(split: tuple[Order, Parts], bob: User) -> None:
    order, (first, second, _) = split
    part = services.cancel_part(part=first, actor=bob, note="Broken.")
    assert part.cancelled_at is not None
    assert state_of(order) == ("PAID", ["CANCELLED", "PAID", "PAID"])
    assert (stock_of(first), stock_of(second)) == ((5, 0), (3, 0))
    assert cancellations() == ["vendor_order.cancelled"]
    assert_sound()


def test_cancels_the_order_with_its_last_part(split: tuple[Order, Parts], bob: User) -> None:
    order, parts = split
    for part in parts:
        services.cancel_part(part=part, actor=bob)
    assert state_of(order) == ("CANCELLED", ["CANCELLED"] * 3)
    assert order.cancelled_at is not None
    assert [stock_of(part) for part in parts] == [(5, 0)] * 3
    # The end of the last one is the end of the order, and told as such.
    assert cancellations() == ["vendor_order.cancelled"] * 2 + ["order.cancelled"]
    assert_sound()


def test_the_whole_order_brings_back_only_what_was_left_of_it(
    split: tuple[Order, Parts], bob: User, clerk: User
) -> None:
    order, parts = split
    services.cancel_part(part=parts[0], actor=bob)
    services.cancel_order(order=order, actor=clerk)
    assert state_of(order) == ("CANCELLED", ["CANCELLED"] * 3)
    assert [stock_of(part) for part in parts] == [(5, 0)] * 3
    assert cancellations() == ["vendor_order.cancelled", "order.cancelled"]
    assert_sound()


def test_the_whole_order_is_refused_once_a_part_has_left(
    split: tuple[Order, Parts], bob: User, alice: User
) -> None:
    order, parts = split
    services.ship_part(part=parts[1], actor=bob)
    before = order.history.count()
    with pytest.raises(IllegalMove):
        services.cancel_order(order=order, actor=alice)
    assert state_of(order) == ("PAID", ["PAID", "SHIPPED", "PAID"])
    assert order.history.count() == before
    assert stock_of(parts[0]) == (3, 0)
    assert cancellations() == []
    assert_sound()


def test_refuses_a_part_that_has_left_or_is_cancelled(
    split: tuple[Order, Parts], bob: User
) -> None:
    order, parts = split
    services.ship_part(part=parts[0], actor=bob)
    services.cancel_part(part=parts[1], actor=bob)
    for part in parts[:2]:
        with pytest.raises(IllegalMove):
            services.cancel_part(part=part, actor=bob)
    assert state_of(order) == ("PAID", ["SHIPPED", "CANCELLED", "PAID"])
    assert stock_of(parts[1]) == (5, 0)
    assert_sound()


def test_refuses_a_part_that_is_to_be_paid_at_the_door(alice: User, bob: User) -> None:
    order, parts = make_split_order(alice)
    as_payments(services.agree_on_delivery, order=order, actor=alice)
    with pytest.raises(OrderNotPaid):
        services.cancel_part(part=parts[0], actor=bob)
    assert state_of(order) == ("PROCESSING", ["PROCESSING"] * 2)
    services.cancel_order(order=order, actor=bob)
    assert state_of(order) == ("CANCELLED", ["CANCELLED"] * 2)
    assert [stock_of(part) for part in parts] == [(10, 0)] * 2
    with pytest.raises(IllegalMove):
        services.cancel_part(part=parts[0], actor=bob)
    assert_sound()


def test_an_order_that_is_opened_again_comes_with_all_its_parts(alice: User) -> None:
    order, _ = make_split_order(alice, parts=3)
    services.cancel_order(order=order, actor=None)
    as_payments(services.reopen_order, order=order)
    assert state_of(order) == ("PAID", ["PAID"] * 3)
    assert list(order.parts.values_list("cancelled_at", flat=True)) == [None] * 3
    assert sum(level.on_hand for level in StockLevel.objects.all()) == 27
    assert_sound()


def test_what_was_refunded_is_not_moved_any_more(
    split: tuple[Order, Parts], bob: User, clerk: User
) -> None:
    order, parts = split

    def refund(part: VendorOrder) -> None:
        def mark(*, order: LockedOrder) -> None:
            services.mark_part_refunded(order=order, part_id=part.pk, actor=clerk)

        as_payments(mark, order=order)

    refund(parts[0])
    assert state_of(order) == ("PAID", ["REFUNDED", "PAID", "PAID"])
    refund(parts[1])
    services.cancel_part(part=parts[2], actor=bob)
    # Nothing is left to be sent, and payments will say when all was given back.
    assert state_of(order) == ("PAID", ["REFUNDED", "REFUNDED", "CANCELLED"])
    assert cancellations() == ["vendor_order.cancelled"]
    for move in (services.process_order, services.ship_order, services.cancel_order):
        with pytest.raises(IllegalMove):
            move(order=order, actor=clerk)
    assert_sound()
    as_payments(services.mark_refunded, order=order, actor=clerk)
    assert state_of(order) == ("REFUNDED", ["REFUNDED", "REFUNDED", "CANCELLED"])
    assert_sound()
