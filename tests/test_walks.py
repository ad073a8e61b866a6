"""Walking lists by cursors while others write."""

from urllib.parse import parse_qs, urlsplit

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from shop.products.tests.make import make_product
from shop.reviews.tests.make import make_review
from tests.api import body, client_of, codes, walk

pytestmark = pytest.mark.django_db


def test_takes_no_cursor_of_another_ordering() -> None:
    for _ in range(2):
        make_product()
    client = client_of()
    first = body(client.get("/api/store/products/?cursor=&page_size=1&ordering=price"))["next"]
    assert client.get(first).status_code == 200
    cursor = parse_qs(urlsplit(first).query)["cursor"][0]
    for ordering in ("-price", "name", "created_at", "rating"):
        response = client.get("/api/store/products/", {"cursor": cursor, "ordering": ordering})
        assert (response.status_code, codes(response)) == (400, ["invalid"])
    response = client.get("/api/store/categories/", {"cursor": cursor})
    assert (response.status_code, codes(response)) == (400, ["invalid"])


def test_keeps_what_was_asked_for_in_the_addresses() -> None:
    for _ in range(3):
        make_product(price="20.00")
    make_product(price="5.00")
    client = client_of()
    path = "/api/v1/store/products/?cursor=&page_size=1&min_price=10"
    following = body(client.get(path))["next"]
    assert following.startswith("http://testserver/api/v1/store/products/?")
    assert len(list(walk(client, following))) == 2


ORDERINGS = [
    *("price", "-price", "name", "-name", "created_at", "-created_at", "rating", "-rating"),
]


@pytest.mark.parametrize("ordering", ORDERINGS)
def test_shows_each_product_once_while_others_come_and_go(ordering: str) -> None:
    """Ten products, in pairs that tie in price and rating."""
    kept = [
        make_product(f"Mug {n // 2}", price=f"{10 + n // 2}.00", average_rating=n // 2)
        for n in range(10)
    ]
    client, seen = client_of(), []
    pages = walk(client, f"/api/store/products/?cursor=&page_size=3&ordering={ordering}")
    for number, page in enumerate(pages):
        seen += [row["id"] for row in page]
        # At either end of the list, and in the middle of it.
        for price in ("1.00", "12.00", "99.00") if number < 3 else ():
            make_product(f"New {number}", price=price, average_rating=2)
        if number == 1:
            gone = next(one for one in kept if one.pk not in seen)
            kept.remove(gone)
            gone.delete()
            kept[0].delete()  # perhaps the very row that the cursor names
    assert len(seen) == len(set(seen))
    assert {one.pk for one in kept if one.pk} <= set(seen)


@pytest.mark.parametrize("ordering", ["-created_at", "created_at", "rating", "-rating"])
def test_shows_each_review_once_while_others_come_and_go(ordering: str) -> None:
    """A queryset whose columns go up and down."""
    product = make_product()
    kept = [make_review(product, rating=1 + n % 3) for n in range(10)]
    path = f"/api/store/products/{product.slug}/reviews/?cursor=&page_size=2&ordering={ordering}"
    seen = []
    for page in walk(client_of(), path):
        seen += [row["id"] for row in page]
        if len(seen) < 6:
            make_review(product, rating=2)
        if len(seen) == 4:
            kept.pop(next(place for place, one in enumerate(kept) if one.pk in seen)).delete()
    assert len(seen) == len(set(seen))
    assert {one.pk for one in kept} <= set(seen)


def test_finds_its_way_back_when_all_before_is_gone() -> None:
    products = [make_product(price=f"{n}.00") for n in range(1, 5)]
    client = client_of()
    first = body(client.get("/api/store/products/?cursor=&ordering=price&page_size=2"))
    second = body(client.get(first["next"]))
    for product in products[:2]:
        product.delete()
    empty = body(client.get(second["previous"]))
    assert (empty["results"], empty["previous"]) == ([], None)
    assert [row["id"] for row in body(client.get(empty["next"]))["results"]] == [
        product.pk for product in products[2:]
    ]


def test_walks_a_search_by_relevance() -> None:
    products = {make_product(f"Walnut {'table ' * n}").pk for n in range(1, 6)}
    pages = walk(client_of(), "/api/store/products/?cursor=&search=walnut&page_size=2")
    found = [row["id"] for page in pages for row in page]
    assert (len(found), set(found)) == (5, products)


def test_costs_the_same_statements_everywhere() -> None:
    for _ in range(7):
        make_product()
    client, counts = client_of(), set()
    address = "/api/store/products/?cursor=&page_size=2"
    while address:
        with CaptureQueriesContext(connection) as statements:
            page = body(client.get(address))
        counts.add(len(statements))
        address = page["next"]
    assert len(counts) == 1
