"""GET /api/store/categories/."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from shop.products import services
from shop.products.models import Category
from shop.products.tests.make import make_category
from tests.api import body, client_of, codes

pytestmark = pytest.mark.django_db

URL = "/api/store/categories/"


def test_lists_them_flat_in_their_order() -> None:
    home = make_category("Home")
    lamps = make_category("Lamps", parent=home)
    Category.objects.filter(pk=home.pk).update(position=1, image="category/ab/c.png")

    answer = body(client_of().get(URL))

    assert (answer["count"], answer["next"], answer["previous"]) == (2, None, None)
    first, second = answer["results"]
    assert first.pop("created_at").endswith("Z")
    assert first.pop("updated_at").endswith("Z")
    assert first == {
        "id": lamps.pk,
        "name": "Lamps",
        "slug": "lamps",
        "description": "",
        "position": 0,
        "parent": {"id": home.pk, "name": "Home", "slug": "home"},
        "image": None,
    }
    assert (second["id"], second["parent"]) == (home.pk, None)
    assert second["image"] == "http://testserver/media/category/ab/c.png"


def test_comes_in_pages() -> None:
    for _ in range(13):
        make_category()
    answer = body(client_of().get(URL))
    assert (answer["count"], len(answer["results"])) == (13, 12)
    assert len(body(client_of().get(answer["next"]))["results"]) == 1
    assert client_of().get(f"{URL}?page=0").status_code == 400


def test_nests_the_whole_tree_in_one_query() -> None:
    for top in ("A", "B"):
        root = make_category(top)
        for child in ("1", "2"):
            inner = make_category(f"{top}{child}", parent=root)
            for leaf in "xyz":
                make_category(f"{top}{child}{leaf}", parent=inner)

    with CaptureQueriesContext(connection) as queries:
        answer = body(client_of().get(f"{URL}?tree=true"))

    assert len(queries) == 1
    assert (answer["count"], answer["next"]) == (2, None)

    def names(nodes: list[dict[str, object]]) -> list[object]:
        return [(node["name"], names(node["children"])) for node in nodes]  # type: ignore[arg-type]

    def leaves(inner: str) -> list[object]:
        return [(f"{inner}{leaf}", []) for leaf in "xyz"]

    assert names(answer["results"]) == [
        (top, [(f"{top}{child}", leaves(f"{top}{child}")) for child in "12"]) for top in "AB"
    ]


def test_refuses_a_tree_that_is_neither_true_nor_false() -> None:
    response = client_of().get(f"{URL}?tree=oak")
    assert (response.status_code, codes(response)) == (400, ["invalid"])
    assert body(response)["errors"][0]["attr"] == "tree"


def test_takes_as_many_queries_for_50_categories_as_for_one() -> None:
    def count(expected: int) -> int:
        with CaptureQueriesContext(connection) as queries:
            answer = body(client_of().get(f"{URL}?page_size=100"))
        assert len(answer["results"]) == expected
        return len(queries)

    top = make_category()
    for_one = count(1)
    for _ in range(49):
        make_category(parent=top)
    assert count(50) == for_one == 2


def test_shows_one_by_slug_or_id() -> None:
    lamps = make_category("Lamps")
    by_slug = body(client_of().get(f"{URL}lamps/"))
    assert by_slug["id"] == lamps.pk
    assert body(client_of().get(f"{URL}{lamps.pk}/")) == by_slug
    for missing in ("none", str(2**63), "0"):
        assert client_of().get(f"{URL}{missing}/").status_code == 404


@pytest.mark.parametrize("prefix", ["/api/", "/api/v1/"])
def test_sends_old_slugs_on(prefix: str) -> None:
    services.update_category(category=make_category("Lamps"), changes={"slug": "lights"})
    response = client_of().get(f"{prefix}store/categories/lamps/")
    assert response.status_code == 301
    assert response["Location"] == f"{prefix}store/categories/lights/"
