"""GET /api/store/products/?facets=true: what each choice would leave."""

import itertools
import random
from collections.abc import Iterator
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext

from shop.accounts.models import User
from shop.accounts.tests.make import make_staff, make_user
from shop.products import counts
from shop.products.models import Category, Product, Variant
from shop.products.tests.make import give_stock, make_category, make_product
from shop.vendors.models import Vendor
from shop.vendors.tests.make import make_vendor
from tests.api import body, client_of, codes

pytestmark = pytest.mark.django_db

URL = "/api/store/products/"


@pytest.fixture(autouse=True)
def _empty_cache(settings: Any) -> Iterator[None]:
    """Nothing remembered, by this process alone, also where the tests run with Redis."""
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    cache.clear()
    yield
    cache.clear()


def answered(query: str = "", *, user: User | None = None) -> dict[str, Any]:
    response = client_of(user).get(f"{URL}?facets=true&{query}")
    assert response.status_code == 200, response.content
    answer: dict[str, Any] = body(response)
    return answer


def facets(query: str = "", *, user: User | None = None) -> dict[str, Any]:
    found: dict[str, Any] = answered(query, user=user)["facets"]
    return found


def numbers(choices: list[dict[str, Any]], key: str = "slug") -> dict[Any, int]:
    """How many there are of each choice, in its order."""
    return {choice[key]: choice["count"] for choice in choices}


def options(query: str = "") -> dict[str, dict[str, int]]:
    return {one["name"]: numbers(one["values"], "value") for one in facets(query)["options"]}


def give_options(product: Product, *combinations: dict[str, str], stock: int = 1) -> None:
    """Replace the variants of `product`: one for each of `combinations`."""
    product.variants.all().delete()
    for number, each in enumerate(combinations):
        sku = f"{product.slug}-{number}"
        give_stock(Variant.objects.create(product=product, sku=sku, options=each), stock)


# --- Whether they are there -----------------------------------------------------------------


@pytest.mark.parametrize("query", ["", "facets=", "facets=false", "facets=0"])
def test_are_left_out_unless_asked_for(query: str) -> None:
    make_product()
    assert sorted(body(client_of().get(f"{URL}?{query}"))) == [
        *("count", "next", "previous", "results")
    ]


@pytest.mark.parametrize("bad", ["maybe", "2", "null", "[]"])
def test_refuse_what_is_no_boolean(bad: str) -> None:
    response = client_of().get(f"{URL}?facets={bad}")
    assert (response.status_code, codes(response)) == (400, ["invalid"])
    assert body(response)["errors"][0]["attr"] == "facets"


@pytest.mark.parametrize("url", [URL, "/api/v1/store/products/", "/products/"])
def test_are_at_every_address_of_the_list(url: str) -> None:
    make_product()
    assert "facets" in body(client_of().get(f"{url}?facets=true"))


@pytest.mark.parametrize("query", ["cursor=", "fields=name", "page_size=1", "expand=category"])
def test_go_with_cursors_fields_and_pages(query: str) -> None:
    make_product()
    make_product()
    answer = answered(query)
    assert answer["facets"] == facets()
    assert numbers(answer["facets"]["vendors"]) == {"house": 2}


def test_of_nothing_are_empty() -> None:
    assert facets() == {
        "categories": [],
        "prices": [],
        "options": [],
        "ratings": [{"value": stars, "count": 0} for stars in (5, 4, 3, 2, 1)],
        "vendors": [],
        "in_stock": [{"value": True, "count": 0}, {"value": False, "count": 0}],
    }


# --- What each of them counts ---------------------------------------------------------------


def test_count_categories_with_their_descendants() -> None:
    home = make_category("Home")
    lamps = make_category("Lamps", parent=home)
    desk = make_category("Desk lamps", parent=lamps)
    make_category("Empty", parent=home)
    for category in (home, desk, desk, make_category("Boots")):
        make_product(category=category)
    assert facets()["categories"] == [
        {"id": home.pk, "name": "Home", "slug": "home", "parent": None, "count": 3},
        {"id": lamps.pk, "name": "Lamps", "slug": "lamps", "parent": home.pk, "count": 2},
        {"id": desk.pk, "name": "Desk lamps", "slug": "desk-lamps", "parent": lamps.pk, "count": 2},
        {
            "id": Category.objects.get(slug="boots").pk,
            "name": "Boots",
            "slug": "boots",
            "parent": None,
            "count": 1,
        },
    ]


def test_count_vendors_the_largest_first() -> None:
    for name, products in (("Vera", 1), ("Alder", 1), ("Zoe", 2)):
        vendor = make_vendor(name)
        for _ in range(products):
            make_product(vendor=vendor)
    zoe = Vendor.objects.get(slug="zoe")
    found = facets()["vendors"]
    assert found[0] == {"id": zoe.pk, "name": "Zoe", "slug": "zoe", "count": 2}
    assert list(numbers(found)) == ["zoe", "alder", "vera"]


def test_count_ratings_from_so_many_stars_on() -> None:
    for rating in ("5.00", "4.99", "4.00", "2.50", "0.00"):
        make_product(average_rating=Decimal(rating))
    assert numbers(facets()["ratings"], "value") == {5: 1, 4: 3, 3: 3, 2: 4, 1: 4}


