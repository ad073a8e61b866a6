"""The orders of the vendor that somebody acts for, by GraphQL: read, packed, sent, cancelled."""

from contextlib import AbstractContextManager
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from shop.accounts.models import User
from shop.accounts.tests.make import make_address, make_staff, make_user
from shop.core import walls
from shop.orders.models import Order, VendorOrder, VendorOrderStatusChange
from shop.orders.part_querysets import Parts
from shop.orders.tests.sellers import (
    Role,
    Seller,
    make_colleague,
    make_seller,
    part_of,
    split_order,
)
from shop.reviews.tests.make import make_review
from shop.vendors.models import Vendor, VendorMember
from tests.api import body, client_of
from tests.graphql_door import ask, data, problem

pytestmark = pytest.mark.django_db

FIELDS = """pk number orderNumber status isPaid placedAt paidAt currency subtotal shippingTotal taxTotal discountTotal totalPrice
  commissionTotal shippingAddress { fullName city } note carrier trackingNumber shippedAt deliveredAt cancelledAt createdAt updatedAt
  items { pk product { id pk name } sku options { name } quantity refundedQuantity price lineTotal commissionPercent commissionFee commissionTotal }"""
ONE = f"query($id: ID!) {{ vendorOrder(id: $id) {{ {FIELDS} }} }}"
LIST = f"query($filter: VendorOrderFilter, $first: Int) {{ vendorOrders(filter: $filter, first: $first) {{ totalCount edges {{ node {{ {FIELDS} }} }} }} }}"
HISTORY = "query($id: ID!) { vendorOrderHistory(vendorOrder: $id, first: 3) { totalCount edges { node { fromStatus toStatus actor actorEmail note createdAt } } } }"
SUMMARY = """query($from: String, $to: String) { vendorSummary(from: $from, to: $to) { from to currency
  days { date orders sales averageRating } totals { orders units sales refunds commission averageRating reviewCount } } }"""
SHIP = "mutation($id: ID!, $input: ShipInput) { shipVendorOrder(vendorOrder: $id, input: $input) { vendorOrder { status carrier trackingNumber shippedAt } } }"
MOVES = {
    "processVendorOrder": "PROCESSING",
    "shipVendorOrder": "SHIPPED",
    "deliverVendorOrder": "DELIVERED",
    "cancelVendorOrder": "CANCELLED",
}


def move(name: str, words: str = "") -> str:
    return f"mutation($id: ID!) {{ {name}(vendorOrder: $id{words}) {{ vendorOrder {{ number status }} }} }}"


@pytest.fixture
def alice() -> User:
    return make_user("alice@example.test")


@pytest.fixture
def vera() -> Seller:
    return make_seller("Vera's Vases")


@pytest.fixture
def otto() -> Seller:
    return make_seller("Otto's Coats")


def statuses(order: Order) -> list[str]:
    order.refresh_from_db()
    parts = VendorOrder.objects.filter(order=order).order_by("id")
    return [order.status, *parts.values_list("status", flat=True)]


def test_a_vendors_order_reads_as_in_rest(alice: User, vera: Seller, otto: Seller) -> None:
    make_address(alice, is_default_shipping=True)
    order = split_order(alice, vera, otto, quantity=2)
    part, client = part_of(order, vera), client_of(vera.user)
    rest = body(vera.get(f"orders/{part.pk}/"))
    for named in (str(part.pk), part.number, part.number.lower()):
        read = data(client, ONE, {"id": named})["vendorOrder"]
        for ours, theirs in (
            ("number", "number"),
            ("orderNumber", "order_number"),
            ("isPaid", "is_paid"),
            ("totalPrice", "total_price"),
            ("commissionTotal", "commission_total"),
            ("placedAt", "placed_at"),
            ("paidAt", "paid_at"),
            ("note", "note"),
        ):
            assert read[ours] == rest[theirs], ours
        assert read["shippingAddress"]["city"] == rest["shipping_address"]["city"]
        (item,) = read["items"]
        assert (item["sku"], item["quantity"]) == (vera.variant.sku, 2)
        assert item["commissionTotal"] == rest["items"][0]["commission_total"]


