"""POST, PUT, PATCH and DELETE /api/store/categories/."""

from pathlib import Path
from typing import Any

import pytest
from pytest_django import Settings

from shop.accounts.models import User
from shop.accounts.tests.make import make_staff, make_user
from shop.products.models import Category
from shop.products.tests.make import make_category, make_product
from shop.products.tests.pictures import upload
from shop.vendors.tests.make import make_vendor
from tests.api import body, client_of, codes

pytestmark = pytest.mark.django_db

URL = "/api/store/categories/"


@pytest.fixture
def staff() -> User:
    return make_staff("catalog managers")


def test_creates_one_and_answers_it(staff: User) -> None:
    home = make_category("Home")
    response = client_of(staff).post(URL, {"name": "Lamps", "parent": "home", "position": 2})
    assert response.status_code == 201, response.content
    created = body(response)
    assert created["parent"] == {"id": home.pk, "name": "Home", "slug": "home"}
    assert (created["slug"], created["position"]) == ("lamps", 2)
    assert body(client_of().get(f"{URL}lamps/")) == created


def test_takes_an_image_as_a_form(staff: User, settings: Settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path
    fields = {"name": "Lamps", "image": upload()}
    created = body(client_of(staff).post(URL, fields, format="multipart"))
    name = created["image"].removeprefix("http://testserver/media/")
    assert (tmp_path / name).exists()
    assert body(client_of(staff).patch(f"{URL}lamps/", {"image": None}))["image"] is None


def test_changes_and_replaces_one(staff: User) -> None:
    make_category("Lamps", parent=make_category("Home"))
    changed = body(client_of(staff).patch(f"{URL}lamps/", {"parent": None, "slug": "lights"}))
    assert (changed["parent"], changed["slug"]) == (None, "lights")
    assert client_of().get(f"{URL}lamps/").status_code == 301
    response = client_of(staff).put(f"{URL}lights/", {"position": 1})
    assert (response.status_code, codes(response)) == (400, ["required"])
    assert body(client_of(staff).put(f"{URL}lights/", {"name": "Light"}))["name"] == "Light"


def test_deletes_an_empty_one_only(staff: User) -> None:
    home = make_category("Home")
    lamps = make_category("Lamps", parent=home)
    product = make_product(category=lamps)
    for slug in ("home", "lamps"):
        response = client_of(staff).delete(f"{URL}{slug}/")
        assert (response.status_code, codes(response)) == (409, ["category_in_use"])
    product.delete()
    assert client_of(staff).delete(f"{URL}lamps/").status_code == 204
    assert list(Category.objects.all()) == [home]


def test_refuses_a_cycle(staff: User) -> None:
    make_category("Lamps", parent=make_category("Home"))
    response = client_of(staff).patch(f"{URL}home/", {"parent": "lamps"})
    assert (response.status_code, codes(response)) == (409, ["category_cycle"])


@pytest.mark.parametrize(
    "bad",
    [
        {"name": ""},
        {"name": None},
        {"name": "x" * 151},
        {"parent": "none"},
        {"parent": 2**63},
        {"parent": []},
        {"position": -1},
        {"position": 2**31},
        {"position": "1e3"},
        {"slug": "1"},
        {"image": "x"},
    ],
)
def test_refuses_a_bad_body(bad: dict[str, Any], staff: User) -> None:
    make_category("Home")
    before = Category.objects.values().get()
    for response in (
        client_of(staff).post(URL, {"name": "Lamps"} | bad),
        client_of(staff).patch(f"{URL}home/", bad),
    ):
        assert response.status_code == 400, response.content
        assert codes(response)
    assert Category.objects.values().get() == before


def test_refuses_everybody_else() -> None:
    make_category("Home")
    vera = make_user()
    make_vendor(owner=vera)
    for user, status in (
        (None, 401),
        (make_user(), 403),
        (vera, 403),
        (make_staff("support"), 403),
    ):
        client = client_of(user)
        for response in (
            client.post(URL, {"name": "Lamps"}),
            client.put(f"{URL}home/", {"name": "Mine"}),
            client.patch(f"{URL}home/", {"name": "Mine"}),
            client.delete(f"{URL}home/"),
        ):
            assert response.status_code == status
            assert codes(response)
    assert Category.objects.get().name == "Home"
