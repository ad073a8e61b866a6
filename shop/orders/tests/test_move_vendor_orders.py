"""A vendor moves its own part of an order, and nobody else's."""

from typing import Any

import pytest

from shop.accounts.models import User
from shop.core.models import OutboxEvent
from shop.inventory.models import StockLevel
from shop.orders import services
from shop.orders.models import Order, VendorOrder, VendorOrderStatusChange
from shop.orders.tests.make import as_payments
from shop.orders.tests.sellers import Role, Seller, make_colleague, part_of, split_order
from shop.vendors.models import Vendor, VendorMember
from tests.api import body, client_of, codes

pytestmark = pytest.mark.django_db

MOVES = ("process", "ship", "deliver", "cancel")
PARCEL = {"carrier": "DHL", "tracking_number": "0034"}


def statuses(order: Order) -> list[str]:
    """Of the order and of its parts."""
    order.refresh_from_db()
    parts = VendorOrder.objects.filter(order=order).order_by("id")
    return [order.status, *parts.values_list("status", flat=True)]


def test_takes_its_part_from_paid_to_delivered(alice: User, vera: Seller, otto: Seller) -> None:
    order = split_order(alice, vera, otto)
    assert body(vera.post(f"orders/{order}-1/process/"))["status"] == "PROCESSING"
    shipped = body(vera.post(f"orders/{order}-1/ship/", PARCEL | {"note": "Two boxes."}))
    assert shipped["status"] == "SHIPPED"
    assert (shipped["carrier"], shipped["tracking_number"]) == ("DHL", "0034")
    assert statuses(order) == ["PAID", "SHIPPED", "PAID"]
    delivered = body(vera.post(f"orders/{part_of(order, vera).pk}/deliver/"))
    assert delivered["shipped_at"] < delivered["delivered_at"]
    assert statuses(order) == ["PAID", "DELIVERED", "PAID"]
    last = VendorOrderStatusChange.objects.filter(to_status="SHIPPED").get()
    assert (last.actor, last.note) == (vera.user, "Two boxes.")
    otto.post(f"orders/{order}-2/ship/")
    assert statuses(order) == ["SHIPPED", "DELIVERED", "SHIPPED"]


def test_cancels_its_part_and_leaves_the_others_alone(
    alice: User, vera: Seller, otto: Seller
) -> None:
    order = split_order(alice, vera, otto, quantity=3)
    answer = body(vera.post(f"orders/{order}-1/cancel/", {"note": "The last one broke."}))
    assert answer["status"] == "CANCELLED"
    assert answer["cancelled_at"] is not None
    assert statuses(order) == ["PAID", "CANCELLED", "PAID"]
    stock = {level.variant_id: level.on_hand for level in StockLevel.objects.all()}
    assert stock == {vera.variant.pk: 1000, otto.variant.pk: 997}
    assert OutboxEvent.objects.filter(name="vendor_order.cancelled").count() == 1


@pytest.mark.parametrize("move", MOVES)
def test_hides_the_parts_of_others(alice: User, vera: Seller, otto: Seller, move: str) -> None:
    order = split_order(alice, vera, otto)
    for reference in (part_of(order, vera).pk, f"{order}-1", str(order), 2**63, 2**70, 0):
        response = otto.post(f"orders/{reference}/{move}/")
        assert response.status_code == 404, reference
        assert codes(response) == ["not_found"]
    assert statuses(order) == ["PAID", "PAID", "PAID"]


@pytest.mark.parametrize("move", MOVES)
def test_is_not_for_those_who_act_for_nobody(
    alice: User, clerk: User, vera: Seller, move: str
) -> None:
    order = split_order(alice, vera)
    path = f"/api/vendor/orders/{order}-1/{move}/"
    assert client_of().post(path).status_code == 401
    for person in (alice, clerk):
        assert codes(client_of(person).post(path)) == ["not_a_vendor"]
    vera.vendor.status = Vendor.Status.SUSPENDED
    vera.vendor.save()
    response = vera.post(f"orders/{order}-1/{move}/")
    assert response.status_code == 403
    assert codes(response) == ["vendor_suspended"]
    assert statuses(order) == ["PAID", "PAID"]


