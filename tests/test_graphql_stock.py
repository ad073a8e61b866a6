"""Stock and warehouses by GraphQL, for staff and for vendors, and what it refuses."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from shop.accounts.tests.make import make_staff, make_user
from shop.core.graphql.inputs import global_id
from shop.inventory import querysets, services
from shop.inventory.models import StockLevel, StockMovement, Warehouse
from shop.products.tests.make import make_product, make_seller
from shop.vendors.models import Vendor, VendorMember
from shop.vendors.tests.make import make_vendor
from tests.api import body, client_of
from tests.graphql_door import ask, data, problem

pytestmark = pytest.mark.django_db

LEVEL = "pk onHand reserved available low updatedAt product { id pk name slug } variant { pk sku options { name value } } warehouse { pk code name }"
MOVEMENT = "pk kind quantity reference reason createdAt actor { pk email } product { slug } variant { sku } warehouse { code }"
PLACE = "pk name code isDefault createdAt vendor { slug averageRating }"


def listing(field: str, shape: str, filter_type: str | None = None) -> str:
    arguments = "first: $first, filter: $filter" if filter_type else "first: $first"
    declared = f"$first: Int, $filter: {filter_type}" if filter_type else "$first: Int"
    return f"query({declared}) {{ {field}({arguments}) {{ totalCount edges {{ node {{ {shape} }} }} }} }}"


LEVELS = listing("stockLevels", LEVEL, "StockFilter")
MOVEMENTS = listing("stockMovements", MOVEMENT, "StockMovementFilter")
WAREHOUSES = listing("warehouses", PLACE)
WAREHOUSE = f"query($id: ID!) {{ warehouse(id: $id) {{ {PLACE} }} }}"
RECEIVE = f"mutation($input: ReceiveStockInput!) {{ receiveStock(input: $input) {{ level {{ {LEVEL} }} }} }}"
ADJUST = f"mutation($input: AdjustStockInput!) {{ adjustStock(input: $input) {{ level {{ {LEVEL} }} }} }}"
OPEN = f"mutation($input: WarehouseInput!) {{ createWarehouse(input: $input) {{ warehouse {{ {PLACE} }} }} }}"
CHANGE = f"mutation($id: ID!, $input: WarehouseChanges!) {{ changeWarehouse(warehouse: $id, input: $input) {{ warehouse {{ {PLACE} }} }} }}"
OWN_LEVELS = listing("vendorInventory", LEVEL, "StockFilter")
OWN_MOVEMENTS = listing("vendorStockMovements", MOVEMENT, "StockMovementFilter")
OWN_WAREHOUSES = listing("vendorWarehouses", PLACE)
OWN_WAREHOUSE = f"query($id: ID!) {{ vendorWarehouse(id: $id) {{ {PLACE} }} }}"
OWN_RECEIVE = f"mutation($input: ReceiveStockInput!) {{ receiveVendorStock(input: $input) {{ level {{ {LEVEL} }} }} }}"
OWN_ADJUST = f"mutation($input: AdjustStockInput!) {{ adjustVendorStock(input: $input) {{ level {{ {LEVEL} }} }} }}"
OWN_OPEN = f"mutation($input: VendorWarehouseInput!) {{ createVendorWarehouse(input: $input) {{ warehouse {{ {PLACE} }} }} }}"
OWN_CHANGE = f"mutation($id: ID!, $input: VendorWarehouseChanges!) {{ changeVendorWarehouse(warehouse: $id, input: $input) {{ warehouse {{ {PLACE} }} }} }}"


def curator() -> Any:
    return client_of(make_staff("catalog managers"))


def member_of(vendor: Vendor, role: VendorMember.Role = VendorMember.Role.FULFILLER) -> Any:
    return client_of(make_seller(vendor, role=role))


def nodes(answer: Any) -> list[Any]:
    (found,) = answer.values()
    return [edge["node"] for edge in found["edges"]]


def sku_of(product: Any) -> str:
    return str(product.variants.get().sku)


# --- Staff ----------------------------------------------------------------------------------


def test_staff_see_stock_as_in_rest() -> None:
    product = make_product("Oak tee", sizes=["M"], stock=4)
    make_product(stock=50)
    client = curator()
    (rest,) = body(client.get("/api/store/stock/?low=true"))["results"]
    (level,) = nodes(data(client, LEVELS, {"filter": {"low": True}}))
    assert level["variant"]["options"] == [{"name": "size", "value": "M"}]
    assert (level["pk"], level["onHand"], level["available"], level["low"]) == (
        *(rest["id"], rest["on_hand"], rest["available"]),
        True,
    )
    assert level["updatedAt"] == rest["updated_at"]
    assert level["product"]["id"] == global_id("Product", product.pk)
    for wanted in (
        {"product": global_id("Product", product.pk)},
        {"product": product.slug, "sku": sku_of(product), "warehouse": "main"},
        {"low": True, "sku": None},
    ):
        assert [one["pk"] for one in nodes(data(client, LEVELS, {"filter": wanted}))] == [
            level["pk"]
        ]
    assert not nodes(data(client, LEVELS, {"filter": {"sku": "nothing"}}))


def test_staff_receive_and_adjust_stock() -> None:
    product = make_product(stock=0)
    variant = product.variants.get()
    staff = make_staff("order managers")
    client = client_of(staff)
    asked = {"variant": variant.pk, "quantity": 5, "reason": "delivery 7"}
    received = data(client, RECEIVE, {"input": asked})["receiveStock"]["level"]
    assert (received["onHand"], received["warehouse"]["code"]) == (5, "main")
    asked = {"sku": variant.sku, "change": -2, "reason": "broken"}
    adjusted = data(client, ADJUST, {"input": asked})["adjustStock"]["level"]
    assert adjusted["available"] == 3
    last, first = nodes(data(client, MOVEMENTS, {"filter": {"variant": variant.sku}}))
    assert (last["kind"], last["quantity"], last["reason"]) == ("ADJUST", -2, "broken")
    assert last["actor"] == {"pk": staff.pk, "email": staff.email}
    assert (first["kind"], first["quantity"]) == ("RECEIVE", 5)
    only = {"kind": "RECEIVE", "warehouse": "main"}
    assert len(nodes(data(client, MOVEMENTS, {"filter": only}))) == 1


def test_refusals_of_stock_name_the_field() -> None:
    product = make_product(stock=1)
    sku = sku_of(product)
    client = curator()
    for query, asked, expected in [
        (RECEIVE, {"quantity": 1}, ("required", "variant", 400)),
        (RECEIVE, {"sku": sku, "variant": 1, "quantity": 1}, ("invalid", "sku", 400)),
        (RECEIVE, {"sku": "nothing", "quantity": 1}, ("not_found", "variant", 404)),
        (RECEIVE, {"sku": sku, "quantity": 0}, ("min_value", "quantity", 400)),
        (
            RECEIVE,
            {"sku": sku, "quantity": 1, "warehouse": "moon"},
            ("not_found", "warehouse", 404),
        ),
        (ADJUST, {"sku": sku, "change": -2, "reason": "lost"}, ("below_reserved", "change", 409)),
        (
            ADJUST,
            {"sku": sku, "change": 0, "reason": "?"},
            ("quantity_out_of_range", "change", 400),
        ),
        (ADJUST, {"sku": sku, "change": 1, "reason": " "}, ("blank", "reason", 400)),
    ]:
        assert problem(ask(client, query, {"input": asked})) == expected
    assert StockLevel.objects.get().on_hand == 1


def test_a_pk_is_never_taken_for_a_sku() -> None:
    meant, other = make_product(stock=0), make_product(stock=0)
    pk = meant.variants.get().pk
    other.variants.update(sku=str(pk))
    client = curator()
    data(client, RECEIVE, {"input": {"variant": pk, "quantity": 1}})
    assert StockLevel.objects.get(on_hand=1).variant_id == pk
    data(client, RECEIVE, {"input": {"sku": str(pk), "quantity": 2}})
    assert StockLevel.objects.get(on_hand=2).variant.product_id == other.pk


def test_staff_open_and_change_warehouses() -> None:
    make_product()
    vendor = make_vendor("Vases")
    client = curator()
    new = {"name": "Harbor", "code": "harbor", "vendor": global_id("Vendor", vendor.pk)}
    made = data(client, OPEN, {"input": new})["createWarehouse"]["warehouse"]
    assert (made["code"], made["vendor"]["slug"], made["isDefault"]) == ("harbor", "vases", False)
    assert problem(ask(client, OPEN, {"input": new})) == ("warehouse_code_taken", "code", 409)
    asked = {"id": "harbor", "input": {"vendor": None, "isDefault": True}}
    changed = data(client, CHANGE, asked)["changeWarehouse"]["warehouse"]
    assert (changed["vendor"], changed["isDefault"], changed["name"]) == (None, True, "Harbor")
    assert Warehouse.objects.get(is_default=True).code == "harbor"
    refused = ask(client, CHANGE, {"id": "harbor", "input": {"isDefault": False}})
    assert problem(refused) == ("default_warehouse_needed", "isDefault", 409)
    unknown = ask(client, CHANGE, {"id": "harbor", "input": {"vendor": "nobody"}})
    assert problem(unknown) == ("does_not_exist", "vendor", 400)
    for named in ("harbor", str(made["pk"])):
        assert data(client, WAREHOUSE, {"id": named})["warehouse"]["name"] == "Harbor"
    assert problem(ask(client, WAREHOUSE, {"id": "moon"})) == ("not_found", None, 404)
    assert [one["code"] for one in nodes(data(client, WAREHOUSES))] == ["harbor", "main"]


# --- Vendors --------------------------------------------------------------------------------


def test_a_vendor_sees_its_own_stock_only() -> None:
    vendor = make_vendor()
    own, theirs = make_product(vendor=vendor, stock=4), make_product(vendor=make_vendor())
    client = member_of(vendor)
    found = data(client, OWN_LEVELS)["vendorInventory"]
    assert found["totalCount"] == 1
    assert [edge["node"]["product"]["pk"] for edge in found["edges"]] == [own.pk]
    for wanted in ({"sku": sku_of(theirs)}, {"product": str(theirs.pk)}):
        answer = data(client, OWN_LEVELS, {"filter": wanted})["vendorInventory"]
        assert answer == {"totalCount": 0, "edges": []}
    movements = data(client, OWN_MOVEMENTS)["vendorStockMovements"]
    assert (movements["totalCount"], movements["edges"][0]["node"]["quantity"]) == (1, 4)


def test_own_stock_is_read_behind_the_wall(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever is asked of the database, PostgreSQL shows the seller no stock of others."""
    vendor = make_vendor()
    own, _theirs = make_product(vendor=vendor), make_product(vendor=make_vendor())
    levels, movements = querysets.level_rows, querysets.movement_rows
    monkeypatch.setattr(querysets, "level_rows", lambda vendor: levels())
    monkeypatch.setattr(querysets, "movement_rows", lambda vendor: movements())
    client = member_of(vendor)
    for query in (OWN_LEVELS, OWN_MOVEMENTS):
        found = data(client, query)
        assert [one["variant"]["sku"] for one in nodes(found)] == [sku_of(own)]
        assert next(iter(found.values()))["totalCount"] == 1


