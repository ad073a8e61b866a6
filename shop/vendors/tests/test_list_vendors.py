"""GET /api/store/vendors/ and /{slug}/."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from shop.vendors import services
from shop.vendors.models import Vendor
from shop.vendors.tests.make import make_vendor
from tests.api import body, client_of, codes

pytestmark = pytest.mark.django_db

URL = "/api/store/vendors/"


def statements() -> int:
    with CaptureQueriesContext(
        connection,
    ) as captured:
        assert client_of().get(URL, {"page_size": 100}).status_code == 200
    return len(captured)


def test_shows_the_approved_ones_by_name() -> None:
    services.house_vendor()
    make_vendor("Zoe's Zines")
    make_vendor("Anna's Apples")
    for status in (Vendor.Status.PENDING, Vendor.Status.REJECTED, Vendor.Status.SUSPENDED):
        make_vendor(f"Not yet {status}", status=status)
    answer = body(client_of().get(URL))
    assert [row["name"] for row in answer["results"]] == ["Anna's Apples", "House", "Zoe's Zines"]
    assert set(answer["results"][0]) == {"id", "name", "slug", "description", "created_at"}


def test_takes_as_many_statements_for_fifty_as_for_one() -> None:
    services.house_vendor()
    before = statements()
    for _ in range(50):
        make_vendor()
    assert statements() == before


def test_opens_by_slug_and_by_id() -> None:
    vera = make_vendor("Veras Vases")
    by_slug = body(client_of().get(f"{URL}veras-vases/"))
    assert by_slug == body(client_of().get(f"{URL}{vera.pk}/"))
    assert by_slug["name"] == "Veras Vases"


@pytest.mark.parametrize("reference", ["nobody", "999999999999999999999999", "0", "-1"])
def test_answers_404_for_what_is_not_there(reference: str) -> None:
    response = client_of().get(f"{URL}{reference}/")
    assert response.status_code == 404
    assert codes(response) == ["not_found"]


def test_hides_a_suspended_vendor() -> None:
    vendor = make_vendor(status=Vendor.Status.SUSPENDED)
    assert client_of().get(f"{URL}{vendor.slug}/").status_code == 404


@pytest.mark.parametrize("page", ["0", "x", "-1"])
def test_refuses_a_page_that_is_none(page: str) -> None:
    response = client_of().get(URL, {"page": page})
    assert response.status_code == 400
    assert codes(response) == ["invalid"]


def test_cannot_be_written() -> None:
    assert client_of().post(URL, {"name": "Mine"}).status_code == 405
