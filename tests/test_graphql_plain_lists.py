"""Lists of products that ask for no more than REST's rows: the same values, as quickly."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from benchmarks.graphql import PLAIN
from shop.inventory import services as inventory
from shop.products import services as products
from shop.products.models import Product
from shop.products.tests.make import make_category, make_product
from shop.products.tests.pictures import upload
from shop.reviews.tests.make import make_review
from shop.vendors.tests.make import make_vendor
from tests.api import body, client_of
from tests.graphql_door import data

pytestmark = pytest.mark.django_db


def _goods() -> None:
    tables = make_category("Tables", parent=make_category("House"))
    coat = make_product("Coat", sizes=["S", "M"], price="30.00", vendor=make_vendor("Alder"))
    products.update_product(product=coat, changes={"compare_at_price": "45.50"})
    make_review(coat, rating=4)
    remote = make_product("Table", category=tables, stock=0)
    products.add_image(product=remote, remote_url="https://cdn.example.com/table.jpg")
    lamp = make_product("Lamp")
    products.add_image(product=lamp, file=upload())
    inventory.reserve_stock(quantities={lamp.variants.get().pk: 1}, reference="order:1")
    make_product("Draft", status=Product.Status.DRAFT)


def _in_words_of_rest(node: dict[str, Any]) -> dict[str, Any]:
    flat = {"".join(f"_{c.lower()}" if c.isupper() else c for c in k): v for k, v in node.items()}
    flat["id"], flat["status"] = flat.pop("pk"), flat["status"].lower()
    for part in ("category", "vendor"):
        flat[part] = {"id" if name == "pk" else name: v for name, v in flat[part].items()}
    return flat


def test_answers_what_rest_answers() -> None:
    _goods()
    rest = body(client_of().get("/api/store/products/?page_size=50"))["results"]
    found = data(client_of(), PLAIN, {"first": 50})["products"]["edges"]
    assert [_in_words_of_rest(edge["node"]) for edge in found] == rest
    assert len(rest) == 3


def test_takes_as_many_statements_as_rest_for_one_and_for_fifty() -> None:
    category = make_category()
    for _ in range(50):
        make_product(category=category, vendor=make_vendor())
    for first in (1, 50):
        with CaptureQueriesContext(connection) as by_rest:
            client_of().get(f"/api/store/products/?page_size={first}")
        with CaptureQueriesContext(connection) as by_graphql:
            answer = data(client_of(), PLAIN, {"first": first})
        assert len(answer["products"]["edges"]) == first
        assert len(by_graphql) == len(by_rest) <= 2, [one["sql"] for one in by_graphql]


@pytest.mark.parametrize(
    "more",
    [
        "description",
        "...Deep",
        "... on Node { ... on Product { description } }",
        "vendor { country }",
        "category { parent { name } }",
    ],
)
def test_reads_whatever_more_is_asked_for_in_few_statements(more: str) -> None:
    _goods()
    query = (
        f"query($first: Int) {{ products(first: $first) {{ edges {{ node {{ name {more} }} }} }} }}"
    )
    query += " fragment Deep on Product { images { pk } }" if "Deep" in more else ""
    counts = []
    for first in (1, 3):
        with CaptureQueriesContext(connection) as captured:
            data(client_of(), query, {"first": first})
        counts.append(len(captured))
    assert counts[0] == counts[1] <= 4, [one["sql"] for one in captured]
