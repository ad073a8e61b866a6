"""/api/vendor/products/: the goods of the vendor that somebody acts for."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from shop.core.models import OutboxEvent
from shop.products.models import Product
from shop.products.tests.make import make_category, make_product, make_seller
from shop.vendors.models import Vendor, VendorMember
from shop.vendors.tests.make import make_vendor
from tests.api import body, client_of, codes

pytestmark = pytest.mark.django_db

URL = "/api/vendor/products/"


@pytest.fixture
def vendor() -> Vendor:
    return make_vendor("Vera")


@pytest.fixture
def client(vendor: Vendor) -> APIClient:
    return client_of(make_seller(vendor))


@pytest.fixture
def other() -> Product:
    return make_product("Coat", slug="coat", vendor=make_vendor("Other"))


def new(**fields: Any) -> dict[str, Any]:
    return {"name": "Vase", "price": "10.00", "category": make_category().slug} | fields


def names(response: Any) -> list[str]:
    assert response.status_code == 200, response.content
    return [row["name"] for row in body(response)["results"]]


def test_lists_goods_in_every_status_and_nobody_elses(
    client: APIClient, vendor: Vendor, other: Product
) -> None:
    for status in Product.Status:
        make_product(status.value, vendor=vendor, status=status)
    assert set(names(client.get(URL))) == set(Product.Status.values)
    assert names(client.get(URL, {"status": "draft"})) == ["draft"]


def test_lists_what_the_public_list_shows_and_since_when_it_waits(
    client: APIClient, vendor: Vendor
) -> None:
    make_product("Vase", vendor=vendor, sizes=["S", "M"], stock=3)
    (public,) = body(client_of().get("/api/store/products/"))["results"]
    (own,) = body(client.get(URL))["results"]
    assert own == public | {"submitted_at": None}


def test_filters_and_sorts(client: APIClient, vendor: Vendor) -> None:
    pots = make_category("Pots")
    make_product("Red pot", vendor=vendor, category=pots, price="3.00")
    make_product(
        "Blue pot", vendor=vendor, category=pots, price="2.00", status=Product.Status.DRAFT
    )
    make_product("Vase", vendor=vendor, price="1.00")
    assert names(client.get(URL, {"ordering": "price"})) == ["Vase", "Blue pot", "Red pot"]
    assert names(client.get(URL, {"category": "pots", "ordering": "name"})) == [
        "Blue pot",
        "Red pot",
    ]
    assert names(client.get(URL, {"search": "vase"})) == ["Vase"]
    assert names(client.get(URL, {"needs_approval": "true"})) == []
    assert len(names(client.get(URL, {"needs_approval": "false"}))) == 3
    assert len(names(client.get(URL, {"vendor": "nobody", "submitted": "x"}))) == 3


@pytest.mark.parametrize("query", ["status=odd", "category=none", "needs_approval=maybe", "page=0"])
def test_refuses_bad_values_of_filters(client: APIClient, query: str) -> None:
    assert client.get(f"{URL}?{query}").status_code == 400


def test_takes_as_many_statements_for_one_as_for_fifty(client: APIClient, vendor: Vendor) -> None:
    def statements() -> int:
        with CaptureQueriesContext(
            connection,
        ) as captured:
            assert names(client.get(URL, {"page_size": 100}))
        return len(captured)

    category = make_category()
    make_product(vendor=vendor, category=category)
    few = statements()
    for _ in range(49):
        make_product(vendor=vendor, category=category)
    assert statements() == few


def test_counts_large_stocks_of_goods_as_they_are(
    client: APIClient, vendor: Vendor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shop.products.counts.EXACT_BELOW", 1)
    make_product(vendor=vendor)
    assert body(client.get(URL))["count"] == 1
    make_product(vendor=vendor)
    assert body(client.get(URL))["count"] == 2


@pytest.mark.parametrize("status", Product.Status.values)
def test_shows_one_by_slug_and_by_id(client: APIClient, vendor: Vendor, status: str) -> None:
    product = make_product("Vase", slug="vase", vendor=vendor, status=Product.Status(status))
    shown = body(client.get(f"{URL}vase/"))
    assert (shown["status"], shown["submitted_at"], shown["decline_reason"]) == (status, None, "")
    assert body(client.get(f"{URL}{product.pk}/")) == shown
    assert len(shown["variants"]) == 1


def test_creates_goods_of_the_acting_vendor_whatever_the_body_says(
    client: APIClient, vendor: Vendor, other: Product
) -> None:
    sent = new(vendor=other.vendor.slug, variants=[{"size": "M", "stock": 2}], status="active")
    response = client.post(URL, sent)
    assert response.status_code == 201, response.content
    created = body(response)
    assert (created["vendor"]["id"], created["stock"]) == (vendor.pk, 2)
    assert created == body(client.get(f"{URL}{created['slug']}/"))


def test_creates_one_for_one_key(client: APIClient) -> None:
    sent = new()
    first = client.post(URL, sent, HTTP_IDEMPOTENCY_KEY="a")
    again = client.post(URL, sent, HTTP_IDEMPOTENCY_KEY="a")
    assert (again.status_code, body(again)) == (201, body(first))
    assert Product.objects.count() == 1


def test_changes_and_replaces_goods_but_not_whose_they_are(
    client: APIClient, vendor: Vendor, other: Product
) -> None:
    product = make_product("Vase", slug="vase", vendor=vendor)
    changed = client.patch(f"{URL}vase/", {"price": "8.00", "vendor": other.vendor.slug})
    assert (body(changed)["price"], body(changed)["vendor"]["id"]) == ("8.00", vendor.pk)
    replaced = client.put(f"{URL}{product.pk}/", new(name="Jar", vendor=other.vendor.slug))
    assert (body(replaced)["name"], body(replaced)["vendor"]["id"]) == ("Jar", vendor.pk)
    event = OutboxEvent.objects.filter(name="product.updated").latest("pk")
    assert event.payload["actor_id"] == VendorMember.objects.get(vendor=vendor).user_id


def test_deletes_goods(client: APIClient, vendor: Vendor) -> None:
    make_product(slug="vase", vendor=vendor)
    response = client.delete(f"{URL}vase/")
    assert (response.status_code, response.content) == (204, b"")
    assert client.get(f"{URL}vase/").status_code == 404


def test_answers_bad_bodies_as_the_store_does(client: APIClient, vendor: Vendor) -> None:
    make_product(slug="vase", vendor=vendor)
    problems = body(client.post(URL, {"price": "x", "category": "none"}))["errors"]
    assert {(problem["attr"], problem["code"]) for problem in problems} == {
        ("name", "required"),
        ("price", "invalid"),
        ("category", "does_not_exist"),
    }
    assert codes(client.post(URL, new(slug="vase"))) == ["slug_taken"]
    assert Product.objects.count() == 1


@pytest.mark.parametrize("method", ["get", "patch", "put", "delete"])
def test_finds_no_goods_of_others(client: APIClient, other: Product, method: str) -> None:
    before = Product.objects.values().get(pk=other.pk)
    for named in (other.slug, other.pk):
        response = getattr(client, method)(f"{URL}{named}/", new(name="Mine"))
        assert (response.status_code, codes(response)) == (404, ["not_found"])
    assert Product.objects.values().get(pk=other.pk) == before


def test_sends_nobody_on_to_goods_of_others(client: APIClient, other: Product) -> None:
    other.old_slugs.create(slug="jacket")
    assert client.get(f"{URL}jacket/").status_code == 404
    assert client.get(f"{URL}jacket/variants/").status_code == 404


@pytest.mark.parametrize("method", ["get", "post"])
def test_is_not_for_fulfillers(vendor: Vendor, method: str) -> None:
    fulfiller = client_of(make_seller(vendor, VendorMember.Role.FULFILLER))
    response = getattr(fulfiller, method)(URL, new())
    assert (response.status_code, codes(response)) == (403, ["role_too_low"])
    assert not Product.objects.exists()


def test_is_closed_to_a_suspended_vendor(client: APIClient, vendor: Vendor) -> None:
    make_product(slug="vase", vendor=vendor)
    Vendor.objects.filter(pk=vendor.pk).update(status=Vendor.Status.SUSPENDED)
    for response in (
        client.get(URL),
        client.get(f"{URL}vase/"),
        client.post(URL, new()),
        client.patch(f"{URL}vase/", {"name": "Jar"}),
        client.delete(f"{URL}vase/"),
    ):
        assert (response.status_code, codes(response)) == (403, ["vendor_suspended"])
    assert Product.objects.get().slug == "vase"


def test_is_for_those_who_sell() -> None:
    assert client_of().get(URL).status_code == 401
    nobody = client_of(make_seller(make_vendor()))
    assert nobody.get(URL, HTTP_X_VENDOR="none").status_code == 404
