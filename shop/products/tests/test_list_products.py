"""GET /api/store/products/."""

from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from shop.accounts.models import User
from shop.accounts.tests.make import make_staff, make_user
from shop.products.models import Product, ProductImage, Variant
from shop.products.tests.make import give_stock, make_category, make_product
from shop.vendors.models import Vendor
from shop.vendors.tests.make import make_vendor
from tests.api import body, client_of, codes

pytestmark = pytest.mark.django_db

URL = "/api/store/products/"


def listed(query: str = "", *, user: User | None = None) -> list[str]:
    """The names of the products on the first page."""
    response = client_of(user).get(f"{URL}?{query}")
    assert response.status_code == 200, response.content
    return [product["name"] for product in body(response)["results"]]


def refused(query: str) -> dict[str, str]:
    """Codes of a 400 by parameter."""
    response = client_of().get(f"{URL}?{query}")
    assert response.status_code == 400, response.content
    assert codes(response)
    return {error["attr"]: error["code"] for error in body(response)["errors"]}


def give_options(product: Product, *options: dict[str, str]) -> None:
    """Replace the variants of `product`: one for each of `options`, all in stock."""
    product.variants.all().delete()
    for number, each in enumerate(options):
        sku = f"{product.slug}-{number}"
        give_stock(Variant.objects.create(product=product, sku=sku, options=each), 1)


def test_shows_what_the_contract_names() -> None:
    product = make_product("Lamp", price="699.00", stock=3, compare_at_price=Decimal("799.00"))
    ProductImage.objects.create(product=product, remote_url="https://x.test/1.jpg", is_main=True)
    ProductImage.objects.create(product=product, remote_url="https://x.test/2.jpg")
    Product.objects.update(average_rating=Decimal("4.50"), review_count=2)

    answer = body(client_of().get(URL))

    assert {name: answer[name] for name in ("count", "next", "previous")} == {
        "count": 1,
        "next": None,
        "previous": None,
    }
    (found,) = answer["results"]
    assert found.pop("created_at").endswith("Z")
    assert found.pop("updated_at").endswith("Z")
    category, vendor = product.category, product.vendor
    assert found == {
        "id": product.pk,
        "name": "Lamp",
        "slug": product.slug,
        "category": {"id": category.pk, "name": category.name, "slug": category.slug},
        "vendor": {"id": vendor.pk, "name": vendor.name, "slug": vendor.slug},
        "price": "699.00",
        "compare_at_price": "799.00",
        "currency": "USD",
        "stock": 3,
        "in_stock": True,
        "status": "active",
        "average_rating": 4.5,
        "review_count": 2,
        "image": "https://x.test/1.jpg",
    }


def test_counts_the_stock_of_active_variants_only() -> None:
    product = make_product(sizes=["S", "M", "L"], stock=4)
    Variant.objects.filter(product=product, options={"size": "L"}).update(is_active=False)
    (found,) = body(client_of().get(URL))["results"]
    assert (found["stock"], found["in_stock"]) == (8, True)


def test_shows_active_goods_of_approved_vendors_only() -> None:
    make_product("Shown")
    for status in (Product.Status.DRAFT, Product.Status.INACTIVE, Product.Status.DISCONTINUED):
        make_product(f"Is {status}", status=status)
    make_product("Not sold now", vendor=make_vendor(status=Vendor.Status.SUSPENDED))
    assert listed() == ["Shown"]


def test_answers_under_the_pinned_version_and_the_alias() -> None:
    make_product("Lamp")
    for url in (URL, "/api/v1/store/products/", "/products/"):
        assert [p["name"] for p in body(client_of().get(url))["results"]] == ["Lamp"], url


def test_filters_by_category_with_its_descendants() -> None:
    home = make_category("Home")
    lighting = make_category("Lighting", parent=home)
    lamps = make_category("Lamps", parent=lighting)
    make_product("Lamp", category=lamps)
    make_product("Switch", category=lighting)
    make_product("Rug", category=home)
    make_product("Boot")

    assert sorted(listed("category=home")) == ["Lamp", "Rug", "Switch"]
    assert sorted(listed(f"category={lighting.pk}")) == ["Lamp", "Switch"]
    assert listed("category=lamps") == ["Lamp"]


def test_filters_by_vendor() -> None:
    vera = make_vendor("Vera")
    make_product("Hers", vendor=vera)
    make_product("Ours")
    assert listed("vendor=vera") == listed(f"vendor={vera.pk}") == ["Hers"]