def test_the_list_is_the_vendors_own_and_takes_the_filters_of_rest(
    alice: User, vera: Seller, otto: Seller
) -> None:
    first, second = split_order(alice, vera, otto), split_order(alice, vera, paid=False)
    split_order(alice, otto)
    client = client_of(vera.user)

    def numbers(**wanted: Any) -> list[str]:
        edges = data(client, LIST, {"filter": wanted})["vendorOrders"]["edges"]
        return [edge["node"]["orderNumber"] for edge in edges]

    assert numbers() == [second.number, first.number]
    assert numbers(status="PENDING") == [second.number]
    assert numbers(search=first.number.lower(), status=None) == [first.number]
    assert numbers(placedBefore="2020-01-01T00:00:00Z") == []
    assert len(numbers(placedAfter="2020-01-01T00:00:00Z")) == 2
    wrong = ask(client, LIST, {"filter": {"placedAfter": "soon"}})
    assert problem(wrong) == ("invalid", "placedAfter", 400)


def test_orders_are_read_behind_the_wall(
    alice: User, vera: Seller, otto: Seller, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever is asked of the database, PostgreSQL shows the seller no part of others."""
    order = split_order(alice, vera, otto)
    monkeypatch.setattr(Parts, "_where", lambda *_: "WHERE TRUE")
    found = data(client_of(vera.user), LIST)["vendorOrders"]
    assert [edge["node"]["number"] for edge in found["edges"]] == [part_of(order, vera).number]
    assert found["totalCount"] == 1


def test_a_page_takes_the_same_few_statements_for_one_and_for_fifty(
    alice: User, vera: Seller
) -> None:
    for _ in range(50):
        split_order(alice, vera)
    counts = {}
    for first in (1, 50):
        with CaptureQueriesContext(connection) as captured:
            found = data(client_of(vera.user), LIST, {"first": first})["vendorOrders"]
        counts[first] = len(captured)
        assert len(found["edges"]) == first
    assert counts[1] == counts[50] <= 20, [one["sql"] for one in captured]


def test_a_part_goes_from_paid_to_delivered(alice: User, vera: Seller, otto: Seller) -> None:
    order = split_order(alice, vera, otto)
    part, client = part_of(order, vera), client_of(vera.user)
    done = data(client, move("processVendorOrder"), {"id": part.number})
    assert done["processVendorOrder"]["vendorOrder"]["status"] == "PROCESSING"
    parcel = {"carrier": "DHL", "trackingNumber": "0034", "note": "Two boxes."}
    shipped = data(client, SHIP, {"id": part.number, "input": parcel})["shipVendorOrder"]
    assert shipped["vendorOrder"]["carrier"] == "DHL"
    assert shipped["vendorOrder"]["shippedAt"].endswith("Z")
    assert statuses(order) == ["PAID", "SHIPPED", "PAID"]
    data(client, move("deliverVendorOrder", ', note: "At the door."'), {"id": part.pk})
    assert statuses(order) == ["PAID", "DELIVERED", "PAID"]
    notes = VendorOrderStatusChange.objects.filter(actor=vera.user).values_list("note", flat=True)
    assert set(notes) == {"", "Two boxes.", "At the door."}
    history = data(client, HISTORY, {"id": part.pk})["vendorOrderHistory"]
    rest = body(vera.get(f"orders/{part.pk}/history/", page_size=3))
    assert history["totalCount"] == rest["count"] > 3
    for edge, row in zip(history["edges"], rest["results"], strict=True):
        assert edge["node"]["toStatus"] == row["to_status"]
        assert edge["node"]["actor"] == row["actor"]
        assert edge["node"]["createdAt"] == row["created_at"]


def test_a_cancelled_part_leaves_the_others_alone(alice: User, vera: Seller, otto: Seller) -> None:
    order = split_order(alice, vera, otto)
    query = move("cancelVendorOrder", ', note: "The last one broke."')
    data(client_of(vera.user), query, {"id": part_of(order, vera).pk})
    assert statuses(order) == ["PAID", "CANCELLED", "PAID"]


# --- Who may not ----------------------------------------------------------------------------


@pytest.mark.parametrize("name", MOVES)
def test_moves_are_refused_as_in_rest(name: str, alice: User, vera: Seller, otto: Seller) -> None:
    order, query = split_order(alice, vera, otto), move(name)
    part = part_of(order, vera)
    before = statuses(order)
    for person, code, status in [
        (None, "not_authenticated", 401),
        (alice, "not_a_vendor", 403),
        (make_staff("order managers"), "not_a_vendor", 403),
        (otto.user, "not_found", 404),
    ]:
        assert problem(ask(client_of(person), query, {"id": part.pk})) == (code, None, status)
    client = client_of(vera.user)
    for named in (order.number, part_of(order, otto).pk, "nothing", 0, 2**31 - 1, "9" * 30):
        assert problem(ask(client, query, {"id": str(named)}))[0] == "not_found", named
    unpaid = part_of(split_order(alice, vera, paid=False), vera)
    assert problem(ask(client, query, {"id": unpaid.pk})) == ("order_not_paid", None, 409)
    Vendor.objects.filter(pk=vera.vendor.pk).update(status=Vendor.Status.SUSPENDED)
    assert problem(ask(client, query, {"id": part.pk}))[0] == "vendor_suspended"
    assert statuses(order) == before


def test_fulfillers_send_and_only_managers_cancel(alice: User, vera: Seller) -> None:
    order = split_order(alice, vera)
    part = part_of(order, vera)
    fulfiller = client_of(make_colleague(vera.vendor, Role.FULFILLER))
    for query in (move("cancelVendorOrder"), SUMMARY):
        assert problem(ask(fulfiller, query, {"id": part.pk}))[0] == "role_too_low"
    for query in (ONE, HISTORY, LIST, move("shipVendorOrder")):
        data(fulfiller, query, {"id": part.pk})
    assert statuses(order) == ["SHIPPED", "SHIPPED"]
    manager = client_of(make_colleague(vera.vendor, Role.MANAGER))
    late = ask(manager, move("cancelVendorOrder"), {"id": part.pk})
    assert problem(late) == ("illegal_move", None, 409)


@pytest.mark.parametrize("query", [ONE, HISTORY])
def test_anothers_part_is_not_there(query: str, alice: User, vera: Seller, otto: Seller) -> None:
    part = part_of(split_order(alice, vera, otto), vera)
    for named in (part.pk, part.number):
        assert problem(ask(client_of(otto.user), query, {"id": named})) == ("not_found", None, 404)
    assert problem(ask(client_of(alice), query, {"id": part.pk}))[0] == "not_a_vendor"


def test_the_header_says_for_whom(alice: User, vera: Seller, otto: Seller) -> None:
    order = split_order(alice, vera, otto)
    VendorMember.objects.create(vendor=otto.vendor, user=vera.user, role=Role.OWNER)
    client, vases = client_of(vera.user), {"X-Vendor": vera.vendor.slug}
    assert problem(ask(client, LIST))[0] == "vendor_required"
    found = data(client, LIST, None, **vases)["vendorOrders"]
    assert [edge["node"]["number"] for edge in found["edges"]] == [part_of(order, vera).number]
    coats = part_of(order, otto)
    assert problem(ask(client, move("shipVendorOrder"), {"id": coats.pk}, **vases))[2] == 404


# --- The summary ----------------------------------------------------------------------------


def test_days_are_summed_up_as_in_rest(alice: User, vera: Seller, otto: Seller) -> None:
    split_order(alice, vera, otto, quantity=3)
    make_review(vera.variant.product, rating=4)
    told = data(client_of(vera.user), SUMMARY)["vendorSummary"]
    rest = body(vera.get("summary/"))
    assert (told["from"], told["to"], told["currency"]) == (rest["from"], rest["to"], "USD")
    assert len(told["days"]) == 30
    assert told["days"][-1]["sales"] == rest["totals"]["sales"] == "30.00"
    assert told["totals"]["units"] == 3
    assert (told["totals"]["averageRating"], told["totals"]["reviewCount"]) == (4.0, 1)
    few = data(client_of(vera.user), SUMMARY, {"from": "2026-03-01", "to": "2026-03-02"})
    assert [day["date"] for day in few["vendorSummary"]["days"]] == ["2026-03-01", "2026-03-02"]
    backwards = {"from": "2026-03-02", "to": "2026-03-01"}
    assert problem(ask(client_of(vera.user), SUMMARY, backwards)) == ("invalid", "from", 400)


def test_the_summary_is_read_behind_the_wall(vera: Seller, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []
    enter = walls.behind

    def entered(vendor_id: int) -> AbstractContextManager[None]:
        asked.append(vendor_id)
        return enter(vendor_id)

    monkeypatch.setattr(walls, "behind", entered)
    data(client_of(vera.user), SUMMARY)
    assert asked == [vera.vendor.pk]
