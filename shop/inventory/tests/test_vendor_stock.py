"""/api/vendor/inventory/: levels, receive/, adjust/ and movements/ of the own goods."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from shop.accounts.models import User
from shop.accounts.tests.make import make_staff
from shop.core import walls
from shop.inventory import services
from shop.inventory.models import StockLevel, StockMovement, Warehouse
from shop.products.models import Variant
from shop.products.tests.make import make_category, make_product, make_seller
from shop.vendors.models import Vendor, VendorMember
from shop.vendors.tests.make import make_vendor
from tests.api import body, client_of, codes

pytestmark = pytest.mark.django_db

STOCK = "/api/vendor/inventory/"
RECEIVE, ADJUST, MOVEMENTS = (f"{STOCK}{name}/" for name in ("receive", "adjust", "movements"))


@pytest.fixture
def vendor() -> Vendor:
    return make_vendor("Vera")


@pytest.fixture
def vera(vendor: Vendor) -> User:
    return make_seller(vendor, VendorMember.Role.FULFILLER)


@pytest.fixture
def client(vera: User) -> APIClient:
    return client_of(vera)


@pytest.fixture
def vase(vendor: Vendor) -> Variant:
    return make_product("Vase", slug="vase", vendor=vendor, stock=10).variants.get()


@pytest.fixture
def coat() -> Variant:
    return make_product("Coat", slug="coat", vendor=make_vendor("Other"), stock=3).variants.get()


def books() -> list[Any]:
    return [*StockLevel.objects.order_by("pk").values(), *StockMovement.objects.values()]


def found(client: APIClient, url: str, **query: Any) -> list[int]:
    response = client.get(url, query)
    assert response.status_code == 200, response.content
    return [row["variant"]["id"] for row in body(response)["results"]]


def test_lists_levels_of_the_own_goods_as_staff_see_them(
    client: APIClient, vase: Variant, coat: Variant
) -> None:
    services.reserve_stock(reference="order:1", quantities={vase.pk: 6})
    answer = body(client.get(STOCK))
    staff = client_of(make_staff("catalog managers"))
    assert answer["count"] == 1
    assert answer["results"] == [
        row
        for row in body(staff.get("/api/store/stock/"))["results"]
        if row["variant"]["id"] == vase.pk
    ]
    assert (answer["results"][0]["available"], answer["results"][0]["low"]) == (4, True)


def test_filters_levels(client: APIClient, vendor: Vendor, vase: Variant, coat: Variant) -> None:
    scarce = make_product("Pot", vendor=vendor, stock=5).variants.get()
    far = services.create_warehouse(name="Far", code="far", vendor=vendor)
    services.receive_stock(variant_id=vase.pk, quantity=90, warehouse=far)
    assert found(client, STOCK, low="true") == [scarce.pk]
    assert found(client, STOCK, sku=scarce.sku) == found(client, STOCK, product=scarce.product_id)
    assert found(client, STOCK, warehouse="far") == [vase.pk]
    assert found(client, STOCK, sku=coat.sku) == found(client, STOCK, product="coat") == []
    assert client.get(STOCK, {"low": "maybe"}).status_code == 400


@pytest.mark.parametrize("url", [STOCK, MOVEMENTS])
def test_takes_as_many_statements_for_one_as_for_fifty(
    client: APIClient, vendor: Vendor, url: str
) -> None:
    def statements() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert found(client, url, page_size=100)
        return len(captured)

    category = make_category()
    make_product(vendor=vendor, category=category)
    few = statements()
    for _ in range(49):
        make_product(vendor=vendor, category=category)
    assert statements() == few


def test_receives_and_adjusts_by_sku_and_by_id(
    client: APIClient, vera: User, vase: Variant
) -> None:
    received = client.post(RECEIVE, {"variant": vase.sku, "quantity": 5, "reason": "4711"})
    assert (received.status_code, body(received)["on_hand"]) == (200, 15)
    adjusted = client.post(ADJUST, {"variant": vase.pk, "change": -1, "reason": "damaged"})
    assert (adjusted.status_code, body(adjusted)["on_hand"]) == (200, 14)
    latest = StockMovement.objects.order_by("-pk")[:2]
    assert [(row.kind, row.quantity, row.actor) for row in latest] == [
        ("adjust", -1, vera),
        ("receive", 5, vera),
    ]


def test_receives_once_for_one_key(client: APIClient, vase: Variant) -> None:
    sent = {"variant": vase.sku, "quantity": 5}
    first, again = (client.post(RECEIVE, sent, HTTP_IDEMPOTENCY_KEY="k") for _ in range(2))
    assert body(first) == body(again)
    assert StockLevel.objects.get().on_hand == 15


def test_receives_into_an_own_warehouse_and_the_main_one_only(
    client: APIClient, vendor: Vendor, vase: Variant, coat: Variant
) -> None:
    services.create_warehouse(name="Far", code="far", vendor=vendor)
    services.create_warehouse(name="Theirs", code="theirs", vendor=make_vendor())
    services.create_warehouse(name="The shop's", code="shops")
    sent = {"variant": vase.pk, "quantity": 5}
    for warehouse in ("far", "main"):
        assert client.post(RECEIVE, sent | {"warehouse": warehouse}).status_code == 200
    before = books()
    for warehouse in ("theirs", "shops", "none"):
        response = client.post(RECEIVE, sent | {"warehouse": warehouse})
        assert (response.status_code, codes(response)) == (404, ["not_found"])
        change = {"variant": vase.pk, "change": 1, "reason": "x", "warehouse": warehouse}
        assert client.post(ADJUST, change).status_code == 404
    assert books() == before


def test_finds_no_goods_of_others(client: APIClient, vase: Variant, coat: Variant) -> None:
    before = books()
    for named in (coat.sku, coat.pk, "none", 0):
        received = client.post(RECEIVE, {"variant": named, "quantity": 5})
        adjusted = client.post(ADJUST, {"variant": named, "change": 1, "reason": "x"})
        assert (received.status_code, adjusted.status_code) == (404, 404)
        assert body(received)["errors"][0]["attr"] == "variant"
    assert books() == before


@pytest.mark.parametrize(
    ("url", "sent", "status"),
    [
        (RECEIVE, {"quantity": 0}, 400),
        (RECEIVE, {"quantity": "5"}, 400),
        (RECEIVE, {"quantity": 2**63}, 400),
        (ADJUST, {"change": 1}, 400),
        (ADJUST, {"change": 0, "reason": "x"}, 400),
        (ADJUST, {"change": -11, "reason": "x"}, 409),
    ],
)
def test_refuses_what_staff_could_not_do_either(
    client: APIClient, vase: Variant, url: str, sent: dict[str, Any], status: int
) -> None:
    before = books()
    assert client.post(url, {"variant": vase.pk} | sent).status_code == status
    assert books() == before


def test_lists_movements_and_names_colleagues_but_no_staff(
    client: APIClient, vera: User, vase: Variant, coat: Variant
) -> None:
    staff = make_staff("catalog managers")
    services.receive_stock(variant_id=vase.pk, quantity=1, actor=staff)
    services.receive_stock(variant_id=vase.pk, quantity=2, actor=vera)
    services.receive_stock(variant_id=coat.pk, quantity=3, actor=vera)
    response = client.get(MOVEMENTS)
    answer = body(response)
    assert [(row["quantity"], row["actor"]) for row in answer["results"]] == [
        (2, {"id": vera.pk, "email": vera.email}),
        (1, None),
        (10, None),
    ]
    assert staff.email not in str(response.content)
    assert found(client, MOVEMENTS, kind="receive", variant="coat") == []
    assert found(client, MOVEMENTS, variant=coat.sku) == []
    assert found(client, MOVEMENTS, variant=vase.sku, warehouse="main") == [vase.pk] * 3


def test_hides_the_stock_of_others_behind_the_wall(
    vendor: Vendor, vase: Variant, coat: Variant
) -> None:
    services.create_warehouse(name="Theirs", code="theirs", vendor=make_vendor())
    with walls.behind(vendor.pk):
        assert {row.variant_id for row in StockLevel.objects.all()} == {vase.pk}
        assert {row.level.variant_id for row in StockMovement.objects.all()} == {vase.pk}
        assert [row.code for row in Warehouse.objects.all()] == ["main"]


def test_is_closed_to_a_suspended_vendor(client: APIClient, vendor: Vendor, vase: Variant) -> None:
    Vendor.objects.filter(pk=vendor.pk).update(status=Vendor.Status.SUSPENDED)
    before = books()
    for response in (
        client.get(STOCK),
        client.get(MOVEMENTS),
        client.post(RECEIVE, {"variant": vase.pk, "quantity": 5}),
        client.post(ADJUST, {"variant": vase.pk, "change": 1, "reason": "x"}),
    ):
        assert (response.status_code, codes(response)) == (403, ["vendor_suspended"])
    assert client_of().get(STOCK).status_code == 401
    assert books() == before
