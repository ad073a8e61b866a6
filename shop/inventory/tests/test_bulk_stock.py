"""POST /api/store/stock/bulk/ and /api/vendor/inventory/bulk/."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from shop.accounts.tests.make import make_staff, make_user
from shop.core.models import OutboxEvent
from shop.inventory import services
from shop.inventory.models import StockLevel, StockMovement, Warehouse
from shop.products.models import Variant
from shop.products.tests.make import make_category, make_product, make_seller
from shop.vendors.models import Vendor, VendorMember
from shop.vendors.tests.make import make_vendor
from tests.api import body, client_of, codes

pytestmark = pytest.mark.django_db

STAFF, SELLERS = "/api/store/stock/bulk/", "/api/vendor/inventory/bulk/"


@pytest.fixture
def staff() -> APIClient:
    return client_of(make_staff("catalog managers"))


@pytest.fixture
def vases() -> Vendor:
    return make_vendor("Vera's vases")


@pytest.fixture
def coat() -> Variant:
    return make_product("Coat", stock=10).variants.get()


@pytest.fixture
def mug() -> Variant:
    return make_product("Mug", stock=5).variants.get()


@pytest.fixture
def harbor() -> Warehouse:
    return services.create_warehouse(name="Harbor", code="harbor")


def send(client: APIClient, *items: Any, to: str = STAFF, **more: Any) -> Any:
    return client.post(to, {"items": items, **more}, "json")


def errors(response: Any) -> list[tuple[str, str | None]]:
    assert response.status_code == 200, response.content
    return [(e["code"], e["attr"]) for one in body(response)["results"] for e in one["errors"]]


def on_hand(variant: Variant, code: str = "main") -> int:
    level = StockLevel.objects.get(variant=variant, warehouse__code=code)
    moved = level.movements.filter(kind__in=StockMovement.ON_HAND)
    assert sum(moved.values_list("quantity", flat=True)) == level.on_hand
    return level.on_hand


@pytest.mark.usefixtures("harbor")
def test_sets_and_changes_levels(staff: APIClient, coat: Variant, mug: Variant) -> None:
    response = send(
        staff,
        {"variant": coat.sku, "on_hand": 25},
        {"variant": mug.pk, "change": -2},
        {"variant": mug.pk, "warehouse": "harbor", "on_hand": 4},
        reason="stock-taking",
    )
    answer = body(response)
    assert (answer["succeeded"], answer["failed"]) == (3, 0)
    levels = [one["level"] for one in answer["results"]]
    assert [(one["variant"]["id"], one["warehouse"]["code"]) for one in levels] == [
        (coat.pk, "main"),
        (mug.pk, "main"),
        (mug.pk, "harbor"),
    ]
    assert [(one["on_hand"], one["available"]) for one in levels] == [(25, 25), (3, 3), (4, 4)]
    assert (on_hand(coat), on_hand(mug), on_hand(mug, "harbor")) == (25, 3, 4)
    moved = StockMovement.objects.filter(reason="stock-taking").order_by("quantity")
    assert [(m.kind, m.quantity) for m in moved] == [("adjust", -2), ("receive", 4), ("adjust", 15)]
    assert all(movement.actor_id for movement in moved)


def test_writes_no_movement_where_nothing_changes(staff: APIClient, coat: Variant) -> None:
    before = StockMovement.objects.count()
    response = send(staff, {"variant": coat.pk, "on_hand": 10})
    assert body(response)["results"][0]["status"] == "done"
    assert StockMovement.objects.count() == before


def test_never_takes_what_is_promised(staff: APIClient, coat: Variant, mug: Variant) -> None:
    services.reserve_stock(reference="order:1", quantities={coat.pk: 6, mug.pk: 2})
    response = send(staff, {"variant": coat.pk, "on_hand": 5}, {"variant": mug.pk, "change": -4})
    assert errors(response) == [
        ("below_reserved", "items.0.on_hand"),
        ("below_reserved", "items.1.change"),
    ]
    response = send(staff, {"variant": coat.pk, "on_hand": 6}, {"variant": mug.pk, "change": -3})
    assert not errors(response)
    assert (on_hand(coat), on_hand(mug)) == (6, 2)


@pytest.mark.usefixtures("harbor")
def test_a_bad_item_stops_no_other(staff: APIClient, coat: Variant) -> None:
    at = {"variant": coat.pk}
    response = send(
        staff,
        *({"variant": "none", "on_hand": 1}, {"on_hand": 1}, at, at | {"on_hand": 1, "change": 1}),
        *(at | {"on_hand": -1}, at | {"on_hand": "2"}, at | {"warehouse": "none", "change": 1}),
        *(at | {"on_hand": 12}, at | {"change": 3}, 7, at | {"warehouse": "harbor", "change": -1}),
    )
    assert errors(response) == [
        ("not_found", "items.0.variant"),
        ("required", "items.1.variant"),
        ("required", "items.2.on_hand"),
        ("required", "items.3.on_hand"),
        ("min_value", "items.4.on_hand"),
        ("invalid", "items.5.on_hand"),
        ("not_found", "items.6.warehouse"),
        ("named_twice", "items.8"),
        ("invalid", "items.9"),
        ("below_reserved", "items.10.change"),
    ]
    assert body(response)["succeeded"] == 1
    assert on_hand(coat) == 12
    # Nothing of what was refused stays, not even an empty level.
    assert not StockLevel.objects.filter(warehouse__code="harbor").exists()


def test_all_or_nothing_refuses_all_for_one(staff: APIClient, coat: Variant, mug: Variant) -> None:
    items = [{"variant": coat.pk, "on_hand": 1}, {"variant": mug.pk, "change": -9}]
    response = send(staff, *items, all_or_nothing=True)
    assert (response.status_code, codes(response)) == (409, ["below_reserved"])
    assert body(response)["errors"][0]["attr"] == "items.1.change"
    response = send(staff, items[0], {"variant": "none", "on_hand": 1}, all_or_nothing=True)
    assert (response.status_code, codes(response)) == (404, ["not_found"])
    assert (on_hand(coat), on_hand(mug)) == (10, 5)


def test_tells_once_that_stock_is_low(staff: APIClient, coat: Variant) -> None:
    OutboxEvent.objects.all().delete()
    send(staff, {"variant": coat.pk, "on_hand": 2})
    assert [event.name for event in OutboxEvent.objects.all()] == ["stock.low"]


def test_takes_as_many_statements_for_50_as_for_1(staff: APIClient) -> None:
    category = make_category()
    variants = [make_product(category=category).variants.get() for _ in range(51)]
    counts = []
    for some in (variants[:1], variants[1:]):
        with CaptureQueriesContext(connection) as captured:
            items = [{"variant": one.pk, "on_hand": 77} for one in some]
            assert body(send(staff, *items))["succeeded"] == len(some)
        counts.append(len(captured))
    assert counts[0] == counts[1] <= 20


def test_of_sellers_changes_their_own_only(vases: Vendor, coat: Variant) -> None:
    vase = make_product("Vase", vendor=vases, stock=3).variants.get()
    shed = services.create_warehouse(name="Shed", code="shed", vendor=vases)
    services.create_warehouse(name="Harbor", code="harbor")
    response = send(
        client_of(make_seller(vases, VendorMember.Role.FULFILLER)),
        {"variant": vase.sku, "on_hand": 9},
        {"variant": vase.pk, "warehouse": shed.code, "on_hand": 1},
        {"variant": coat.sku, "on_hand": 0},
        {"variant": coat.pk, "on_hand": 0},
        {"variant": vase.pk, "warehouse": "harbor", "on_hand": 5},
        to=SELLERS,
    )
    assert errors(response) == [
        ("not_found", "items.2.variant"),
        ("not_found", "items.3.variant"),
        ("not_found", "items.4.warehouse"),
    ]
    assert (on_hand(vase), on_hand(vase, "shed"), on_hand(coat)) == (9, 1, 10)


def test_a_sku_may_be_the_id_of_another(staff: APIClient, coat: Variant, mug: Variant) -> None:
    Variant.objects.filter(pk=coat.pk).update(sku=str(mug.pk))
    send(staff, {"variant": str(mug.pk), "on_hand": 1}, {"variant": mug.pk, "on_hand": 2})
    assert (on_hand(coat), on_hand(mug)) == (1, 2)


def test_refuses_whom_it_should(vases: Vendor, coat: Variant) -> None:
    item = {"variant": coat.pk, "on_hand": 1}
    for client, to, status in (
        (client_of(), STAFF, 401),
        (client_of(make_user()), STAFF, 403),
        (client_of(make_staff("support")), STAFF, 403),
        (client_of(make_seller(vases)), STAFF, 403),
        (client_of(make_user()), SELLERS, 403),
    ):
        assert send(client, item, to=to).status_code == status
    assert on_hand(coat) == 10
