"""GET /api/store/search/suggest/."""

from typing import Any
from urllib.parse import quote

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from shop.accounts.tests.make import make_staff
from shop.core.searching import words_of
from shop.products import suggestions
from shop.products.models import Product, ProductImage
from shop.products.tests.make import make_category, make_product
from shop.vendors.models import Vendor
from shop.vendors.tests.make import make_vendor
from tests.api import body, client_of, codes

pytestmark = pytest.mark.django_db

URL = "/api/store/search/suggest/"
NOTHING: dict[str, list[Any]] = {"products": [], "categories": [], "vendors": []}


def suggested(typed: str, client: Any = None) -> dict[str, Any]:
    response = (client or client_of()).get(f"{URL}?q={quote(typed)}")
    assert response.status_code == 200, response.content
    answer: dict[str, Any] = body(response)
    return answer


def names(typed: str, kind: str = "products") -> list[str]:
    return [one["name"] for one in suggested(typed)[kind]]


def test_answers_what_a_search_box_shows() -> None:
    category, vendor = make_category("Lamps"), make_vendor("Lampworks")
    product = make_product("Desk lamp", price="19.90", category=category, vendor=vendor)
    ProductImage.objects.create(product=product, remote_url="https://x.test/1", is_main=True)
    plain = make_product("Floor lamp", category=category)
    assert suggested("lamp") == {
        "products": [
            {
                "id": product.pk,
                "name": "Desk lamp",
                "slug": "desk-lamp",
                "price": "19.90",
                "currency": "USD",
                "image": "https://x.test/1",
            },
            {
                "id": plain.pk,
                "name": "Floor lamp",
                "slug": "floor-lamp",
                "price": "10.00",
                "currency": "USD",
                "image": None,
            },
        ],
        "categories": [{"id": category.pk, "name": "Lamps", "slug": "lamps"}],
        "vendors": [{"id": vendor.pk, "name": "Lampworks", "slug": "lampworks"}],
    }


@pytest.mark.parametrize("typed", ["", " ", "o", " o ", "é", "!!", "%", "a b c", "-_/", "\u202e"])
def test_suggests_nothing_for_less_than_two_letters(typed: str) -> None:
    make_product("Oak table")
    assert suggested(typed) == NOTHING


def test_suggests_nothing_when_nothing_is_asked() -> None:
    assert body(client_of().get(URL)) == NOTHING


@pytest.mark.parametrize(
    "typed", ["oa", "OAK", "oak ta", "ta oak", "table", "crème", "creme", "CRÈME", "'oak", "oak-ta"]
)
def test_finds_words_by_their_beginning(typed: str) -> None:
    make_product("Oak-table, Crème")
    make_product("Soap")
    assert names(typed) == ["Oak-table, Crème"]


@pytest.mark.parametrize("typed", ["vera", "veras", "vera's", "vera’s"])
def test_takes_apostrophes_for_parts_of_words(typed: str) -> None:
    make_vendor("Vera's vases")
    assert names(typed, "vendors") == ["Vera's vases"]


@pytest.mark.parametrize("typed", ["ьлок", "блок", "БЛ", "ブロ", "strasse", "straße"])
def test_reads_other_alphabets(typed: str) -> None:
    make_product("Блокнот ブロック Straße")
    found = names(typed)
    assert found == ([] if typed == "ьлок" else ["Блокнот ブロック Straße"])


@pytest.mark.parametrize("typed", ["sneker", "sneacker", "snaker", "sneker blu", "sneakerz"])
def test_finds_what_is_spelt_alike(typed: str) -> None:
    make_product("Blue sneaker")
    make_product("Garden hose")
    make_category("Sneakers")
    assert names(typed) == ["Blue sneaker"]
    assert names(typed.split(maxsplit=1)[0], "categories") == ["Sneakers"]


def test_guesses_only_where_nothing_begins_so() -> None:
    make_product("Lamp")
    make_product("Lampion")
    make_category("Lamb")
    assert suggested("lamp")["categories"] == []
    assert names("lamq", "categories") == ["Lamb"]