def test_count_prices_in_bands_whose_ends_are_included() -> None:
    for price in ("19.99", "20.00", "24.99", "25.00", "0.00"):
        make_product(price=price)
    assert facets()["prices"] == [
        {"min": "0.00", "max": "0.00", "count": 1},
        {"min": "15.00", "max": "19.99", "count": 1},
        {"min": "20.00", "max": "24.99", "count": 2},
        {"min": "25.00", "max": "29.99", "count": 1},
    ]


def test_count_products_of_an_option_not_their_variants() -> None:
    shirt = make_product()
    give_options(
        shirt,
        {"size": "M", "color": "Blue"},
        {"size": "M", "color": "Red"},
        {"size": "XS", "color": "Red"},
    )
    make_product(sizes=["M", "10"])
    gone = make_product(sizes=["L"])
    gone.variants.update(is_active=False)
    found = options()
    assert found == {"size": {"XS": 1, "M": 2, "10": 1}, "color": {"Blue": 1, "Red": 1}}
    assert list(found["size"]) == ["XS", "M", "10"]


def test_count_what_is_in_stock_and_what_is_not() -> None:
    make_product(sizes=["S", "M"])
    make_product(stock=0)
    make_product(stock=0)
    make_product(sizes=["L"]).variants.update(is_active=False)
    assert numbers(facets()["in_stock"], "value") == {True: 1, False: 3}


# --- With filters ---------------------------------------------------------------------------


def test_leave_out_their_own_filter_only() -> None:
    vera, home = make_vendor("Vera"), make_category("Home")
    make_product(vendor=vera, category=home, price="10.00", sizes=["S"])
    make_product(category=home, price="10.00", sizes=["M"])
    make_product(vendor=vera, price="500.00", sizes=["M"], category=make_category("Boots"))

    found = facets("vendor=vera")
    assert numbers(found["vendors"]) == {"vera": 2, "house": 1}
    assert numbers(found["categories"]) == {"boots": 1, "home": 1}
    found = facets("category=home")
    assert numbers(found["categories"]) == {"home": 2, "boots": 1}
    assert numbers(found["vendors"]) == {"house": 1, "vera": 1}
    found = facets("max_price=100")
    assert [one["count"] for one in found["prices"]] == [2, 1]
    assert numbers(found["categories"]) == {"home": 2}
    assert options("size=M") == {"size": {"S": 1, "M": 2}}
    assert numbers(facets("size=M")["vendors"]) == {"house": 1, "vera": 1}


def test_of_a_search_or_a_tag_count_what_they_find() -> None:
    make_product("Oak table", tags=["oak"], category=make_category("Tables"))
    make_product("Lamp", category=make_category("Lamps"))
    assert numbers(facets("search=oak")["categories"]) == {"tables": 1}
    assert numbers(facets("tag=oak")["categories"]) == {"tables": 1}


def test_ask_for_all_options_of_one_variant() -> None:
    crossed = make_product()
    give_options(crossed, {"size": "M", "color": "Red"}, {"size": "L", "color": "Blue"})
    give_options(make_product(), {"size": "M", "color": "Blue"})
    assert options("size=M") == {"size": {"M": 2, "L": 1}, "color": {"Blue": 1, "Red": 1}}
    assert options("size=M&option.color=Blue") == {
        "size": {"M": 1, "L": 1},
        "color": {"Blue": 1, "Red": 1},
    }


def test_ask_for_the_stock_of_the_variants_with_the_options() -> None:
    partly = make_product(sizes=["S", "M"])
    partly.variants.get(options={"size": "M"}).stock_levels.update(on_hand=2, reserved=2)
    assert options("in_stock=true") == {"size": {"S": 1}}
    assert options("in_stock=false") == {"size": {"M": 1}}
    assert numbers(facets("size=M")["in_stock"], "value") == {True: 0, False: 1}
    assert numbers(facets("size=S")["in_stock"], "value") == {True: 1, False: 0}


CHOICES: dict[str, list[str]] = {
    "category": ["", "home", "lamps", "boots"],
    "vendor": ["", "house", "vera"],
    "price": ["", "min_price=15", "max_price=30", "min_price=15&max_price=60"],
    "rating": ["", "3", "5"],
    "in_stock": ["", "true", "false"],
    "size": ["", "S", "M"],
    "option.color": ["", "Red", "Blue"],
    "search": ["", "oak"],
}


def _query(chosen: dict[str, str]) -> str:
    price = chosen.get("price", "")
    return "&".join(
        [urlencode({k: v for k, v in chosen.items() if k != "price"}), *([price] if price else [])]
    )


