"""/api/vendor/inventory/warehouses/: the own ones, and the shop's main one."""

from typing import Any

import pytest
from rest_framework.test import APIClient

from shop.inventory import services
from shop.inventory.models import Warehouse
from shop.inventory.querysets import default_warehouse
from shop.products.tests.make import make_seller
from shop.vendors.models import Vendor, VendorMember
from shop.vendors.tests.make import make_vendor
from tests.api import body, client_of, codes

pytestmark = pytest.mark.django_db

URL = "/api/vendor/inventory/warehouses/"


@pytest.fixture
def vendor() -> Vendor:
    return make_vendor("Vera")


@pytest.fixture
def client(vendor: Vendor) -> APIClient:
    return client_of(make_seller(vendor))


@pytest.fixture(autouse=True)
def places(vendor: Vendor) -> dict[str, Warehouse]:
    default_warehouse()
    services.create_warehouse(name="Shop's second", code="second")
    services.create_warehouse(name="Theirs", code="theirs", vendor=make_vendor())
    services.create_warehouse(name="Far", code="far", vendor=vendor)
    return {place.code: place for place in Warehouse.objects.all()}


def test_lists_the_own_and_the_main_one(client: APIClient) -> None:
    rows = body(client.get(URL))["results"]
    assert [(row["code"], row["vendor"]) for row in rows] == [("far", "vera"), ("main", None)]


@pytest.mark.parametrize(
    ("code", "status"), [("far", 200), ("main", 200), ("theirs", 404), ("second", 404)]
)
def test_shows_one_by_code_and_by_id(
    client: APIClient, places: dict[str, Warehouse], code: str, status: int
) -> None:
    for named in (code, places[code].pk):
        response = client.get(f"{URL}{named}/")
        assert response.status_code == status
        assert status == 404 or body(response)["code"] == code


def test_opens_one_of_its_own_whatever_the_body_says(client: APIClient, vendor: Vendor) -> None:
    sent = {"name": "Near", "code": "near", "vendor": None, "is_default": True}
    response = client.post(URL, sent)
    assert (response.status_code, body(response)["vendor"]) == (201, "vera")
    opened = Warehouse.objects.get(code="near")
    assert (opened.vendor, opened.is_default) == (vendor, False)


def test_changes_its_own_whatever_the_body_says(
    client: APIClient, vendor: Vendor, places: dict[str, Warehouse]
) -> None:
    sent = {"name": "Farther", "vendor": None, "is_default": True}
    for named in ("far", places["far"].pk):
        assert body(client.patch(f"{URL}{named}/", sent))["name"] == "Farther"
    changed = Warehouse.objects.get(code="far")
    assert (changed.vendor, changed.is_default) == (vendor, False)


@pytest.mark.parametrize("code", ["theirs", "main", "second", "none"])
def test_changes_no_other(client: APIClient, code: str) -> None:
    before = list(Warehouse.objects.order_by("pk").values())
    response = client.patch(f"{URL}{code}/", {"name": "Mine"})
    assert (response.status_code, codes(response)) == (404, ["not_found"])
    assert list(Warehouse.objects.order_by("pk").values()) == before


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        ({"code": "main"}, 409),
        ({"code": "theirs"}, 409),
        ({"code": "12"}, 400),
        ({"code": "a b"}, 400),
        ({"name": ""}, 400),
        ({"name": 1}, 400),
    ],
)
def test_refuses_codes_and_names_that_do_not_fit(
    client: APIClient, sent: dict[str, Any], status: int
) -> None:
    assert client.post(URL, {"name": "Near", "code": "near"} | sent).status_code == status
    assert client.patch(f"{URL}far/", sent).status_code == status
    assert Warehouse.objects.count() == 4


def test_is_read_by_fulfillers_and_written_by_managers(vendor: Vendor) -> None:
    fulfiller = client_of(make_seller(vendor, VendorMember.Role.FULFILLER))
    assert fulfiller.get(URL).status_code == fulfiller.get(f"{URL}far/").status_code == 200
    assert codes(fulfiller.post(URL, {"name": "Near", "code": "near"})) == ["role_too_low"]
    assert codes(fulfiller.patch(f"{URL}far/", {"name": "Near"})) == ["role_too_low"]
    assert Warehouse.objects.get(code="far").name == "Far"


def test_is_closed_to_a_suspended_vendor(client: APIClient, vendor: Vendor) -> None:
    Vendor.objects.filter(pk=vendor.pk).update(status=Vendor.Status.SUSPENDED)
    for response in (client.get(URL), client.post(URL, {"name": "Near", "code": "near"})):
        assert (response.status_code, codes(response)) == (403, ["vendor_suspended"])