def test_shows_first_what_begins_so_then_what_is_known() -> None:
    make_product("Table of oak", review_count=9)
    make_product("Chair of oak", review_count=10)
    make_product("Oak shelf")
    make_product("Bench of oak")
    assert names("oak") == ["Oak shelf", "Chair of oak", "Table of oak", "Bench of oak"]


def test_suggests_at_most_ten() -> None:
    for number in range(8):
        make_product(f"Oak {number}", category=make_category(f"Oak {number}"))
        make_vendor(f"Oak {number}")
    found = suggested("oak")
    assert {kind: len(rows) for kind, rows in found.items()} == {
        "products": 6,
        "categories": 2,
        "vendors": 2,
    }
    assert [one["name"] for one in found["products"]] == [f"Oak {n}" for n in range(6)]


@pytest.mark.parametrize("typed", ["walnut", "wallnut"])
def test_never_shows_what_is_hidden(typed: str) -> None:
    for status in (Product.Status.DRAFT, Product.Status.INACTIVE, Product.Status.DISCONTINUED):
        make_product("Walnut", slug=f"walnut-{status}", status=status)
    for vendor_status in (
        Vendor.Status.PENDING,
        Vendor.Status.REJECTED,
        Vendor.Status.SUSPENDED,
    ):
        closed = make_vendor(f"Walnut {vendor_status}", status=vendor_status)
        make_product("Walnut", slug=f"walnut-of-{vendor_status}", vendor=closed)
    for client in (client_of(), client_of(make_staff("catalog managers"))):
        assert suggested(typed, client) == NOTHING


@pytest.mark.parametrize(
    ("raw", "code"), [("x" * 101, "max_length"), ("%00", "invalid"), ("oak%00", "invalid")]
)
def test_refuses_what_no_parameter_takes(raw: str, code: str) -> None:
    make_product("Oak")
    response = client_of().get(f"{URL}?q={raw}")
    assert (response.status_code, codes(response)) == (400, [code])


@pytest.mark.parametrize(
    "typed",
    [
        "'; DROP TABLE products_product; --",
        "%_%_",
        "\\\\oak",
        "oak\\",
        "$chars$",
        "a" * 100,
        "ab " * 33,
        "½ ﬁ ％＼",
        "oak | table & !x",
        "💩💩",
        "%s %(typed)s",
    ],
)
def test_takes_anything_for_words(typed: str) -> None:
    make_product("Lamp")
    assert suggested(typed) == NOTHING


def test_a_pattern_is_no_pattern() -> None:
    make_product("Oak")
    assert names("o%k") == names("o_k") == names("%ak") == []


@pytest.mark.parametrize("typed", ["gadget", "gadgit"])
def test_takes_as_many_statements_for_50_of_each_as_for_one(typed: str) -> None:
    def add(number: int) -> None:
        make_product(f"Gadget {number}", category=make_category(f"Gadget {number}"))
        make_vendor(f"Gadget {number}")

    def count() -> int:
        with CaptureQueriesContext(connection) as statements:
            assert names(typed)
        return len(statements)

    add(0)
    for_one = count()
    for number in range(1, 50):
        add(number)
    assert count() == for_one
    assert for_one <= 3


@pytest.mark.parametrize("typed", ["jacket", "jaket"])
def test_reads_an_index(typed: str) -> None:
    make_product("Jacket")
    with CaptureQueriesContext(connection) as statements:
        assert names(typed) == ["Jacket"]
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_indexscan = off")
        plans = []
        for statement in statements.captured_queries[:-1]:
            cursor.execute(f"EXPLAIN {statement['sql']}")
            plans.append("\n".join(row[0] for row in cursor.fetchall()))
    for name in ("product_name_trigrams", "category_name_trigrams", "vendor_name_trigrams"):
        assert all(name in plan for plan in plans), plans


def test_looks_at_a_few_words_only() -> None:
    assert words_of("Vera's T-shirt, 100% café_noir") == [
        "Veras",
        "T",
        "shirt",
        "100",
        "café",
        "noir",
    ]
    words = " ".join(f"w{number}" for number in range(suggestions._MAX_WORDS))
    make_product(words)
    assert names(f"{words} more and more") == [words]
