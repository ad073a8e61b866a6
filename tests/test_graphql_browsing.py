"""Browsing by GraphQL: what everybody sees, in few statements."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from shop.accounts.tests.make import make_staff, make_user
from shop.products.models import Product
from shop.products.tests.make import make_category, make_product, make_seller
from shop.reviews.tests.make import make_review
from shop.vendors.tests.make import make_vendor
from tests.api import body, client_of
from tests.graphql_door import ask, data, problem

pytestmark = pytest.mark.django_db

EVERYTHING = """
query Page($first: Int) {
  products(first: $first) {
    totalCount
    pageInfo { hasNextPage endCursor }
    edges { node {
      id pk name slug price compareAtPrice currency stock inStock status averageRating reviewCount
      image createdAt
      category { name slug }
      vendor { name slug averageRating reviewCount }
      variants { pk sku size price currency stock inStock options { name value } }
      images { pk image altText isMain thumbnails { small } }
      reviews(first: 3) { totalCount edges { node { rating title author { name } } } }
    } }
  }
}
"""


def test_a_page_takes_the_same_few_statements_for_one_and_for_fifty_products() -> None:
    category = make_category()
    for number in range(50):
        product = make_product(category=category, vendor=make_vendor(), sizes=["M", "S"])
        if number % 5 == 0:
            make_review(product)
            make_review(product)
    counts = {}
    for first in (1, 50):
        with CaptureQueriesContext(
            connection,
        ) as captured:
            answer = data(client_of(), EVERYTHING, {"first": first})
        counts[first] = len(captured)
        assert len(answer["products"]["edges"]) == first
    assert counts[1] == counts[50] <= 8, [q["sql"] for q in captured]


def test_aliases_and_nested_categories_cost_no_more_for_more_rows() -> None:
    top = make_category()
    for _ in range(6):
        make_product(category=make_category(parent=make_category(parent=top)), sizes=["S", "M"])
    query = """query($n: Int) {
      products(first: $n) { edges { node {
        a: variants { sku } b: variants { price inStock } category { parent { parent { name } } }
        image images { image } a1: reviews(first: 1) { edges { node { rating } } }
        a2: reviews(first: 2) { edges { node { rating } } }
      } } }
      categories(first: $n) { edges { node { name children { name children { name } } } } }
      vendors(first: $n) { edges { node { name averageRating logo } } }
    }"""
    counts = []
    for first in (1, 6):
        with CaptureQueriesContext(connection) as captured:
            data(client_of(), query, {"first": first, "n": first})
        counts.append(len(captured))
    assert counts[0] == counts[1], [one["sql"] for one in captured]


def test_pages_follow_each_other_and_count_as_in_rest() -> None:
    for number in range(5):
        make_product(f"Product {number}", price=f"{number + 1}.00")
    query = """query($first: Int, $after: String, $last: Int, $before: String) {
      products(orderBy: PRICE_ASC, first: $first, after: $after, last: $last, before: $before) {
        totalCount edges { cursor node { price } }
        pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
      }
    }"""

    def page(**arguments: object) -> tuple[list[str], dict[str, Any], int]:
        found = data(client_of(), query, arguments)["products"]
        prices = [edge["node"]["price"] for edge in found["edges"]]
        return prices, found["pageInfo"], found["totalCount"]

    prices, info, count = page(first=2)
    assert (prices, count) == (["1.00", "2.00"], 5)
    assert (info["hasNextPage"], info["hasPreviousPage"]) == (True, False)
    prices, info, _ = page(first=2, after=info["endCursor"])
    assert prices == ["3.00", "4.00"]
    prices, info, _ = page(first=2, after=info["endCursor"])
    assert (prices, info["hasNextPage"]) == (["5.00"], False)
    assert page(last=2, before=info["startCursor"])[0] == ["3.00", "4.00"]
    assert page(last=2)[0] == ["4.00", "5.00"]
    assert page(first=0)[:2] == (
        [],
        {"hasNextPage": True, "hasPreviousPage": False, "startCursor": None, "endCursor": None},
    )
    assert len(page()[0]) == 5


FILTERS = [
    ('search: "oak"', "search=oak"),
    ("filter: {inStock: true}", "in_stock=true"),
    ("filter: {inStock: false}", "in_stock=false"),
    ('filter: {minPrice: "20", maxPrice: "40.00"}', "min_price=20&max_price=40.00"),
    ('filter: {options: [{name: "size", value: "M"}]}', "option.size=M"),
    ('filter: {size: "M", inStock: true}', "size=M&in_stock=true"),
    ('filter: {vendor: "alder"}', "vendor=alder"),
    ('filter: {category: "tables"}', "category=tables"),
    ("filter: {rating: 4.5}", "rating=4.5"),
    ("filter: {status: DRAFT}", "status=draft"),
    ("orderBy: NAME_DESC", "ordering=-name"),
    ("orderBy: OLDEST", "ordering=created_at"),
]


@pytest.mark.parametrize(("arguments", "query"), FILTERS)
def test_finds_what_rest_finds(arguments: str, query: str) -> None:
    tables = make_category("Tables")
    alder = make_vendor("Alder")
    make_product("Oak table", category=make_category(parent=tables), price="30.00", vendor=alder)
    make_product("Oak chair", price="20.00", sizes=["S", "M"])
    make_review(make_product("Lamp", price="50.00", stock=0), rating=5)
    make_product("Secret oak", status=Product.Status.DRAFT)
    rest = body(client_of().get(f"/api/store/products/?{query}"))
    found = data(
        client_of(), f"{{ products({arguments}) {{ totalCount edges {{ node {{ slug }} }} }} }}"
    )
    slugs = [edge["node"]["slug"] for edge in found["products"]["edges"]]
    assert slugs == [product["slug"] for product in rest["results"]]
    assert found["products"]["totalCount"] == rest["count"]


@pytest.mark.parametrize(
    ("arguments", "attr"),
    [
        ('filter: {category: "nowhere"}', "category"),
        ('filter: {vendor: "nobody"}', "vendor"),
        ('filter: {minPrice: "cheap"}', "minPrice"),
        ("orderBy: RELEVANCE", "ordering"),
    ],
)
def test_names_a_bad_filter(arguments: str, attr: str) -> None:
    answer = ask(client_of(), f"{{ products({arguments}) {{ totalCount }} }}")
    assert problem(answer)[1:] == (attr, 400)


def test_shows_drafts_and_inactive_variants_to_those_who_may_see_them() -> None:
    vendor = make_vendor()
    product = make_product(vendor=vendor, sizes=["S", "M"])
    product.variants.filter(options={"size": "M"}).update(is_active=False)
    draft = make_product(vendor=vendor, status=Product.Status.DRAFT)
    query = "query($id: ID!) { product(id: $id) { variants { size isActive } } }"
    seller, staff = make_seller(vendor), make_staff("catalog managers")
    for user, expected in ((None, 1), (make_user(), 1), (seller, 2), (staff, 2)):
        shown = data(client_of(user), query, {"id": product.slug})["product"]["variants"]
        assert len(shown) == expected
        answer = ask(client_of(user), query, {"id": draft.pk})
        assert ("errors" in answer) == (expected == 1)
    listed = "{ products { edges { node { slug variants { size } } } } }"
    (edge,) = data(client_of(seller), listed)["products"]["edges"]
    assert edge["node"]["variants"] == [{"size": "S"}]


def test_finds_by_global_id_what_everybody_may_see() -> None:
    product = make_product()
    read = data(
        client_of(), f"{{ product(id: {product.pk}) {{ id category {{ id }} vendor {{ id }} }} }}"
    )
    ids = {
        read["product"]["id"],
        read["product"]["category"]["id"],
        read["product"]["vendor"]["id"],
    }
    for one in ids:
        node = data(client_of(), f'{{ node(id: "{one}") {{ __typename id }} }}')["node"]
        assert node["id"] == one
    answer = ask(client_of(), '{ node(id: "UHJvZHVjdDo5OTk5OTk=") { id } }')
    assert problem(answer) == ("not_found", None, 404)
    for nonsense in ("", "x", "VXNlcjox", str(product.pk)):
        assert problem(ask(client_of(), f'{{ node(id: "{nonsense}") {{ id }} }}'))[2] == 404


FACETS = """
query($search: String, $filter: ProductFilter) {
  productFacets(search: $search, filter: $filter) {
    categories { pk name slug parent count }
    prices { min max count }
    options { name values { value count } }
    ratings { value count }
    vendors { pk name slug count }
    inStock { value count }
  }
}
"""


def test_facets_are_those_of_rest() -> None:
    home = make_category("Home")
    make_product("Oak table", category=make_category("Tables", parent=home), price="199.00")
    make_product("Oak chair", category=home, sizes=["S", "M"], stock=0)
    make_product("Lamp", status=Product.Status.DRAFT)
    wanted = {"category": "home", "inStock": False, "options": [{"name": "size", "value": "M"}]}
    found = data(client_of(), FACETS, {"search": "oak", "filter": wanted})["productFacets"]
    asked = "facets=true&search=oak&category=home&in_stock=false&size=M"
    expected = body(client_of().get(f"/api/store/products/?{asked}"))["facets"]
    for kind in ("categories", "vendors"):
        for one in expected[kind]:
            one["pk"] = one.pop("id")
    assert found == {("inStock" if k == "in_stock" else k): v for k, v in expected.items()}
    assert found["categories"][0]["count"] == 1


def test_facets_are_refused_as_the_list_is() -> None:
    answer = ask(client_of(), FACETS, {"filter": {"minPrice": "cheap"}})
    assert problem(answer) == ("invalid", "minPrice", 400)
    answer = ask(client_of(), FACETS, {"filter": {"category": "none"}})
    assert problem(answer) == ("does_not_exist", "category", 400)


def test_facets_of_drafts_are_for_staff() -> None:
    make_product(status=Product.Status.DRAFT)
    drafts = {"filter": {"status": "DRAFT"}}
    staff = client_of(make_staff("catalog managers"))
    for client, vendors in ((staff, 1), (client_of(make_user()), 0)):
        assert len(data(client, FACETS, drafts)["productFacets"]["vendors"]) == vendors


def test_a_list_without_facets_counts_none() -> None:
    make_product()
    with CaptureQueriesContext(connection) as statements:
        data(client_of(), "{ products { edges { node { name } } } }")
    assert len(statements) == 1
    with CaptureQueriesContext(connection) as statements:
        data(client_of(), "{ productFacets { vendors { count } } }")
    assert len(statements) == 3


def test_suggestions_are_those_of_rest() -> None:
    make_product("Oak table", category=make_category("Oak"), vendor=make_vendor("Oakley"))
    query = """query($q: String!) { suggest(q: $q) {
        products { pk name slug price currency image } categories { pk name slug }
        vendors { pk name slug }
    } }"""
    found = data(client_of(), query, {"q": "oak"})["suggest"]
    expected = body(client_of().get("/api/store/search/suggest/?q=oak"))
    for one in (one for kind in expected.values() for one in kind):
        one["pk"] = one.pop("id")
    assert found == expected
    assert [len(rows) for rows in found.values()] == [1, 1, 1]
    assert problem(ask(client_of(), query, {"q": "x" * 101})) == ("max_length", "q", 400)
    assert data(client_of(), query, {"q": "o"})["suggest"]["products"] == []
