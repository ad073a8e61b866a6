"""GET /api/store/vendors/ and /{slug}/."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from shop.accounts.models import User
from shop.accounts.tests.make import make_staff, make_user
from shop.products.tests.make import make_product
from shop.reviews.tests.make import make_review
from shop.vendors import services
from shop.vendors.models import Vendor
from shop.vendors.tests.make import make_vendor
from tests.api import body, client_of, codes

pytestmark = pytest.mark.django_db

URL = "/api/store/vendors/"


def statements(size: int = 100) -> int:
    with CaptureQueriesContext(
        connection,
    ) as captured:
        assert client_of().get(URL, {"page_size": size}).status_code == 200
    return len(captured)


def test_shows_the_approved_ones_by_name() -> None:
    services.house_vendor()
    make_vendor("Zoe's Zines")
    make_vendor("Anna's Apples")
    for status in (Vendor.Status.PENDING, Vendor.Status.REJECTED, Vendor.Status.SUSPENDED):
        make_vendor(f"Not yet {status}", status=status)
    answer = body(client_of().get(URL))
    assert [row["name"] for row in answer["results"]] == ["Anna's Apples", "House", "Zoe's Zines"]
    figures = {"logo", "country", "average_rating", "review_count"}
    public = {"id", "name", "slug", "description", "created_at"} | figures
    assert set(answer["results"][0]) == public


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


def test_rates_each_by_all_reviews_of_its_goods() -> None:
    vases, pots = make_vendor("Vases"), make_vendor("Pots")
    vase, bowl = make_product(vendor=vases), make_product(vendor=vases)
    make_product(vendor=vases)
    for product, ratings in ((vase, [5, 4]), (bowl, [1])):
        for rating in ratings:
            make_review(product, rating=rating)
    answer = {row["slug"]: row for row in body(client_of().get(URL))["results"]}
    assert (answer["vases"]["average_rating"], answer["vases"]["review_count"]) == ("3.33", 3)
    assert (answer["pots"]["average_rating"], answer["pots"]["review_count"]) == ("0.00", 0)
    assert body(client_of().get(f"{URL}{pots.slug}/")) == answer["pots"]


def test_the_rating_costs_no_statement_per_page() -> None:
    """One that counts, one that answers."""
    make_vendor()
    assert statements() == 2


def test_pages_lead_through_all() -> None:
    names = [make_vendor(f"Vendor {number:02}").name for number in range(25)]
    found = []
    for page in (1, 2, 3):
        answer = body(client_of().get(URL, {"page": page, "page_size": 10}))
        found += [row["name"] for row in answer["results"] if row["name"] != "House"]
    assert found == names


class TestByStatus:
    @pytest.fixture(autouse=True)
    def waiting(self) -> Vendor:
        return make_vendor("Waits", owner=make_user(), status=Vendor.Status.PENDING)

    def slugs(self, user: User | None, status: str) -> list[str]:
        answer = body(client_of(user).get(URL, {"status": status}))
        return [row["slug"] for row in answer["results"] if row["slug"] != "house"]

    def test_staff_find_the_queue(self, waiting: Vendor) -> None:
        Vendor.objects.filter(pk=waiting.pk).update(
            payout_details={"account_holder": "V", "iban": "DE89370400440532013000"}
        )
        staff = make_staff("vendor managers")
        answer = body(client_of(staff).get(URL, {"status": "pending"}))
        assert [row["slug"] for row in answer["results"]] == ["waits"]
        assert answer["results"][0]["status"] == "pending"
        assert answer["results"][0]["payout_details"]["iban"] == "****3000"

    def test_others_see_the_approved_whatever_they_ask(self) -> None:
        make_vendor("Sells")
        for somebody in (None, make_user(), make_staff("support")):
            assert self.slugs(somebody, "pending") == ["sells"]

    def test_refuses_a_status_that_is_none(self) -> None:
        response = client_of(make_staff("vendor managers")).get(URL, {"status": "asleep"})
        assert (response.status_code, codes(response)) == (400, ["invalid_choice"])