def test_a_vendor_receives_and_adjusts_its_own_goods() -> None:
    vendor = make_vendor()
    own, theirs = make_product(vendor=vendor, stock=0), make_product(vendor=make_vendor(), stock=0)
    client = member_of(vendor)
    got = data(client, OWN_RECEIVE, {"input": {"sku": sku_of(own), "quantity": 3}})
    assert got["receiveVendorStock"]["level"]["onHand"] == 3
    loss = {"variant": own.variants.get().pk, "change": -1, "reason": "broken"}
    got = data(client, OWN_ADJUST, {"input": loss})
    assert got["adjustVendorStock"]["level"]["available"] == 2
    strange = Warehouse.objects.create(name="Moon", code="moon", vendor=theirs.vendor)
    for asked, attr in [
        ({"sku": sku_of(theirs), "quantity": 1}, "variant"),
        ({"variant": theirs.variants.get().pk, "quantity": 1}, "variant"),
        ({"sku": sku_of(own), "quantity": 1, "warehouse": strange.code}, "warehouse"),
    ]:
        assert problem(ask(client, OWN_RECEIVE, {"input": asked})) == ("not_found", attr, 404)
    assert theirs.variants.get().stock_levels.get().on_hand == 0


def test_sellers_are_not_told_who_of_the_shop_changed_their_stock() -> None:
    vendor = make_vendor()
    product = make_product(vendor=vendor, stock=0)
    sku = sku_of(product)
    vera = make_seller(vendor)
    data(curator(), RECEIVE, {"input": {"sku": sku, "quantity": 1}})
    data(client_of(vera), OWN_RECEIVE, {"input": {"sku": sku, "quantity": 2}})
    mine, shops = nodes(data(client_of(vera), OWN_MOVEMENTS))
    assert mine["actor"] == {"pk": vera.pk, "email": vera.email}
    assert (shops["quantity"], shops["actor"]) == (1, None)


