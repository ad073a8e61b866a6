import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from shop.accounts.models import User
from shop.accounts.tests.make import make_staff
from shop.orders import services
from shop.orders.models import Order
from shop.orders.tests.make import as_payments, make_order, make_split_order, make_variant
from tests.api import body, client_of, codes

pytestmark = pytest.mark.django_db

ORDERS = "/api/store/orders/"


def test_lists_own_orders_newest_first(alice: User, bob: User) -> None:
    first, second = make_order(alice), make_order(alice)
    make_order(bob)
    page = body(client_of(alice).get(ORDERS))
    assert page["count"] == 2
    assert [order["number"] for order in page["results"]] == [second.number, first.number]
    assert page["results"][0]["items"][0]["quantity"] == 1


def test_shows_staff_every_order(alice: User, bob: User) -> None:
    make_order(alice)
    make_order(bob)
    assert body(client_of(make_staff("support")).get(ORDERS))["count"] == 2
    assert body(client_of(make_staff("catalog managers")).get(ORDERS))["count"] == 0


def test_filters_by_status_in_any_case(alice: User) -> None:
    services.cancel_order(order=make_order(alice), actor=alice)
    make_order(alice)
    for status, count in (("cancelled", 1), ("PENDING", 1), ("Shipped", 0), ("", 2)):
        assert body(client_of(alice).get(ORDERS, {"status": status}))["count"] == count


@pytest.mark.parametrize("status", ["lost", "1", "PENDING,PAID", "\ud7ff"])
def test_refuses_a_status_that_does_not_exist(alice: User, status: str) -> None:
    response = client_of(alice).get(ORDERS, {"status": status})
    assert response.status_code == 400
    assert codes(response) == ["invalid_choice"]
    assert body(response)["errors"][0]["attr"] == "status"


def test_finds_an_order_by_id_and_by_number(alice: User) -> None:
    order = make_order(alice)
    for reference in (order.pk, order.number, order.number.lower()):
        response = client_of(alice).get(f"{ORDERS}{reference}/")
        assert body(response)["id"] == order.pk


@pytest.mark.parametrize("path", ["", "items/", "history/", "cancel/"])
def test_hides_the_orders_of_others(alice: User, bob: User, path: str) -> None:
    order = make_order(alice)
    for reference in (order.pk, order.number, 2**63, 2**70, "NX-1999-000001", "%F0%9F%98%80"):
        address = f"{ORDERS}{reference}/{path}"
        client = client_of(bob)
        response = client.post(address) if path == "cancel/" else client.get(address)
        assert response.status_code == 404, address
        assert codes(response) == ["not_found"]
    order.refresh_from_db()
    assert order.status == Order.Status.PENDING


def test_lists_the_lines_of_an_order(alice: User) -> None:
    order = make_order(alice, variants=[make_variant() for _ in range(3)])
    page = body(client_of(alice).get(f"{ORDERS}{order.number}/items/"))
    assert page["count"] == 3
    assert page["results"] == body(client_of(alice).get(f"{ORDERS}{order.pk}/"))["items"]


def test_shows_one_parcel_for_each_vendor(alice: User, clerk: User) -> None:
    order, (first, second) = make_split_order(alice, quantity=2)
    as_payments(services.mark_paid, order=order, actor=alice)
    services.ship_part(part=second, actor=clerk, carrier="DHL", tracking_number="7")
    answer = body(client_of(alice).get(f"{ORDERS}{order.pk}/"))
    waiting, sent = answer["parcels"]
    shipped_at = sent.pop("shipped_at")
    assert shipped_at.startswith("20")
    assert shipped_at.endswith("Z")
    assert sent == {
        "id": second.pk,
        "number": f"{order.number}-2",
        "vendor": {
            "id": second.vendor_id,
            "name": second.vendor.name,
            "slug": second.vendor.slug,
        },
        "status": "SHIPPED",
        "items": [second.items.get().pk],
        "total_price": "20.00",
        "carrier": "DHL",
        "tracking_number": "7",
        "delivered_at": None,
        "cancelled_at": None,
    }
    assert (waiting["id"], waiting["status"], waiting["tracking_number"]) == (first.pk, "PAID", "")
    assert [item["vendor_order"] for item in answer["items"]] == [first.pk, second.pk]
    assert answer["status"] == "PAID"


def test_tells_who_moved_it_but_not_which_of_the_staff(alice: User, clerk: User) -> None:
    order = make_order(alice)
    services.process_order(order=order, actor=clerk, note="Invoice agreed.")
    history = f"{ORDERS}{order.pk}/history/"
    placed, processed = body(client_of(alice).get(history))["results"]
    assert (placed["from_status"], placed["to_status"]) == ("", "PENDING")
    assert (placed["actor"], placed["actor_email"]) == ("customer", "alice@example.test")
    assert (processed["from_status"], processed["to_status"]) == ("PENDING", "PROCESSING")
    assert (processed["actor"], processed["actor_email"]) == ("staff", None)
    assert processed["note"] == "Invoice agreed."
    shown_to_staff = body(client_of(clerk).get(history))["results"]
    assert shown_to_staff[1]["actor_email"] == "clerk@example.test"


def test_refuses_page_0(alice: User) -> None:
    response = client_of(alice).get(ORDERS, {"page": 0})
    assert response.status_code == 400
    codes(response)


def test_lists_50_orders_with_as_many_queries_as_1(alice: User) -> None:
    client, counts = client_of(alice), []
    variant = make_variant(stock=200)
    for wanted in (1, 50):
        while Order.objects.count() < wanted:
            make_order(alice, variants=[variant])
        with CaptureQueriesContext(connection) as captured:
            page = body(client.get(ORDERS, {"page_size": 100}))
        assert len(page["results"]) == wanted
        counts.append(len(captured))
    assert counts[0] == counts[1] <= 5, counts
