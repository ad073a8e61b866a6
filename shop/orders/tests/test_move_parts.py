"""Parts of an order: each moves on its own, and the order stands where the last of them stands."""

from collections.abc import Callable
from itertools import product

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from shop.accounts.models import User
from shop.core.models import OutboxEvent
from shop.core.tests.plant import told
from shop.inventory.models import StockLevel
from shop.orders import audits, services, states
from shop.orders.errors import IllegalMove, OrderNotPaid
from shop.orders.models import Order, VendorOrder
from shop.orders.tests.make import as_payments, make_order, make_split_order

pytestmark = pytest.mark.django_db

Status = Order.Status
Parts = list[VendorOrder]
EVERY = [
    *(audits.history, audits.status, audits.parts, audits.stamps, audits.goods, audits.events),
    *(audits.parts_history, audits.parts_status, audits.parts_stamps, audits.parts_events),
    *(audits.parts_lines, audits.parts_totals, audits.parts_sums, audits.lines, audits.totals),
]


@pytest.fixture
def split(alice: User) -> tuple[Order, Parts]:
    """Paid, of two vendors, two pieces each."""
    order, parts = make_split_order(alice, quantity=2)
    as_payments(services.mark_paid, order=order, actor=alice)
    return order, parts


def state_of(order: Order) -> tuple[str, list[str]]:
    order.refresh_from_db()
    return order.status, list(order.parts.order_by("id").values_list("status", flat=True))


def stock_of(part: VendorOrder) -> tuple[int, int]:
    level = StockLevel.objects.get(variant=part.items.get().variant_id)
    return level.on_hand, level.reserved


def events_of(order: Order) -> list[str]:
    """Those since it was paid; of parts with their place in the order."""
    places = {part.pk: n for n, part in enumerate(order.parts.order_by("id"), 1)}
    names = []
    for event in OutboxEvent.objects.filter(name__contains="order.").order_by("id"):
        assert event.payload["order_id"] == order.pk
        place = places.get(event.payload.get("vendor_order_id"))
        names.append(f"{event.name} {place}" if place else event.name)
    return names[2:]


def assert_sound() -> None:
    assert [line for audit in EVERY for line in told(audit)] == []


def test_the_order_follows_the_last_of_its_parts(split: tuple[Order, Parts], bob: User) -> None:
    order, (first, second) = split
    services.process_part(part=first, actor=bob)
    assert state_of(order) == ("PAID", ["PROCESSING", "PAID"])
    services.ship_part(part=second, actor=bob, carrier="DHL", tracking_number="2")
    assert state_of(order) == ("PROCESSING", ["PROCESSING", "SHIPPED"])
    services.ship_part(part=first, actor=bob, carrier="UPS", tracking_number="1")
    assert state_of(order) == ("SHIPPED", ["SHIPPED", "SHIPPED"])
    services.deliver_part(part=first, actor=bob)
    assert state_of(order) == ("SHIPPED", ["DELIVERED", "SHIPPED"])
    services.deliver_part(part=second, actor=bob)
    assert state_of(order) == ("DELIVERED", ["DELIVERED", "DELIVERED"])
    assert events_of(order) == [
        "vendor_order.processing 1",
        *("vendor_order.shipped 2", "order.processing"),
        *("vendor_order.shipped 1", "order.shipped"),
        "vendor_order.delivered 1",
        *("vendor_order.delivered 2", "order.delivered"),
    ]
    # Of several parcels each has its own; the order has none.
    assert (order.carrier, order.tracking_number) == ("", "")
    assert order.parts.get(pk=first.pk).tracking_number == "1"
    assert order.parts.get(pk=second.pk).carrier == "DHL"
    assert_sound()


def test_tells_in_the_histories_who_moved_what(split: tuple[Order, Parts], bob: User) -> None:
    order, (first, second) = split
    services.process_part(part=first, actor=bob, note="Today.")
    services.process_part(part=second, actor=bob, note="Tomorrow.")
    last = first.history.latest("id")
    assert (last.from_status, last.to_status, last.actor, last.note) == (
        *("PAID", "PROCESSING"),
        *(bob, "Today."),
    )
    moves = order.history.order_by("id").values_list("to_status", "note")
    assert list(moves)[2:] == [("PROCESSING", f"{second.number}: Tomorrow.")]


def test_the_only_part_is_the_order(alice: User, bob: User) -> None:
    order = as_payments(services.mark_paid, order=make_order(alice), actor=alice)
    part = order.parts.get()
    services.process_part(part=part, actor=bob)
    services.ship_part(part=part, actor=bob, carrier="DHL", tracking_number="7", note="Gone.")
    assert state_of(order) == ("SHIPPED", ["SHIPPED"])
    assert (order.carrier, order.tracking_number) == ("DHL", "7")
    assert order.history.latest("id").note == "Gone."
    services.deliver_part(part=part, actor=bob)
    assert events_of(order) == ["order.processing", "order.shipped", "order.delivered"]
    assert_sound()


