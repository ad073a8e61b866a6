"""POST, PUT, PATCH and DELETE /api/store/products/{slug}/variants/."""

from typing import Any

import pytest

from shop.accounts.models import User
from shop.accounts.tests.make import make_staff, make_user
from shop.products.models import Product, Variant
from shop.products.tests.make import make_product
from shop.vendors.tests.make import make_vendor
from tests.api import body, client_of, codes

pytestmark = pytest.mark.django_db

URL = "/api/store/products/shirt/variants/"


@pytest.fixture
def vera() -> User:
    return make_user("vera@example.test")


@pytest.fixture
def shirt(vera: User) -> Product:
    return make_product(
        slug="shirt", price="10.00", sizes=["M", "L"], vendor=make_vendor(owner=vera)
    )


@pytest.fixture
def medium(shirt: Product) -> Variant:
    return shirt.variants.get(options={"size": "M"})


def test_adds_one_for_its_seller_and_for_staff(vera: User, shirt: Product) -> None:
    for user, size in ((vera, "S"), (make_staff("catalog managers"), "XL")):
        response = client_of(user).post(URL, {"size": size, "stock": 4, "price": "9.00"})
        assert response.status_code == 201, response.content
        added = body(response)
        assert (added["size"], added["stock"], added["price"]) == (size, 4, "9.00")
        assert body(client_of().get(f"{URL}{added['id']}/")) == added
    assert body(client_of().get("/api/store/products/shirt/"))["price"] == "9.00"


def test_changes_one(vera: User, medium: Variant) -> None:
    url = f"{URL}{medium.pk}/"
    changed = body(client_of(vera).patch(url, {"price": "7.50", "stock": 1}))
    assert (changed["price"], changed["stock"], changed["size"]) == ("7.50", 1, "M")
    changed = body(client_of(vera).patch(url, {"price": None}))
    assert changed["price"] == "10.00"


def test_replaces_one_and_keeps_its_sku(vera: User, medium: Variant) -> None:
    url = f"{URL}{medium.pk}/"
    response = client_of(vera).put(url, {"price": "7.00"})
    assert (response.status_code, codes(response)) == (400, ["required"])
    replaced = body(client_of(vera).put(url, {"options": {"size": "S"}, "sku": None}))
    assert (replaced["size"], replaced["sku"]) == ("S", medium.sku)


def test_answers_its_editor_with_a_variant_that_was_switched_off(
    vera: User, medium: Variant
) -> None:
    changed = body(client_of(vera).patch(f"{URL}{medium.pk}/", {"is_active": False}))
    assert (changed["is_active"], changed["in_stock"]) == (False, False)


def test_deletes_all_but_the_last(vera: User, shirt: Product) -> None:
    first, last = shirt.variants.order_by("id")
    assert client_of(vera).delete(f"{URL}{first.pk}/").status_code == 204
    response = client_of(vera).delete(f"{URL}{last.pk}/")
    assert (response.status_code, codes(response)) == (409, ["last_variant"])
    assert list(shirt.variants.all()) == [last]


def test_refuses_what_clashes(vera: User, shirt: Product, medium: Variant) -> None:
    for fields, code in (
        ({"size": "L"}, "duplicate_options"),
        ({"size": "S", "sku": medium.sku}, "sku_taken"),
    ):
        response = client_of(vera).post(URL, fields)
        assert (response.status_code, codes(response)) == (409, [code])
    assert shirt.variants.count() == 2


@pytest.mark.parametrize(
    "bad",
    [
        {"options": {}},
        {"options": {"a": "1", "b": "2", "c": "3", "d": "4"}},
        {"options": {"size": 5}},
        {"options": []},
        {"size": None},
        {"size": "S", "price": "-1"},
        {"size": "S", "stock": -1},
        {"size": "S", "stock": 2**63},
        {"size": "S", "stock": True},
        {"size": "S", "weight_grams": 2**31},
        {"size": "S", "barcode": "x" * 51},
        {"size": "S", "sku": ""},
    ],
)
def test_refuses_a_bad_body(bad: dict[str, Any], vera: User, shirt: Product) -> None:
    response = client_of(vera).post(URL, bad)
    assert response.status_code == 400, response.content
    assert codes(response)
    assert shirt.variants.count() == 2


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_refuses_everybody_else(method: str, shirt: Product, medium: Variant) -> None:
    bob = make_user()
    make_vendor(owner=bob)
    before = list(Variant.objects.values().order_by("id"))
    url = URL if method == "post" else f"{URL}{medium.pk}/"
    for user, status in ((None, 401), (make_user(), 403), (make_staff("support"), 403), (bob, 404)):
        response = getattr(client_of(user), method)(url, {"size": "S"})
        assert response.status_code == status
        assert codes(response)
    assert list(Variant.objects.values().order_by("id")) == before


def test_writes_no_variant_of_another_product(vera: User, shirt: Product) -> None:
    foreign = make_product().variants.get()
    for pk in (foreign.pk, 2**63, 0):
        assert client_of(vera).patch(f"{URL}{pk}/", {"stock": 0}).status_code == 404
        assert client_of(vera).delete(f"{URL}{pk}/").status_code == 404
    assert Variant.objects.filter(pk=foreign.pk).exists()
