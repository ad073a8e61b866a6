"""Staff read every rate, a vendor's managers their own."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from shop.accounts.models import User
from shop.accounts.tests.make import make_user
from shop.commissions.tests.make import begun_ago, make_rate
from shop.products.tests.make import make_product
from shop.vendors.models import Vendor, VendorMember
from shop.vendors.tests.make import make_vendor
from tests.api import body, client_of, codes

pytestmark = pytest.mark.django_db

ALL, OWN = "/api/store/commissions/", "/api/vendor/commissions/"


def listed(user: User, address: str, **query: Any) -> list[int]:
    answer = body(client_of(user).get(address, query))
    return [row["id"] for row in answer["results"]]


def test_staff_see_all_the_last_begun_first(victor: User, vases: Vendor) -> None:
    mine, others = make_rate(vases), make_rate(make_vendor())
    begun_ago(others, days=1)
    assert listed(victor, ALL) == [mine.pk, others.pk]
    assert listed(victor, ALL, vendor=vases.slug) == [mine.pk]
    assert listed(victor, ALL, vendor=others.vendor_id) == [others.pk]


def test_an_unknown_vendor_is_a_mistake(victor: User) -> None:
    response = client_of(victor).get(ALL, {"vendor": "nobody"})
    assert (response.status_code, codes(response)) == (400, ["does_not_exist"])


def test_a_vendor_sees_its_own_only(vera: User, vases: Vendor) -> None:
    vase = make_product("Vase", vendor=vases)
    rule = make_rate(vases, "12.5", fee="0.3", product=vase)
    make_rate(make_vendor())
    answer = body(client_of(vera).get(OWN))
    assert answer["results"] == [
        {
            "id": rule.pk,
            "category": None,
            "product": {"id": vase.pk, "name": "Vase", "slug": vase.slug},
            "percent": "12.50",
            "fee": "0.30",
            "currency": "USD",
            "valid_from": rule.valid_from.isoformat().replace("+00:00", "Z"),
            "valid_to": None,
        }
    ]


def test_a_vendor_changes_none_of_them(vera: User, vases: Vendor) -> None:
    assert client_of(vera).post(OWN, {"percent": "0"}).status_code == 405


def test_it_takes_a_manager(vases: Vendor) -> None:
    for role, status in [("fulfiller", 403), ("manager", 200)]:
        person = make_user()
        VendorMember.objects.create(vendor=vases, user=person, role=role)
        assert client_of(person).get(OWN).status_code == status


def test_strangers_and_the_suspended_see_nothing(alice: User, vera: User, vases: Vendor) -> None:
    assert client_of(None).get(OWN).status_code == 401
    assert codes(client_of(alice).get(OWN)) == ["not_a_vendor"]
    Vendor.objects.filter(pk=vases.pk).update(status=Vendor.Status.SUSPENDED)
    response = client_of(vera).get(OWN)
    assert (response.status_code, codes(response)) == (403, ["vendor_suspended"])


@pytest.mark.parametrize("address", [ALL, OWN])
def test_costs_the_same_for_1_and_for_50(
    address: str, victor: User, vera: User, vases: Vendor
) -> None:
    client = client_of(victor if address == ALL else vera)
    counts = []
    for more in (1, 49):
        for _ in range(more):
            product = make_product(vendor=vases)
            make_rate(vases, product=product)
        client.get(address)
        with CaptureQueriesContext(connection) as queries:
            answer = body(client.get(address, {"page_size": 100}))
        counts.append(len(queries))
    assert len(answer["results"]) == 50
    assert counts[0] == counts[1]


@pytest.mark.parametrize("address", [ALL, OWN])
def test_brings_the_whole_product(address: str, victor: User, vera: User, vases: Vendor) -> None:
    vase = make_product(vendor=vases)
    make_rate(vases, product=vase)
    client = client_of(victor if address == ALL else vera)
    row = body(client.get(address, {"expand": "product,category"}))["results"][0]
    assert row["product"] == body(client.get(f"/api/store/products/{vase.slug}/"))
    assert row["category"] is None