def test_the_whole_order_takes_along_what_is_behind(
    split: tuple[Order, Parts], clerk: User
) -> None:
    order, (first, _) = split
    services.ship_part(part=first, actor=clerk, carrier="UPS", tracking_number="1")
    services.deliver_part(part=first, actor=clerk)
    services.process_order(order=order, actor=clerk)
    assert state_of(order) == ("PROCESSING", ["DELIVERED", "PROCESSING"])
    services.ship_order(order=order, actor=clerk, carrier="DHL", tracking_number="2")
    assert state_of(order) == ("SHIPPED", ["DELIVERED", "SHIPPED"])
    carriers = order.parts.order_by("id").values_list("carrier", "tracking_number")
    assert list(carriers) == [("UPS", "1"), ("DHL", "2")]
    assert (order.carrier, order.tracking_number) == ("DHL", "2")
    services.deliver_order(order=order, actor=clerk)
    assert state_of(order) == ("DELIVERED", ["DELIVERED", "DELIVERED"])
    assert events_of(order) == [
        *("vendor_order.shipped 1", "vendor_order.delivered 1"),
        *("order.processing", "vendor_order.processing 2"),
        *("order.shipped", "vendor_order.shipped 2"),
        *("order.delivered", "vendor_order.delivered 2"),
    ]
    assert_sound()


def test_one_event_for_each_parcel_that_leaves_with_the_order(
    split: tuple[Order, Parts], clerk: User
) -> None:
    order, _ = split
    services.ship_order(order=order, actor=clerk, carrier="DHL")
    assert events_of(order) == [
        "order.shipped",
        "vendor_order.shipped 1",
        "vendor_order.shipped 2",
    ]
    assert set(order.parts.values_list("carrier", flat=True)) == {"DHL"}
    assert_sound()


def test_jumps_when_what_held_it_back_is_cancelled(split: tuple[Order, Parts], bob: User) -> None:
    order, (first, second) = split
    services.ship_part(part=first, actor=bob)
    services.deliver_part(part=first, actor=bob)
    assert state_of(order) == ("PAID", ["DELIVERED", "PAID"])
    services.cancel_part(part=second, actor=bob, note="Sold out.")
    assert state_of(order) == ("DELIVERED", ["DELIVERED", "CANCELLED"])
    assert order.delivered_at is not None
    assert order.shipped_at is not None
    assert order.cancelled_at is None
    assert events_of(order)[2:] == ["vendor_order.cancelled 2", "order.delivered"]
    assert_sound()


def test_a_part_that_is_paid_at_the_door_takes_its_goods_alone(alice: User, bob: User) -> None:
    order, (first, second) = make_split_order(alice, quantity=2, stock=5)
    as_payments(services.agree_on_delivery, order=order, actor=alice)
    assert state_of(order) == ("PROCESSING", ["PROCESSING", "PROCESSING"])
    services.ship_part(part=first, actor=bob)
    assert (stock_of(first), stock_of(second)) == ((3, 0), (5, 2))
    assert_sound()
    as_payments(services.mark_paid, order=order, actor=bob)
    assert (stock_of(first), stock_of(second)) == ((3, 0), (3, 0))
    assert_sound()
    services.ship_part(part=second, actor=bob)
    assert stock_of(second) == (3, 0)
    assert state_of(order) == ("SHIPPED", ["SHIPPED", "SHIPPED"])
    assert_sound()


def test_the_rest_leaves_with_the_whole_order(alice: User, bob: User) -> None:
    order, (first, second) = make_split_order(alice, stock=5)
    as_payments(services.agree_on_delivery, order=order, actor=alice)
    services.ship_part(part=second, actor=bob)
    services.ship_order(order=order, actor=bob)
    assert (stock_of(first), stock_of(second)) == ((4, 0), (4, 0))
    assert_sound()


@pytest.mark.parametrize(
    "move",
    [services.process_part, services.ship_part, services.deliver_part, services.cancel_part],
)
def test_waits_until_the_order_is_paid(
    alice: User, bob: User, move: Callable[..., VendorOrder]
) -> None:
    order, (first, _) = make_split_order(alice)
    with pytest.raises(OrderNotPaid):
        move(part=first, actor=bob)
    assert state_of(order) == ("PENDING", ["PENDING", "PENDING"])
    assert first.history.count() == 1


MOVE = {
    "PROCESSING": services.process_part,
    "SHIPPED": services.ship_part,
    "DELIVERED": services.deliver_part,
    "CANCELLED": services.cancel_part,
}


def test_allows_the_moves_of_the_domain_and_no_other(split: tuple[Order, Parts], bob: User) -> None:
    order, (first, _) = split
    done, allowed = set(), set()
    for before, after in product(Status, MOVE):
        if after in states.MOVES[before] and before != "PENDING":
            allowed.add((before.value, after))
        with transaction.atomic():
            order.parts.filter(pk=first.pk).update(status=before)
            known = first.history.count(), OutboxEvent.objects.count()
            try:
                MOVE[after](part=first, actor=bob)
            except (IllegalMove, OrderNotPaid):
                assert (first.history.count(), OutboxEvent.objects.count()) == known
            else:
                done.add((before.value, after))
            transaction.set_rollback(True)
    assert done == allowed
    assert len(done) == 6


def test_costs_a_whole_move_no_more_for_several_parts(alice: User, clerk: User) -> None:
    counts = []
    for parts in (1, 5):
        order, _ = make_split_order(alice, parts=parts)
        as_payments(services.mark_paid, order=order, actor=alice)
        for move in (services.ship_order, services.deliver_order):
            with CaptureQueriesContext(connection) as captured:
                move(order=order, actor=clerk)
            counts.append(len([each for each in captured if "SAVEPOINT" not in each["sql"]]))
    # The lock, the move, the events.
    assert counts == [3, 3, 3, 3]
