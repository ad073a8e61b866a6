"""GET stock/, POST stock/receive/, POST stock/adjust/, GET stock/movements/."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from shop.accounts.models import User
from shop.accounts.tests.make import make_staff, make_user
from shop.inventory import services
from shop.inventory.models import StockLevel, StockMovement, Warehouse
from shop.products.models import Variant
from shop.products.tests.make import make_product
from tests.api import body, client_of, codes

pytestmark = pytest.mark.django_db

STOCK = "/api/store/stock/"
RECEIVE = "/api/store/stock/receive/"
ADJUST = "/api/store/stock/adjust/"
MOVEMENTS = "/api/store/stock/movements/"


@pytest.fixture
def staff() -> User:
    return make_staff("catalog managers", email="staff@example.test")


@pytest.fixture
def variant() -> Variant:
    return make_product("Mug", slug="mug", stock=10).variants.get()


def on_hand(variant: Variant) -> int:
    return StockLevel.objects.get(variant=variant).on_hand


def test_lists_levels(staff: User, variant: Variant) -> None:
    services.reserve_stock(reference="order:1", quantities={variant.pk: 6})
    answer = body(client_of(staff).get(STOCK))
    level = StockLevel.objects.get()
    (row,) = answer["results"]
    assert row.pop("updated_at").endswith("Z")
    assert row == {
        "id": level.pk,
        "product": {"id": variant.product_id, "name": "Mug", "slug": "mug"},
        "variant": {"id": variant.pk, "sku": variant.sku, "options": {}},
        "warehouse": {"id": level.warehouse_id, "code": "main", "name": "Main warehouse"},
        "on_hand": 10,
        "reserved": 6,
        "available": 4,
        "low": True,
    }


def test_filters_levels(staff: User, variant: Variant) -> None:
    scarce = make_product("Pot", stock=5).variants.get()
    client = client_of(staff)

    def found(**parameters: Any) -> list[int]:
        response = client.get(STOCK, parameters)
        assert response.status_code == 200, response.content
        return [row["variant"]["id"] for row in body(response)["results"]]

    assert found(sku=scarce.sku) == [scarce.pk]
    assert found(product="mug") == found(product=variant.product_id) == [variant.pk]
    assert found(low="true") == [scarce.pk]
    assert found(low="false") == [variant.pk]
    assert found(warehouse="main") == found() == [variant.pk, scarce.pk]
    assert found(warehouse="elsewhere") == found(product=2**70) == []


@pytest.mark.parametrize("query", ["low=maybe", "page=0", "sku=", "warehouse=" + "x" * 51])
def test_refuses_bad_values_of_filters(staff: User, query: str) -> None:
    assert client_of(staff).get(f"{STOCK}?{query}").status_code == 400


def test_receives_goods_by_sku_and_by_id(staff: User, variant: Variant) -> None:
    client = client_of(staff)
    response = client.post(RECEIVE, {"variant": variant.sku, "quantity": 5, "reason": "4711"})
    assert (response.status_code, body(response)["available"]) == (200, 15)
    assert body(client.post(RECEIVE, {"variant": variant.pk, "quantity": 1}))["on_hand"] == 16
    movement = StockMovement.objects.get(reason="4711")
    assert (movement.kind, movement.quantity, movement.actor) == ("receive", 5, staff)


def test_receives_into_a_warehouse_that_had_none(staff: User, variant: Variant) -> None:
    Warehouse.objects.create(name="Far", code="far")
    data = {"variant": variant.pk, "quantity": 5, "warehouse": "far"}
    assert body(client_of(staff).post(RECEIVE, data))["warehouse"]["code"] == "far"
    assert services.lock_levels([variant.pk])[1].on_hand == 5


def test_a_sku_that_looks_like_an_id_is_a_sku(staff: User, variant: Variant) -> None:
    other = make_product().variants.get()
    Variant.objects.filter(pk=other.pk).update(sku=str(variant.pk))
    answer = body(client_of(staff).post(RECEIVE, {"variant": str(variant.pk), "quantity": 1}))
    assert answer["variant"]["id"] == other.pk
    answer = body(client_of(staff).post(RECEIVE, {"variant": variant.pk, "quantity": 1}))
    assert answer["variant"]["id"] == variant.pk


def test_adjusts_up_and_down(staff: User, variant: Variant) -> None:
    client = client_of(staff)
    data = {"variant": variant.pk, "change": -3, "reason": "broken"}
    assert body(client.post(ADJUST, data))["on_hand"] == 7
    assert body(client.post(ADJUST, data | {"change": 1}))["on_hand"] == 8


def test_keeps_what_is_promised(staff: User, variant: Variant) -> None:
    services.reserve_stock(reference="order:1", quantities={variant.pk: 6})
    data = {"variant": variant.pk, "change": -5, "reason": "broken"}
    response = client_of(staff).post(ADJUST, data)
    assert (response.status_code, codes(response)) == (409, ["below_reserved"])
    assert on_hand(variant) == 10


def test_a_level_has_a_limit(staff: User, variant: Variant) -> None:
    services.set_available(stock={variant.pk: 2_000_000_000}, reason="test")
    response = client_of(staff).post(RECEIVE, {"variant": variant.pk, "quantity": 1})
    assert (response.status_code, codes(response)) == (409, ["stock_limit_reached"])
    assert on_hand(variant) == 2_000_000_000


@pytest.mark.parametrize("number", [0, 1_000_001, -1_000_001, 2**63, True, 1.0, "1", None, [1]])
def test_refuses_numbers_that_are_none(staff: User, variant: Variant, number: Any) -> None:
    for path, name in ((RECEIVE, "quantity"), (ADJUST, "change")):
        data = {"variant": variant.pk, name: number, "reason": "test"}
        response = client_of(staff).post(path, data)
        assert response.status_code == 400
        assert [error["attr"] for error in body(response)["errors"]] == [name]
    assert on_hand(variant) == 10


@pytest.mark.parametrize(
    ("changed", "status"),
    [
        ({"variant": None}, 400),
        ({"variant": ""}, 400),
        ({"variant": True}, 400),
        ({"variant": [1]}, 400),
        ({"variant": "no-such-sku"}, 404),
        ({"variant": 0}, 404),
        ({"variant": -1}, 404),
        ({"variant": 2**63}, 404),
        ({"variant": 2**63 - 1}, 404),
        ({"warehouse": "elsewhere"}, 404),
        ({"warehouse": 2**70}, 404),
        ({"warehouse": {}}, 400),
        ({"reason": "x" * 201}, 400),
        ({"reason": ""}, 400),
        ({"reason": "  "}, 400),
        ({"reason": None}, 400),
    ],
)
def test_bad_bodies_are_4xx(staff: User, variant: Variant, changed: Any, status: int) -> None:
    data = {"variant": variant.pk, "change": 1, "reason": "found"} | changed
    response = client_of(staff).post(ADJUST, data)
    assert response.status_code == status
    assert codes(response)
    assert on_hand(variant) == 10
    assert StockLevel.objects.count() == 1


def test_lists_movements(staff: User, variant: Variant) -> None:
    services.adjust_stock(variant_id=variant.pk, change=-1, reason="broken", actor=staff)
    other = make_product().variants.get()
    client = client_of(staff)
    newest = body(client.get(MOVEMENTS, {"variant": variant.sku}))["results"][0]
    assert (newest["kind"], newest["quantity"], newest["reason"]) == ("adjust", -1, "broken")
    assert newest["actor"] == {"id": staff.pk, "email": "staff@example.test"}
    assert newest["variant"]["id"] == variant.pk

    def count(**parameters: Any) -> int:
        answer = body(client.get(MOVEMENTS, parameters))
        return int(answer["count"])

    assert count() == 3
    assert count(variant=variant.pk) == count(variant=variant.sku) == 2
    assert count(variant=other.pk) == 1
    assert count(kind="adjust") == 1
    assert count(variant="nothing") == count(reference="order:1") == 0
    assert client.get(MOVEMENTS, {"kind": "stolen"}).status_code == 400


@pytest.mark.parametrize("path", [STOCK, MOVEMENTS])
def test_takes_as_many_statements_for_one_row_as_for_fifty(staff: User, path: str) -> None:
    client = client_of(staff)
    counts = []
    for sizes in ([], [f"S{n}" for n in range(49)]):
        make_product(stock=3, sizes=sizes)
        with CaptureQueriesContext(connection) as queries:
            rows = body(client.get(path, {"page_size": 100}))["results"]
        counts.append((len(queries), len(rows)))
    (one, _), (fifty, rows) = counts
    assert rows == 50
    assert one == fifty <= 5  # who, their rights, count, rows


def test_is_for_staff_only(variant: Variant) -> None:
    paths = [("get", STOCK), ("get", MOVEMENTS), ("post", RECEIVE), ("post", ADJUST)]
    former = make_staff("catalog managers")
    former.is_staff = False
    former.save()
    for method, path in paths:
        assert getattr(client_of(), method)(path, {}).status_code == 401
        for user in (make_user(), make_staff("support"), former):
            response = getattr(client_of(user), method)(path, {})
            assert (response.status_code, codes(response)) == (403, ["permission_denied"])
