"""A vendor reads its own parts of orders, and of others nothing at all."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from shop.accounts.models import User
from shop.accounts.tests.make import make_address
from shop.core import walls
from shop.core.errors import NotFound
from shop.orders import services, summary
from shop.orders.models import OrderItem, VendorOrder
from shop.orders.part_querysets import Parts, history_of
from shop.orders.tests.make import as_payments
from shop.orders.tests.sellers import Role, Seller, make_colleague, part_of, split_order
from shop.vendors.models import Vendor, VendorMember
from tests.api import body, client_of, codes

pytestmark = pytest.mark.django_db

ORDERS = "/api/vendor/orders/"


def test_lists_own_parts_newest_first(alice: User, vera: Seller, otto: Seller) -> None:
    first, second = split_order(alice, otto, vera), split_order(alice, vera)
    split_order(alice, otto)
    page = body(vera.get())
    assert page["count"] == 2
    assert [part["number"] for part in page["results"]] == [f"{second}-1", f"{first}-2"]
    assert [part["order_number"] for part in page["results"]] == [str(second), str(first)]


def test_shows_all_that_packing_and_sending_needs(alice: User, vera: Seller) -> None:
    make_address(alice, is_default_shipping=True, phone_number="+12175550100")
    order = split_order(alice, vera, quantity=3)
    OrderItem.objects.update(commission_percent=10, commission_total=3)
    VendorOrder.objects.update(commission_total=3)
    order.refresh_from_db()
    part = body(vera.get(f"orders/{order}-1/"))
    (item,) = part.pop("items")
    assert part.pop("created_at") <= part.pop("updated_at")
    assert part.pop("placed_at") <= part.pop("paid_at")
    variant = vera.variant
    assert item == {
        "id": OrderItem.objects.get().pk,
        "product": {
            "id": variant.product_id,
            "name": variant.product.name,
            "slug": variant.product.slug,
        },
        "variant_id": variant.pk,
        "product_name": variant.product.name,
        "sku": variant.sku,
        "options": {},
        "quantity": 3,
        "refunded_quantity": 0,
        "price": "10.00",
        "line_total": "30.00",
        "commission_percent": "10.00",
        "commission_fee": "0.00",
        "commission_total": "3.00",
    }
    assert part == {
        "id": part_of(order, vera).pk,
        "number": f"{order}-1",
        "order_number": str(order),
        "status": "PAID",
        "is_paid": True,
        "currency": "USD",
        "subtotal": "30.00",
        "shipping_total": "0.00",
        "tax_total": "0.00",
        "discount_total": "0.00",
        "total_price": "30.00",
        "commission_total": "3.00",
        "shipping_address": order.shipping_address,
        "note": "Please ring twice.",
        "carrier": "",
        "tracking_number": "",
        "shipped_at": None,
        "delivered_at": None,
        "cancelled_at": None,
    }


def test_tells_nothing_of_the_buyer_and_of_other_vendors(
    alice: User, vera: Seller, otto: Seller
) -> None:
    make_address(alice, is_default_shipping=True)
    make_address(alice, is_default_billing=True, full_name="Alice's Bank")
    order = split_order(alice, vera, otto, quantity=3)
    for path in ("orders/", f"orders/{order}-1/", f"orders/{order}-1/history/"):
        text = vera.get(path).content.decode()
        for secret in (
            alice.email,
            "Alice's Bank",
            otto.vendor.name,
            otto.variant.sku,
            f"{order}-2",
            "60.00",
        ):
            assert secret not in text, path
    (part,) = body(vera.get())["results"]
    assert not part.keys() & {"email", "user", "billing_address", "payments", "order", "vendor"}
    assert [item["sku"] for item in part["items"]] == [vera.variant.sku]


def test_finds_one_by_id_and_by_number(alice: User, vera: Seller) -> None:
    part = part_of(split_order(alice, vera), vera)
    for reference in (part.pk, part.number, part.number.lower()):
        assert body(vera.get(f"orders/{reference}/"))["id"] == part.pk


@pytest.mark.parametrize("path", ["", "history/"])
def test_hides_the_parts_of_others(alice: User, vera: Seller, otto: Seller, path: str) -> None:
    order = split_order(alice, vera, otto)
    part = part_of(order, vera)
    assert otto.list() == [f"{order}-2"]
    references = (part.pk, part.number, str(order), 0, 2**63, 2**70, "NX-1", "%F0%9F%98%80")
    for reference in references:
        response = otto.get(f"orders/{reference}/{path}")
        assert response.status_code == 404, reference
        assert codes(response) == ["not_found"]


def test_is_for_members_of_an_approved_vendor(alice: User, vera: Seller) -> None:
    order = split_order(alice, vera)
    paths = [ORDERS, f"{ORDERS}{order}-1/", f"{ORDERS}{order}-1/history/"]
    fulfiller = make_colleague(vera.vendor, Role.FULFILLER)
    for path in paths:
        assert client_of().get(path).status_code == 401
        response = client_of(alice).get(path)
        assert response.status_code == 403
        assert codes(response) == ["not_a_vendor"]
        assert client_of(fulfiller).get(path).status_code == 200
    vera.vendor.status = Vendor.Status.SUSPENDED
    vera.vendor.save()
    for path in paths:
        response = client_of(vera.user).get(path)
        assert response.status_code == 403
        assert codes(response) == ["vendor_suspended"]


def test_is_of_the_vendor_that_the_header_names(alice: User, vera: Seller, otto: Seller) -> None:
    order = split_order(alice, vera, otto)
    VendorMember.objects.create(vendor=otto.vendor, user=vera.user, role=Role.FULFILLER)
    client = client_of(vera.user)
    assert codes(client.get(ORDERS)) == ["vendor_required"]
    for seller, number in ((vera, f"{order}-1"), (otto, f"{order}-2")):
        page = body(client.get(ORDERS, headers={"X-Vendor": seller.vendor.slug}))
        assert [part["number"] for part in page["results"]] == [number]


def test_shows_what_is_not_paid_yet_as_such(alice: User, vera: Seller) -> None:
    order = split_order(alice, vera, paid=False)
    (part,) = body(vera.get())["results"]
    assert (part["status"], part["is_paid"], part["paid_at"]) == ("PENDING", False, None)
    services.cancel_order(order=order, actor=alice)
    (part,) = body(vera.get(status="cancelled"))["results"]
    assert part["cancelled_at"] is not None


def test_filters_by_status_in_any_case(alice: User, vera: Seller) -> None:
    paid, waiting = split_order(alice, vera), split_order(alice, vera, paid=False)
    assert vera.list(status="paid") == [f"{paid}-1"]
    assert vera.list(status="PENDING") == [f"{waiting}-1"]
    assert vera.list(status="Shipped") == []


def test_finds_by_a_piece_of_the_number(alice: User, vera: Seller, otto: Seller) -> None:
    first, second = split_order(alice, vera, otto), split_order(alice, vera)
    assert vera.list(search=str(second)[-3:]) == [f"{second}-1"]
    assert vera.list(search=f" {str(first).lower()} ") == [f"{first}-1"]
    assert vera.list(search="%") == vera.list(search="_") == []
    assert vera.list(search=f"{first}-2") == []


def test_filters_by_when_it_was_placed(alice: User, vera: Seller) -> None:
    old, new = split_order(alice, vera), split_order(alice, vera)
    VendorOrder.objects.filter(order=old).update(created_at=old.placed_at - timedelta(days=9))
    moment = old.placed_at.isoformat()
    assert vera.list(placed_after=moment) == [f"{new}-1"]
    assert vera.list(placed_before=moment) == [f"{old}-1"]
    day = (old.placed_at - timedelta(days=20)).date().isoformat()
    assert len(vera.list(placed_after=day, placed_before="9999-12-31")) == 2


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"status": "lost"}, "status"),
        ({"status": "\ud7ff"}, "status"),
        ({"search": "x" * 51}, "search"),
        ({"placed_after": "yesterday"}, "placed_after"),
        ({"placed_before": "2026-02-30"}, "placed_before"),
        ({"placed_before": "0001-01-01T00:00:00+14:00"}, "placed_before"),
        ({"page": "0"}, "page"),
        ({"page_size": "101"}, "page_size"),
    ],
)
def test_refuses_filters_that_make_no_sense(
    vera: Seller, query: dict[str, Any], field: str
) -> None:
    response = vera.get(**query)
    assert response.status_code == 400
    codes(response)
    assert body(response)["errors"][0]["attr"] == field


def test_lists_50_parts_with_as_many_queries_as_1(alice: User, vera: Seller) -> None:
    client, counts = client_of(vera.user), []
    for wanted in (1, 50):
        while VendorOrder.objects.count() < wanted:
            split_order(alice, vera)
        with CaptureQueriesContext(connection) as captured:
            page = body(client.get(ORDERS, {"page_size": 100}))
        assert len(page["results"]) == wanted
        counts.append(len([q for q in captured if "SAVEPOINT" not in q["sql"]]))
    # Who is it, for whom does it act, in and out of the wall, count and page.
    assert counts[0] == counts[1] <= 6, counts


def test_is_behind_the_second_wall_too(alice: User, vera: Seller, otto: Seller) -> None:
    """As if a view had taken the wrong vendor for its queryset."""
    part, today = part_of(split_order(alice, vera, otto), vera), timezone.now().date()
    parts = Parts(vendor=vera.vendor.pk)
    with walls.behind(otto.vendor.pk):
        assert (parts.count(), parts[0:9], history_of(part)) == (0, [], [])
        told = summary.of_days(vendor_id=vera.vendor.pk, first=today, last=today)
    assert told["totals"]["orders"] == 0
    for find in (parts.answer, parts.find):
        with pytest.raises(NotFound), walls.behind(otto.vendor.pk):
            find(part.pk)
    with walls.behind(vera.vendor.pk):
        assert parts.count() == 1


def test_shows_where_the_buyer_lives_only_while_there_is_something_to_send(
    alice: User, vera: Seller, otto: Seller
) -> None:
    make_address(alice)
    order = split_order(alice, vera, otto, paid=False)
    street = (order.shipping_address or {})["line1"]

    def address() -> Any:
        (part,) = body(vera.get())["results"]
        return part["shipping_address"]

    assert address() is None
    as_payments(services.mark_paid, order=order, actor=alice)
    assert address()["line1"] == street
    services.cancel_part(part=part_of(order, vera), actor=vera.user)
    assert address() is None
    assert street not in vera.get(f"orders/{part_of(order, vera).pk}/").content.decode()