def test_a_vendor_keeps_its_own_warehouses() -> None:
    make_product()
    vendor = make_vendor("Vases")
    other = Warehouse.objects.create(name="Moon", code="moon", vendor=make_vendor())
    client = member_of(vendor, VendorMember.Role.MANAGER)
    new = {"name": "Harbor", "code": "harbor"}
    made = data(client, OWN_OPEN, {"input": new})["createVendorWarehouse"]["warehouse"]
    assert made["vendor"]["slug"] == "vases"
    asked = {"id": "harbor", "input": {"name": "Harbor side"}}
    changed = data(client, OWN_CHANGE, asked)["changeVendorWarehouse"]["warehouse"]
    assert (changed["name"], changed["code"]) == ("Harbor side", "harbor")
    assert [one["code"] for one in nodes(data(client, OWN_WAREHOUSES))] == ["harbor", "main"]
    assert data(client, OWN_WAREHOUSE, {"id": "main"})["vendorWarehouse"]["vendor"] is None
    for named in (other.code, str(other.pk)):
        assert problem(ask(client, OWN_WAREHOUSE, {"id": named})) == ("not_found", None, 404)
    for named in (other.code, "main"):
        refused = ask(client, OWN_CHANGE, {"id": named, "input": {"name": "Mine"}})
        assert problem(refused) == ("not_found", None, 404)


