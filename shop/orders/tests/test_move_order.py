"""Process, ship, deliver: who may, and from where to where."""

from itertools import product
from typing import Any

import pytest

from shop.accounts.models import User
from shop.accounts.tests.make import make_staff
from shop.core.models import OutboxEvent
from shop.inventory.models import StockLevel
from shop.orders import services, states
from shop.orders.errors import IllegalMove
from shop.orders.models import Order, OrderStatusChange, VendorOrder
from shop.orders.querysets import LockedOrder
from shop.orders.tests.make import as_payments, make_order, make_variant
from tests.api import body, client_of, codes

pytestmark = pytest.mark.django_db

ORDERS = "/api/store/orders/"
Status = Order.Status

ALLOWED = {
    ("PENDING", "PAID"),
    ("PENDING", "PROCESSING"),
    ("PENDING", "CANCELLED"),
    ("PAID", "PROCESSING"),
    ("PAID", "SHIPPED"),
    ("PAID", "CANCELLED"),
    ("PAID", "REFUNDED"),
    ("PROCESSING", "SHIPPED"),
    ("PROCESSING", "CANCELLED"),
    ("PROCESSING", "REFUNDED"),
    ("SHIPPED", "DELIVERED"),
    ("SHIPPED", "REFUNDED"),
    ("DELIVERED", "REFUNDED"),
}


def test_allows_the_moves_of_the_domain_and_no_other(alice: User) -> None:
    order = make_order(alice)
    done = set()
    for before, after in product(Status, Status):
        order.status = before
        VendorOrder.objects.update(status=before)
        try:
            states.move(LockedOrder(order), after, actor=None)
        except IllegalMove:
            continue
        done.add((before.value, after.value))
    assert done == ALLOWED


def test_walks_from_paid_to_delivered(alice: User, clerk: User) -> None:
    variant = make_variant(stock=5)
    order = as_payments(
        services.mark_paid, order=make_order(alice, variants=[variant]), actor=alice
    )
    client, address = client_of(clerk), f"{ORDERS}{order.number}/"
    assert body(client.post(f"{address}process/"))["status"] == "PROCESSING"
    parcel = {"carrier": "DHL", "tracking_number": "0034"}
    shipped = body(client.post(f"{address}ship/", parcel))
    assert shipped["status"] == "SHIPPED"
    assert (shipped["carrier"], shipped["tracking_number"]) == ("DHL", "0034")
    delivered = body(client.post(f"{address}deliver/", {"note": "At the door."}))
    assert delivered["status"] == "DELIVERED"
    assert delivered["paid_at"] < delivered["shipped_at"] < delivered["delivered_at"]
    moves = OrderStatusChange.objects.filter(order=order).order_by("id")
    assert [(move.to_status, move.actor) for move in moves] == [
        ("PENDING", alice),
        ("PAID", alice),
        ("PROCESSING", clerk),
        ("SHIPPED", clerk),
        ("DELIVERED", clerk),
    ]
    events = OutboxEvent.objects.filter(name__startswith="order.").order_by("id")
    assert [event.name for event in events] == [
        "order.placed",
        "order.paid",
        "order.processing",
        "order.shipped",
        "order.delivered",
    ]
    level = StockLevel.objects.get(variant=variant)
    assert (level.on_hand, level.reserved) == (4, 0)


def test_ships_goods_that_are_paid_at_the_door(alice: User, clerk: User) -> None:
    variant = make_variant(stock=5)
    order = make_order(alice, variants=[variant])
    as_payments(services.agree_on_delivery, order=order, actor=alice)
    services.ship_order(order=order, actor=clerk)
    level = StockLevel.objects.get(variant=variant)
    assert (level.on_hand, level.reserved) == (4, 0)
    paid = as_payments(services.mark_paid, order=order, actor=clerk)
    assert paid.status == Status.SHIPPED
    assert paid.paid_at is not None
    level.refresh_from_db()
    assert (level.on_hand, level.reserved) == (4, 0)
    last = OrderStatusChange.objects.filter(order=order).latest("id")
    assert (last.from_status, last.to_status, last.note) == ("SHIPPED", "SHIPPED", "Paid.")


def test_pays_once(alice: User) -> None:
    order = make_order(alice)
    first = as_payments(services.mark_paid, order=order, actor=alice)
    again = as_payments(services.mark_paid, order=order, actor=alice)
    assert first.paid_at == again.paid_at
    assert OutboxEvent.objects.filter(name="order.paid").count() == 1


@pytest.mark.parametrize("move", ["ship", "deliver"])
def test_refuses_an_illegal_move(alice: User, clerk: User, move: str) -> None:
    order = make_order(alice)
    response = client_of(clerk).post(f"{ORDERS}{order.pk}/{move}/", {"carrier": "DHL"})
    assert response.status_code == 409
    assert codes(response) == ["illegal_move"]
    order.refresh_from_db()
    assert (order.status, order.carrier) == ("PENDING", "")
    assert order.history.count() == 1


@pytest.mark.parametrize("move", ["process", "ship", "deliver"])
def test_is_for_staff_with_the_right_to_change_orders(
    alice: User, bob: User, clerk: User, move: str
) -> None:
    order = as_payments(services.mark_paid, order=make_order(alice), actor=alice)
    address = f"{ORDERS}{order.pk}/{move}/"
    for person in (alice, bob, make_staff("support")):
        response = client_of(person).post(address)
        assert response.status_code == 403
        assert codes(response) == ["permission_denied"]
    assert client_of().post(address).status_code == 401
    response = client_of(clerk).post(f"{ORDERS}999999999/{move}/")
    assert response.status_code == 404
    order.refresh_from_db()
    assert order.status == "PAID"


@pytest.mark.parametrize(
    "data", [{"carrier": 7}, {"tracking_number": "x" * 101}, {"note": None}, {"note": ["x"]}]
)
def test_refuses_what_makes_no_sense(alice: User, clerk: User, data: dict[str, Any]) -> None:
    order = as_payments(services.mark_paid, order=make_order(alice), actor=alice)
    response = client_of(clerk).post(f"{ORDERS}{order.pk}/ship/", data)
    assert response.status_code == 400
    assert body(response)["errors"][0]["attr"] == next(iter(data))
    order.refresh_from_db()
    assert order.status == "PAID"