def _choices(found: dict[str, Any]) -> Iterator[tuple[dict[str, str], int]]:
    """Each choice as the filter that it is, and what it is said to leave."""
    for name, facet, key in (
        ("category", "categories", "slug"),
        ("vendor", "vendors", "slug"),
        ("rating", "ratings", "value"),
    ):
        for one in found[facet]:
            yield {name: str(one[key])}, one["count"]
    for one in found["in_stock"]:
        yield {"in_stock": str(one["value"]).lower()}, one["count"]
    for one in found["prices"]:
        yield {"price": f"min_price={one['min']}&max_price={one['max']}"}, one["count"]
    for option in found["options"]:
        name = "size" if option["name"] == "size" else f"option.{option['name']}"
        for one in option["values"]:
            yield {name: one["value"]}, one["count"]


@pytest.mark.parametrize("seed", range(4))
def test_count_what_the_list_then_has(seed: int) -> None:
    """Of a shop at random, whatever is chosen already."""
    chance = random.Random(seed)
    home = make_category("Home")
    places = [home, make_category("Lamps", parent=home), make_category("Boots")]
    sellers = [make_vendor("Vera"), Vendor.objects.get(is_house=True)]
    looks = [{"size": s, "color": c} for s, c in itertools.product("SML", ("Red", "Blue"))]
    for number in range(25):
        product = make_product(
            f"{chance.choice(['Oak', 'Elm'])} thing {number}",
            category=chance.choice(places),
            vendor=chance.choice(sellers),
            price=chance.choice(["5.00", "15.00", "29.99", "30.00", "60.00"]),
            average_rating=Decimal(chance.choice(["0.00", "2.99", "3.00", "5.00"])),
        )
        give_options(product, *chance.sample(looks, chance.randint(0, 3)), {"size": "XL"}, stock=0)
        for variant in product.variants.all():
            give_stock(variant, chance.randint(0, 1))
        product.variants.filter(
            pk__in=chance.sample(list(product.variants.values_list("pk", flat=True)), 1)
        ).update(is_active=chance.random() < 0.7)
    client = client_of()
    for _ in range(8):
        chosen = {
            name: value
            for name, choice in CHOICES.items()
            if (value := chance.choice(["", *choice]))
        }
        for choice, count in _choices(facets(_query(chosen))):
            listed = body(client.get(f"{URL}?{_query(chosen | choice)}"))["count"]
            assert count == listed, (chosen, choice)


# --- Who sees what --------------------------------------------------------------------------


def test_never_count_what_is_hidden() -> None:
    make_product("Shown", category=make_category("Open"))
    for status in (Product.Status.DRAFT, Product.Status.INACTIVE, Product.Status.DISCONTINUED):
        make_product(status=status, sizes=["L"], price="99.00", average_rating=5)
    make_product(vendor=make_vendor(status=Vendor.Status.SUSPENDED), sizes=["XL"])
    for query, user in (("", None), ("status=draft", make_user()), ("submitted=true", None)):
        found = facets(query, user=user)
        assert numbers(found["categories"]) == {"open": 1}
        assert numbers(found["vendors"]) == {"house": 1}
        assert found["options"] == []
        assert sum(numbers(found["ratings"], "value").values()) == 0
        assert numbers(found["in_stock"], "value") == {True: 1, False: 0}


def test_count_for_staff_what_they_list() -> None:
    make_product()
    make_product(status=Product.Status.DRAFT, category=make_category("Later"))
    found = facets("status=draft", user=make_staff("catalog managers"))
    assert numbers(found["categories"]) == {"later": 1}


# --- What they cost -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "most"),
    [
        ("", 5),
        ("search=product&tag=t", 5),
        ("category=all&vendor=vera", 7),
        (
            "category=all&vendor=vera&size=M&option.color=Red&in_stock=true&min_price=1&rating=0",
            7,
        ),
    ],
)
def test_take_as_many_statements_for_50_products_as_for_one(query: str, most: int) -> None:
    top, vendor = make_category("All"), make_vendor("Vera")

    def add() -> None:
        category = make_category(parent=top)
        product = make_product(category=category, vendor=vendor, tags=["t"])
        give_options(product, {"size": "M", "color": "Red"}, {"size": "S", "color": "Red"})

    def count(expected: int) -> int:
        with CaptureQueriesContext(connection) as statements:
            answer = answered(f"page_size=100&{query}")
        assert len(answer["results"]) == expected
        return len(statements)

    add()
    for_one = count(1)
    for _ in range(49):
        add()
    assert count(50) == for_one == most


def test_take_few_statements_however_many_options_are_asked_for() -> None:
    make_product()
    asked = "&".join(f"option.o{number}=x" for number in range(900))
    with CaptureQueriesContext(connection) as statements:
        assert options(asked) == {}
    assert len(statements) <= 5
    assert max(statement["sql"].count("jsonb_each_text") for statement in statements) == 1


def test_are_counted_anew_while_they_are_few() -> None:
    for expected in (1, 2):
        make_product()
        assert numbers(facets()["vendors"]) == {"house": expected}


def test_are_remembered_when_they_are_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counts, "EXACT_BELOW", 2)
    make_product(sizes=["S"])
    make_product(sizes=["S"])
    assert options() == {"size": {"S": 2}}
    make_product(sizes=["S"])
    assert options() == {"size": {"S": 2}}
    assert options("size=S&rating=0") == {"size": {"S": 3}}
    cache.clear()
    assert options() == {"size": {"S": 3}}