def test_filters_by_price_with_both_ends_included() -> None:
    for price in ("9.99", "10.00", "20.00", "20.01"):
        make_product(price, price=price)
    assert sorted(listed("min_price=10&max_price=20.00")) == ["10.00", "20.00"]
    assert sorted(listed("min_price=20.005")) == ["20.01"]


def test_filters_by_options_of_one_and_the_same_variant() -> None:
    blue_m = {"size": "M", "color": "Blue"}
    give_options(make_product("Has it"), blue_m)
    crossed = ({"size": "M", "color": "Red"}, {"size": "L", "color": "Blue"})
    give_options(make_product("Crossed"), *crossed)
    gone = make_product("Gone")
    give_options(gone, blue_m)
    gone.variants.update(is_active=False)

    assert listed("size=M&option.color=Blue") == ["Has it"]
    assert listed("option.size=M&option.Color=Blue") == ["Has it"]
    assert sorted(listed("size=M")) == ["Crossed", "Has it"]
    assert listed("option.color=blue") == []


def test_filters_by_stock_of_the_variant_that_is_wanted() -> None:
    make_product("Full", sizes=["S", "M"])
    partly = make_product("Only S", sizes=["S", "M"])
    partly.variants.get(options={"size": "M"}).stock_levels.update(on_hand=2, reserved=2)
    make_product("Sold out", sizes=["S", "M"], stock=0)

    assert sorted(listed("in_stock=true")) == ["Full", "Only S"]
    assert listed("in_stock=false") == ["Sold out"]
    assert listed("in_stock=true&size=M") == ["Full"]
    assert sorted(listed("in_stock=false&size=M")) == ["Only S", "Sold out"]


def test_filters_by_rating_and_tag() -> None:
    good = make_product("Good", tags=["oak", "sale"])
    make_product("Unrated", tags=["sale"])
    Product.objects.filter(pk=good.pk).update(average_rating=Decimal("4.00"))
    assert listed("rating=4") == ["Good"]
    assert listed("rating=4.01") == []
    assert listed("tag=oak") == ["Good"]
    assert sorted(listed("tag=sale")) == ["Good", "Unrated"]


def test_searches_names_before_descriptions() -> None:
    make_product("Chair", description="Goes with every oak table.")
    make_product("Oak tables")
    make_product("Lamp")
    assert listed("search=oak+table") == ["Oak tables", "Chair"]
    assert listed("search=table+-chair") == ["Oak tables"]
    assert listed('search="every+oak"') == ["Chair"]
    assert listed("search=the") == []
    assert listed("search=oak&ordering=name") == ["Chair", "Oak tables"]


@pytest.mark.parametrize("search", ["'", '"', "a:*", "!", "%26|", "\\", "%25", "%F0%9F%A6%8A", "-"])
def test_takes_any_search_for_words(search: str) -> None:
    make_product("Lamp")
    assert listed(f"search={search}") == []


@pytest.mark.parametrize(
    ("ordering", "names"),
    [
        ("price", "ABC"),
        ("-price", "CBA"),
        ("name", "ABC"),
        ("-name", "CBA"),
        ("created_at", "BCA"),
        ("-created_at", "ACB"),
        ("rating", "CAB"),
        ("-rating", "BAC"),
        ("", "ACB"),
    ],
)
def test_sorts(ordering: str, names: str) -> None:
    for name, price, rating in (("B", 2, 5), ("C", 3, 1), ("A", 1, 3)):
        product = make_product(name, price=str(price))
        Product.objects.filter(pk=product.pk).update(average_rating=rating)
    assert listed(f"ordering={ordering}") == list(names)


def test_sorts_equals_by_id_so_that_pages_never_overlap() -> None:
    made = [make_product(price="5.00").pk for _ in range(5)]
    pages = [
        body(client_of().get(f"{URL}?ordering=price&page_size=2&page={page}")) for page in (1, 2, 3)
    ]
    assert [product["id"] for page in pages for product in page["results"]] == made
    assert [page["count"] for page in pages] == [5, 5, 5]
    assert pages[0]["previous"] is None
    assert "page=3" in pages[1]["next"]
    assert "ordering=price" in pages[1]["next"]
    assert pages[2]["next"] is None