# --- For all --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "query", [LEVELS, MOVEMENTS, OWN_LEVELS, OWN_MOVEMENTS, WAREHOUSES, OWN_WAREHOUSES]
)
def test_lists_take_the_same_few_statements_for_one_and_for_fifty(query: str) -> None:
    vendor = make_vendor()
    for number in range(50):
        make_product(vendor=vendor)
        services.create_warehouse(name=f"House {number}", code=f"house-{number}", vendor=vendor)
    client = member_of(vendor) if "vendor" in query.split("{")[1] else curator()
    counts = {}
    for first in (1, 50):
        with CaptureQueriesContext(connection) as captured:
            assert len(nodes(data(client, query, {"first": first}))) == first
        counts[first] = len(captured)
    assert counts[1] == counts[50] <= 16, [one["sql"] for one in captured]


# Each row: nobody, bob (a customer), vera (who sells other things), a fulfiller, support staff,
# an order manager.
VIEW, WRITE = [401, 403, 403, 403, 403, 200], [401, 403, 403, 403, 403, 403]
OWN = [401, 403, 200, 200, 403, 403]
OPERATIONS: list[tuple[str, dict[str, Any], list[int]]] = [
    (LEVELS, {}, VIEW),
    (MOVEMENTS, {}, VIEW),
    (WAREHOUSES, {}, VIEW),
    (WAREHOUSE, {"id": "main"}, VIEW),
    (RECEIVE, {"input": {"sku": "SKU", "quantity": 1}}, VIEW),
    (ADJUST, {"input": {"sku": "SKU", "change": 1, "reason": "found"}}, VIEW),
    (OPEN, {"input": {"name": "New", "code": "new"}}, WRITE),
    (CHANGE, {"id": "main", "input": {"name": "New"}}, WRITE),
    (OWN_LEVELS, {}, OWN),
    (OWN_MOVEMENTS, {}, OWN),
    (OWN_WAREHOUSES, {}, OWN),
    (OWN_WAREHOUSE, {"id": "own"}, [401, 403, 404, 200, 403, 403]),
    (OWN_RECEIVE, {"input": {"sku": "SKU", "quantity": 1}}, [401, 403, 404, 200, 403, 403]),
    (
        OWN_ADJUST,
        {"input": {"sku": "SKU", "change": 1, "reason": "found"}},
        [401, 403, 404, 200, 403, 403],
    ),
    (OWN_OPEN, {"input": {"name": "New", "code": "new"}}, [401, 403, 200, 403, 403, 403]),
    (OWN_CHANGE, {"id": "own", "input": {"name": "New"}}, [401, 403, 404, 403, 403, 403]),
]


@pytest.mark.parametrize(("query", "variables", "expected"), OPERATIONS)
def test_only_staff_and_the_vendors_own_members_may(
    query: str, variables: dict[str, Any], expected: list[int]
) -> None:
    vendor = make_vendor()
    make_product(vendor=vendor, stock=0).variants.update(sku="SKU")
    services.create_warehouse(name="Own", code="own", vendor=vendor)
    callers = [
        client_of(),
        client_of(make_user()),
        member_of(make_vendor(), VendorMember.Role.MANAGER),
        member_of(vendor),
        client_of(make_staff("support")),
        client_of(make_staff("order managers")),
    ]
    for caller, status in zip(callers, expected, strict=True):
        answer = ask(caller, query, variables)
        assert (problem(answer)[2] if "errors" in answer else 200) == status
    moved = StockMovement.objects.count()
    assert moved == (expected.count(200) if "Stock(" in query else 0)