def test_is_for_fulfillers_but_for_cancelling(alice: User, vera: Seller) -> None:
    order = split_order(alice, vera)
    client = client_of(make_colleague(vera.vendor, Role.FULFILLER))
    response = client.post(f"/api/vendor/orders/{order}-1/cancel/")
    assert response.status_code == 403
    assert codes(response) == ["role_too_low"]
    for move in ("process", "ship", "deliver"):
        assert client.post(f"/api/vendor/orders/{order}-1/{move}/").status_code == 200
    assert statuses(order) == ["DELIVERED", "DELIVERED"]
    another = split_order(alice, vera)
    manager = client_of(make_colleague(vera.vendor, Role.MANAGER))
    assert manager.post(f"/api/vendor/orders/{another}-1/cancel/").status_code == 200


@pytest.mark.parametrize("move", MOVES)
def test_leaves_unpaid_orders_alone(alice: User, vera: Seller, otto: Seller, move: str) -> None:
    order = split_order(alice, vera, otto, paid=False)
    response = vera.post(f"orders/{order}-1/{move}/")
    assert response.status_code == 409
    assert codes(response) == ["order_not_paid"]
    assert statuses(order) == ["PENDING", "PENDING", "PENDING"]


def test_sends_what_is_paid_at_the_door(alice: User, vera: Seller, otto: Seller) -> None:
    order = split_order(alice, vera, otto, paid=False)
    as_payments(services.agree_on_delivery, order=order, actor=alice)
    shipped = body(vera.post(f"orders/{order}-1/ship/", PARCEL))
    assert (shipped["status"], shipped["is_paid"]) == ("SHIPPED", False)
    assert codes(otto.post(f"orders/{order}-2/cancel/")) == ["order_not_paid"]
    assert statuses(order) == ["PROCESSING", "SHIPPED", "PROCESSING"]


@pytest.mark.parametrize(
    ("done", "move"), [("ship", "ship"), ("ship", "cancel"), ("cancel", "ship"), ("", "deliver")]
)
def test_refuses_an_illegal_move(
    alice: User, vera: Seller, otto: Seller, done: str, move: str
) -> None:
    order = split_order(alice, vera, otto)
    if done:
        vera.post(f"orders/{order}-1/{done}/")
    before = statuses(order)
    response = vera.post(f"orders/{order}-1/{move}/", PARCEL)
    assert response.status_code == 409
    assert codes(response) == ["illegal_move"]
    assert statuses(order) == before


@pytest.mark.parametrize(
    "data",
    [
        {"carrier": 7},
        {"carrier": "x" * 101},
        {"tracking_number": ["x"]},
        {"note": None},
        {"note": "x" * 501},
    ],
)
def test_refuses_what_makes_no_sense(alice: User, vera: Seller, data: dict[str, Any]) -> None:
    order = split_order(alice, vera)
    response = vera.post(f"orders/{order}-1/ship/", data)
    assert response.status_code == 400
    assert body(response)["errors"][0]["attr"] == next(iter(data))
    for nonsense in ("null", "[]", '"x"'):
        client = client_of(vera.user)
        path = f"/api/vendor/orders/{order}-1/ship/"
        assert client.post(path, nonsense, content_type="application/json").status_code == 400
    assert statuses(order) == ["PAID", "PAID"]


def test_ignores_what_a_vendor_may_not_decide(alice: User, vera: Seller) -> None:
    order = split_order(alice, vera)
    vera.post(f"orders/{order}-1/process/", {"status": "DELIVERED", "total_price": "1.00"})
    part = part_of(order, vera)
    assert (part.status, str(part.total_price)) == ("PROCESSING", "10.00")


def test_moves_once_under_a_key(alice: User, vera: Seller, otto: Seller) -> None:
    order = split_order(alice, vera, otto)
    key = {"Idempotency-Key": "parcel-1"}
    first = vera.post(f"orders/{order}-1/ship/", PARCEL, **key)
    again = vera.post(f"orders/{order}-1/ship/", PARCEL, **key)
    assert body(again) == body(first)
    assert again["Idempotent-Replayed"] == "true"
    assert VendorOrderStatusChange.objects.filter(to_status="SHIPPED").count() == 1
    VendorMember.objects.create(vendor=otto.vendor, user=vera.user, role=Role.OWNER)
    headers = key | {"X-Vendor": otto.vendor.slug}
    assert vera.post(f"orders/{order}-1/ship/", PARCEL, **headers).status_code == 422
