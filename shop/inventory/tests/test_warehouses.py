"""The places that hold stock, at /warehouses/."""

from typing import Any

import pytest

from shop.accounts.models import User
from shop.accounts.tests.make import make_staff, make_user
from shop.inventory import querysets
from shop.inventory.models import Warehouse
from shop.vendors.tests.make import make_vendor
from tests.api import body, client_of, codes

pytestmark = pytest.mark.django_db

WAREHOUSES = "/api/store/warehouses/"


@pytest.fixture(autouse=True)
def main_warehouse(db: None) -> Warehouse:
    """A migration makes it; tests that flush the database take it away."""
    return querysets.default_warehouse()


@pytest.fixture
def staff() -> User:
    return make_staff("catalog managers")


def test_a_new_shop_has_one(staff: User) -> None:
    (warehouse,) = body(client_of(staff).get(WAREHOUSES))["results"]
    assert (warehouse["code"], warehouse["is_default"], warehouse["vendor"]) == ("main", True, None)


def test_opens_one_for_a_vendor(staff: User) -> None:
    vendor = make_vendor()
    data = {"name": "Harbor", "code": "harbor", "vendor": vendor.slug}
    response = client_of(staff).post(WAREHOUSES, data)
    assert response.status_code == 201
    assert body(response)["vendor"] == vendor.slug
    warehouse = Warehouse.objects.get(code="harbor")
    assert warehouse.vendor == vendor
    for value in ("harbor", warehouse.pk):
        assert body(client_of(staff).get(f"{WAREHOUSES}{value}/")) == body(response)


def test_a_new_default_takes_the_role(staff: User) -> None:
    old = querysets.default_warehouse()
    new = Warehouse.objects.create(name="Harbor", code="harbor")
    response = client_of(staff).patch(f"{WAREHOUSES}harbor/", {"is_default": True})
    assert body(response)["is_default"] is True
    assert querysets.default_warehouse() == new
    response = client_of(staff).post(
        WAREHOUSES, {"name": "Third", "code": "third", "is_default": True}
    )
    assert response.status_code == 201
    assert list(Warehouse.objects.filter(is_default=True)) == [querysets.default_warehouse()]
    old.refresh_from_db()
    assert not old.is_default


def test_there_is_always_a_default(staff: User) -> None:
    response = client_of(staff).patch(f"{WAREHOUSES}main/", {"is_default": False})
    assert (response.status_code, codes(response)) == (409, ["default_warehouse_needed"])
    assert querysets.default_warehouse().code == "main"


def test_the_default_belongs_to_the_shop(staff: User) -> None:
    response = client_of(staff).patch(f"{WAREHOUSES}main/", {"vendor": make_vendor().slug})
    assert (response.status_code, codes(response)) == (400, ["invalid"])
    assert querysets.default_warehouse().vendor is None


def test_renames(staff: User) -> None:
    response = client_of(staff).patch(f"{WAREHOUSES}main/", {"name": "Old town"})
    assert body(response)["name"] == "Old town"
    assert body(response)["is_default"] is True


def test_refuses_a_code_that_is_taken(staff: User) -> None:
    response = client_of(staff).post(WAREHOUSES, {"name": "Other", "code": "main"})
    assert (response.status_code, codes(response)) == (409, ["warehouse_code_taken"])
    assert Warehouse.objects.count() == 1


@pytest.mark.parametrize(
    "changed",
    [
        {"name": ""},
        {"name": None},
        {"name": "x" * 101},
        {"name": []},
        {"code": "123"},
        {"code": "a b"},
        {"code": "x" * 51},
        {"code": None},
        {"vendor": "nobody"},
        {"vendor": 2**70},
        {"vendor": {}},
        {"is_default": "perhaps"},
        {"is_default": None},
    ],
)
def test_refuses_bad_bodies(staff: User, changed: dict[str, Any]) -> None:
    response = client_of(staff).post(WAREHOUSES, {"name": "Harbor", "code": "harbor"} | changed)
    assert response.status_code == 400
    assert [error["attr"] for error in body(response)["errors"]] == list(changed)
    assert Warehouse.objects.count() == 1


def test_unknown_ones_are_404(staff: User) -> None:
    for value in ("elsewhere", 2**63, "9" * 5000):
        assert client_of(staff).patch(f"{WAREHOUSES}{value}/", {}).status_code == 404


def test_is_for_staff_only() -> None:
    assert client_of().get(WAREHOUSES).status_code == 401
    assert client_of(make_user()).get(WAREHOUSES).status_code == 403
    managers = make_staff("order managers")  # they may look
    assert client_of(managers).get(WAREHOUSES).status_code == 200
    assert client_of(managers).post(WAREHOUSES, {}).status_code == 403
    assert client_of(managers).patch(f"{WAREHOUSES}main/", {}).status_code == 403
