from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from shop.accounts.tests.make import make_user
from shop.products.models import Product
from shop.products.tests.make import make_product
from shop.reviews.tests.make import make_review
from shop.vendors.models import Vendor
from shop.vendors.tests.make import make_vendor
from tests.api import body, client_of, codes

pytestmark = pytest.mark.django_db


def address(product: Product | int | str) -> str:
    name = product.slug if isinstance(product, Product) else product
    return f"/api/store/products/{name}/reviews/"


def test_is_open_to_everybody_and_shows_no_email() -> None:
    alice = make_user("alice@example.test", first_name="Alice", last_name="Miller")
    review = make_review(make_product(), user=alice, rating=4, title="Warm", body="All winter.")
    response = client_of().get(address(review.product))
    assert response.status_code == 200
    (row,) = body(response)["results"]
    assert row.pop("created_at").endswith("Z")
    assert row.pop("updated_at").endswith("Z")
    assert row == {
        "id": review.pk,
        "rating": 4,
        "title": "Warm",
        "body": "All winter.",
        "verified_purchase": False,
        "author": {"id": alice.pk, "name": "Alice M."},
    }
    assert "alice@example.test" not in response.content.decode()


@pytest.mark.parametrize(
    ("first", "last", "shown"),
    [("Alice", "", "Alice"), ("", "Miller", "A shopper"), ("", "", "A shopper")],
)
def test_shows_what_there_is_of_a_name(first: str, last: str, shown: str) -> None:
    review = make_review(make_product(), user=make_user(first_name=first, last_name=last))
    (row,) = body(client_of().get(address(review.product)))["results"]
    assert row["author"]["name"] == shown


def test_takes_the_id_of_a_product_too() -> None:
    review = make_review(make_product())
    assert body(client_of().get(address(review.product_id)))["count"] == 1


def test_keeps_products_apart() -> None:
    make_review(make_product())
    assert body(client_of().get(address(make_product())))["count"] == 0


def test_sorts_and_filters() -> None:
    product = make_product()
    for rating in (3, 5, 1, 5):
        make_review(product, rating=rating)

    def ratings(query: str) -> list[int]:
        rows = body(client_of().get(address(product) + query))["results"]
        return [row["rating"] for row in rows]

    assert ratings("") == [5, 1, 5, 3]
    assert ratings("?ordering=rating") == [1, 3, 5, 5]
    assert ratings("?ordering=-rating") == [5, 5, 3, 1]
    assert ratings("?rating=5") == [5, 5]
    assert ratings("?rating=2") == []


@pytest.mark.parametrize(
    "query", ["?rating=0", "?rating=6", "?rating=x", "?rating=1.5", "?ordering=name", "?page=0"]
)
def test_refuses_bad_values_of_known_parameters(query: str) -> None:
    response = client_of().get(address(make_product()) + query)
    assert response.status_code == 400
    assert codes(response)


@pytest.mark.parametrize("status", [Product.Status.DRAFT, Product.Status.INACTIVE])
def test_hides_reviews_of_hidden_products(status: Product.Status) -> None:
    assert client_of().get(address(make_product(status=status))).status_code == 404


def test_hides_reviews_of_goods_of_suspended_vendors() -> None:
    product = make_product(vendor=make_vendor(status=Vendor.Status.SUSPENDED))
    assert client_of().get(address(product)).status_code == 404


@pytest.mark.parametrize("name", ["nothing-here", 2**63, "9" * 40, "%EF%BF%BD"])
def test_knows_no_unknown_products(name: Any) -> None:
    response = client_of().get(address(name))
    assert response.status_code == 404
    assert codes(response) == ["not_found"]


def test_takes_the_same_queries_for_1_and_for_50_reviews() -> None:
    product = make_product()

    def count() -> int:
        with CaptureQueriesContext(
            connection,
        ) as queries:
            response = client_of().get(address(product) + "?page_size=100")
        assert response.status_code == 200
        return len(queries)

    make_review(product)
    one = count()
    for _ in range(49):
        make_review(product)
    assert count() == one <= 3
