"""Many changes in one mutation: the same services and refusals as in REST."""

from typing import Any

import pytest
from rest_framework.test import APIClient

from shop.accounts.tests.make import make_staff, make_user
from shop.inventory.models import StockLevel
from shop.products.models import Product
from shop.products.tests.make import make_category, make_product, make_seller
from shop.vendors.models import Vendor, VendorMember
from shop.vendors.tests.make import make_vendor
from tests.api import client_of
from tests.graphql_door import ask, data, problem

pytestmark = pytest.mark.django_db

PRODUCTS = "mutation($input: BulkProductsInput!) { %s(input: $input) { succeeded failed results { index status product { id name slug } errors { code detail attr } } } }"
STOCK = "mutation($input: BulkStockInput!) { %s(input: $input) { succeeded failed results { index status level { pk sku warehouse onHand available } errors { code attr } } } }"


@pytest.fixture
def staff() -> APIClient:
    return client_of(make_staff("catalog managers"))


@pytest.fixture
def vases() -> Vendor:
    return make_vendor("Vera's vases")


def products(client: APIClient, *items: Any, name: str = "bulkProducts", **more: Any) -> Any:
    return data(client, PRODUCTS % name, {"input": {"items": items, **more}})[name]


def stock(client: APIClient, *items: Any, name: str = "bulkStock", **more: Any) -> Any:
    return data(client, STOCK % name, {"input": {"items": items, **more}})[name]


def test_staff_change_many_products(staff: APIClient) -> None:
    shirt, hat, shirts = make_product("Shirt"), make_product("Hat"), make_category("Shirts")
    size = [{"name": "size", "value": "M"}]
    scarf = {"action": "CREATE", "name": "Scarf", "category": shirts.slug, "price": "19.00"}
    answer = products(
        staff,
        scarf | {"variants": [{"options": size, "stock": 3}], "status": "DRAFT"},
        {"action": "UPDATE", "product": shirt.slug, "compareAtPrice": "99.00"},
        {"action": "ARCHIVE", "product": str(hat.pk)},
        scarf | {"compareAtPrice": "-1"},
    )
    assert (answer["succeeded"], answer["failed"]) == (3, 1)
    made = Product.objects.get(name="Scarf")
    first, *_, last = answer["results"]
    assert first["product"] == {"id": str(made.pk), "name": "Scarf", "slug": "scarf"}
    assert (made.status, made.variants.get().options) == ("draft", {"size": "M"})
    assert [one["status"] for one in answer["results"]] == [
        *("created", "updated", "archived", "failed")
    ]
    assert [(e["code"], e["attr"]) for e in last["errors"]] == [
        ("min_value", "items.3.compareAtPrice")
    ]
    hat.refresh_from_db()
    assert hat.status == "inactive"


def test_all_or_nothing_is_an_error_with_the_status_of_rest(staff: APIClient) -> None:
    archive = {"action": "ARCHIVE", "product": make_product("Shirt").slug}
    asked = {"items": [archive, {"action": "ARCHIVE", "product": "none"}], "allOrNothing": True}
    answer = ask(staff, PRODUCTS % "bulkProducts", {"input": asked})
    assert problem(answer) == ("not_found", "items.1.product", 404)
    assert Product.objects.get().status == "active"


def test_sellers_change_their_own(vases: Vendor) -> None:
    vase, coat = make_product("Vase", vendor=vases), make_product("Coat")
    vera = client_of(make_seller(vases))
    change = {"action": "UPDATE", "name": "Urn"}
    answer = products(
        vera,
        change | {"product": vase.slug},
        change | {"product": coat.slug},
        name="bulkVendorProducts",
    )
    assert [one["status"] for one in answer["results"]] == ["updated", "failed"]
    assert sorted(Product.objects.values_list("name", flat=True)) == ["Coat", "Urn"]


def test_stock_of_many(staff: APIClient, vases: Vendor) -> None:
    vase = make_product("Vase", vendor=vases, stock=4).variants.get()
    coat = make_product("Coat", stock=4).variants.get()
    answer = stock(
        staff, {"variant": vase.sku, "onHand": 9}, {"variant": str(coat.pk), "change": -5}
    )
    level = StockLevel.objects.get(variant=vase)
    place = {"pk": level.pk, "sku": vase.sku, "warehouse": "main", "onHand": 9, "available": 9}
    done, failed = answer["results"]
    assert (done["status"], done["level"]) == ("done", place)
    assert failed["errors"] == [{"code": "below_reserved", "attr": "items.1.change"}]
    finn = client_of(make_seller(vases, VendorMember.Role.FULFILLER))
    answer = stock(
        finn,
        {"variant": vase.sku, "onHand": 1},
        {"variant": coat.sku, "onHand": 1},
        name="bulkVendorStock",
    )
    assert [one["status"] for one in answer["results"]] == ["done", "failed"]
    assert [row.on_hand for row in StockLevel.objects.order_by("pk")] == [1, 4]


def test_refuses_whom_rest_refuses(vases: Vendor) -> None:
    archive = {"items": [{"action": "ARCHIVE", "product": make_product(vendor=vases).slug}]}
    count = {"items": [{"variant": "1", "onHand": 1}]}
    finn = client_of(make_seller(vases, VendorMember.Role.FULFILLER))
    for client, document, given, code in (
        (client_of(), PRODUCTS % "bulkProducts", archive, "not_authenticated"),
        (client_of(make_user()), PRODUCTS % "bulkProducts", archive, "permission_denied"),
        (client_of(make_seller(vases)), PRODUCTS % "bulkProducts", archive, "permission_denied"),
        (finn, PRODUCTS % "bulkVendorProducts", archive, "role_too_low"),
        (client_of(make_user()), STOCK % "bulkStock", count, "permission_denied"),
        (client_of(make_user()), STOCK % "bulkVendorStock", count, "not_a_vendor"),
    ):
        answer = ask(client, document, {"input": given})
        assert answer["errors"][0]["extensions"]["code"] == code
    assert Product.objects.get().status == "active"