@pytest.mark.parametrize("bad", ["0", "-1", "x", "1.5", "99999999999999999999"])
def test_refuses_a_page_that_is_no_page(bad: str) -> None:
    assert refused(f"page={bad}") == {"page": "invalid"}
    assert refused(f"page_size={bad}") == {"page_size": "invalid"}


def test_has_no_page_beyond_the_last() -> None:
    make_product()
    assert client_of().get(f"{URL}?page=2").status_code == 404


@pytest.mark.parametrize(
    ("name", "bad"),
    [
        *[
            (name, bad)
            for name in ("min_price", "max_price")
            for bad in ("x", "-1", "NaN", "Infinity", "-Infinity", "1e400", "1" * 13, "0.0001")
        ],
        *[("rating", bad) for bad in ("x", "-1", "5.01", "NaN", "1e400")],
        *[("in_stock", bad) for bad in ("maybe", "2", "null")],
        *[("ordering", bad) for bad in ("stock", "price,name", "--price", "relevance", "id")],
        ("search", "x" * 201),
        ("tag", "x" * 51),
        ("size", "x" * 101),
        ("option.color", "x" * 101),
        ("category", "x" * 151),
    ],
)
def test_refuses_a_bad_value(name: str, bad: str) -> None:
    make_product()
    assert refused(f"{name}={bad}") == {name: "invalid"}


def test_refuses_an_unknown_category_or_vendor() -> None:
    make_product(vendor=make_vendor("Closed", status=Vendor.Status.SUSPENDED))
    assert refused("category=none&vendor=nobody") == {
        "category": "does_not_exist",
        "vendor": "does_not_exist",
    }
    assert refused(f"category={2**63}&vendor={2**64}&min_price=x") == {
        "category": "does_not_exist",
        "vendor": "does_not_exist",
        "min_price": "invalid",
    }
    assert refused("vendor=closed") == {"vendor": "does_not_exist"}


def test_ignores_unknown_parameters_and_empty_values() -> None:
    make_product("Lamp")
    query = "color=Blue&utm_source=x&min_price=&category=&ordering=&search=+&in_stock=&option.a="
    assert listed(query) == ["Lamp"]


def test_refuses_nul_characters() -> None:
    assert client_of().get(f"{URL}?search=%00").status_code == 400


def test_refuses_a_thousand_parameters() -> None:
    response = client_of().get(f"{URL}?{'a=1&' * 1001}")
    assert (response.status_code, codes(response)) == (400, ["parse_error"])


def test_lets_staff_choose_the_status() -> None:
    make_product("Shown")
    make_product("Draft", status=Product.Status.DRAFT)
    staff = make_staff("catalog managers")
    assert listed("status=draft", user=staff) == ["Draft"]
    assert listed(user=staff) == ["Shown"]
    response = client_of(staff).get(f"{URL}?status=sold")
    assert (response.status_code, codes(response)) == (400, ["invalid"])


@pytest.mark.parametrize("status", ["draft", "sold"])
def test_ignores_the_status_that_others_ask_for(status: str) -> None:
    make_product("Shown")
    make_product("Draft", status=Product.Status.DRAFT)
    alice, vera = make_user(), make_user()
    make_vendor(owner=vera)
    for user in (None, alice, vera):
        assert listed(f"status={status}", user=user) == ["Shown"]


def test_refuses_a_bad_token() -> None:
    client = client_of()
    client.credentials(HTTP_AUTHORIZATION="Bearer x")
    assert client.get(URL).status_code == 401


@pytest.mark.parametrize(
    ("query", "most"),
    [
        ("", 2),
        ("search=product&ordering=relevance", 2),
        ("size=M&in_stock=true&min_price=1&max_price=99&tag=t&rating=0&ordering=-rating", 2),
        ("category=all&vendor=vera", 4),
    ],
)
def test_takes_as_many_queries_for_50_products_as_for_one(query: str, most: int) -> None:
    category, vendor = make_category("All"), make_vendor("Vera")

    def add() -> None:
        product = make_product(category=category, vendor=vendor, sizes=["S", "M"], tags=["t"])
        ProductImage.objects.create(product=product, remote_url="https://x.test/1", is_main=True)

    def count(expected: int) -> int:
        with CaptureQueriesContext(
            connection,
        ) as queries:
            answer: Any = body(client_of().get(f"{URL}?{query}&page_size=100"))
        assert len(answer["results"]) == expected
        return len(queries)

    add()
    for_one = count(1)
    for _ in range(49):
        add()
    assert count(50) == for_one == most
