"""The parcels of an order: its buyer follows them, staff go on where no vendor can."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from shop.accounts.models import User
from shop.accounts.tests.make import make_staff
from shop.orders.models import Order, VendorOrder, VendorOrderStatusChange
from shop.orders.tests.sellers import Seller, make_seller, part_of, split_order
from shop.vendors.models import Vendor
from tests.api import body, client_of, codes

pytestmark = pytest.mark.django_db

MOVES = ("process", "ship", "deliver", "cancel")


def parcels_of(order: Order) -> str:
    return f"/api/store/orders/{order}/parcels/"


def statuses(order: Order) -> list[str]:
    """Of the order and of its parts."""
    order.refresh_from_db()
    parts = VendorOrder.objects.filter(order=order).order_by("id")
    return [order.status, *parts.values_list("status", flat=True)]


def test_lists_the_parcels_to_the_buyer_and_to_staff(
    alice: User, bob: User, clerk: User, vera: Seller, otto: Seller
) -> None:
    order = split_order(alice, vera, otto)
    for person in (alice, clerk, make_staff("support")):
        page = body(client_of(person).get(parcels_of(order)))
        assert [parcel["number"] for parcel in page["results"]] == [f"{order}-1", f"{order}-2"]
        assert page["results"][0]["vendor"]["slug"] == vera.vendor.slug
        assert page["results"] == body(client_of(alice).get(parcels_of(order)[:-8]))["parcels"]
    for stranger in (bob, vera.user, make_staff("catalog managers")):
        assert client_of(stranger).get(parcels_of(order)).status_code == 404
    assert client_of().get(parcels_of(order)).status_code == 401


def test_goes_on_with_the_part_of_a_suspended_vendor(
    alice: User, clerk: User, vera: Seller, otto: Seller
) -> None:
    order = split_order(alice, vera, otto)
    vera.vendor.status = Vendor.Status.SUSPENDED
    vera.vendor.save()
    address = f"{parcels_of(order)}{order}-1/"
    client = client_of(clerk)
    assert body(client.post(f"{address}process/"))["status"] == "PROCESSING"
    shipped = body(client.post(f"{address}ship/", {"carrier": "DHL", "tracking_number": "0034"}))
    assert (shipped["status"], shipped["carrier"]) == ("SHIPPED", "DHL")
    part = part_of(order, vera)
    by_id = f"/api/store/orders/{order.pk}/parcels/{part.pk}/"
    assert body(client.post(f"{by_id}deliver/", {"note": "At the door."}))["id"] == part.pk
    assert statuses(order) == ["PAID", "DELIVERED", "PAID"]
    last = VendorOrderStatusChange.objects.filter(vendor_order=part).latest("id")
    assert (last.actor, last.note) == (clerk, "At the door.")


def test_cancels_one_parcel(alice: User, clerk: User, vera: Seller, otto: Seller) -> None:
    order = split_order(alice, vera, otto)
    answer = body(client_of(clerk).post(f"{parcels_of(order)}{order}-2/cancel/"))
    assert answer["status"] == "CANCELLED"
    assert statuses(order) == ["PAID", "PAID", "CANCELLED"]


@pytest.mark.parametrize("move", MOVES)
def test_is_moved_by_staff_who_may_change_orders(
    alice: User, bob: User, clerk: User, vera: Seller, otto: Seller, move: str
) -> None:
    order = split_order(alice, vera, otto)
    address = f"{parcels_of(order)}{order}-1/{move}/"
    for person in (alice, bob, vera.user, make_staff("support"), make_staff("catalog managers")):
        response = client_of(person).post(address)
        assert response.status_code == 403
        assert codes(response) == ["permission_denied"]
    assert client_of().post(address).status_code == 401
    assert statuses(order) == ["PAID", "PAID", "PAID"]


@pytest.mark.parametrize("move", MOVES)
def test_finds_no_parcel_of_another_order(
    alice: User, clerk: User, vera: Seller, otto: Seller, move: str
) -> None:
    order, other = split_order(alice, vera, otto), split_order(alice, vera)
    for reference in (part_of(other, vera).pk, f"{other}-1", 0, 2**63, 2**70, "%F0%9F%98%80"):
        response = client_of(clerk).post(f"{parcels_of(order)}{reference}/{move}/")
        assert response.status_code == 404, reference
    response = client_of(clerk).post(f"/api/store/orders/NX-1/parcels/{order}-1/{move}/")
    assert response.status_code == 404
    assert statuses(order) == ["PAID", "PAID", "PAID"]
    assert statuses(other) == ["PAID", "PAID"]


def test_refuses_what_the_state_does_not_allow(
    alice: User, clerk: User, vera: Seller, otto: Seller
) -> None:
    unpaid, order = split_order(alice, vera, paid=False), split_order(alice, vera, otto)
    client = client_of(clerk)
    assert codes(client.post(f"{parcels_of(unpaid)}{unpaid}-1/ship/")) == ["order_not_paid"]
    assert codes(client.post(f"{parcels_of(order)}{order}-1/deliver/")) == ["illegal_move"]


@pytest.mark.parametrize("data", [{"carrier": 7}, {"tracking_number": "x" * 101}, {"note": None}])
def test_refuses_what_makes_no_sense(
    alice: User, clerk: User, vera: Seller, data: dict[str, Any]
) -> None:
    order = split_order(alice, vera)
    response = client_of(clerk).post(f"{parcels_of(order)}{order}-1/ship/", data)
    assert response.status_code == 400
    assert body(response)["errors"][0]["attr"] == next(iter(data))
    assert statuses(order) == ["PAID", "PAID"]


def test_moves_once_under_a_key(alice: User, clerk: User, vera: Seller) -> None:
    order = split_order(alice, vera)
    client, address = client_of(clerk), f"{parcels_of(order)}{order}-1/ship/"
    answers = [client.post(address, headers={"Idempotency-Key": "k"}) for _ in range(2)]
    assert body(answers[0]) == body(answers[1])
    assert [answer.status_code for answer in answers] == [200, 200]
    assert VendorOrderStatusChange.objects.filter(to_status="SHIPPED").count() == 1


def test_asks_as_often_for_50_parcels_as_for_1(alice: User) -> None:
    client, counts = client_of(alice), []
    sellers = [make_seller(f"Seller {number}") for number in range(50)]
    for order in (split_order(alice, sellers[0]), split_order(alice, *sellers)):
        with CaptureQueriesContext(connection) as captured:
            page = body(client.get(parcels_of(order), {"page_size": 100}))
        counts.append((page["count"], len(captured)))
    assert [count for count, _ in counts] == [1, 50]
    assert counts[0][1] == counts[1][1] <= 4, counts
