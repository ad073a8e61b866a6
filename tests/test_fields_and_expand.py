"""Every read answers as much as it is asked for: less by `fields`, more by `expand`."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import URLPattern, URLResolver, get_resolver
from rest_framework.test import APIClient

from shop.core.shaping import ShapedReads
from tests.api import body, client_of, codes
from tests.furnished_shop import Furnished
from tests.hostile import flaw_in, furnished, root, unlimited
from tests.operations import READS, Operation

__all__ = ["unlimited"]  # a fixture that every test here uses

pytestmark = pytest.mark.django_db

SHAPED = [operation for operation in READS if "fields" in operation.query]
EXPANDED = [
    (operation, name)
    for operation in SHAPED
    for name in operation.query.get("expand", {}).get("items", {}).get("enum", ())
]
every_read = pytest.mark.parametrize("operation", SHAPED, ids=lambda one: one.template)
HOSTILE = [
    *("nothing_like_it", "id.nothing", "..", "id,", ",id", "id..name", "*", "id.*", "__class__"),
    *("-id", "%F0%9F%98%80", "id%20", "a" * 3000, ".".join("a" * 500), ",".join(["id"] * 900)),
]


@pytest.fixture(scope="module")
def shop(django_db_setup: None, django_db_blocker: Any) -> Iterator[Furnished]:
    with furnished(django_db_blocker, root) as shop:
        yield shop


@pytest.fixture
def client(shop: Furnished) -> APIClient:
    client = client_of(shop.owner)
    client.credentials(**client._credentials, HTTP_X_VENDOR=shop.vendor.slug)  # type: ignore[attr-defined]
    return client


def address(shop: Furnished, operation: Operation) -> str:
    """With all on one page, so that answers do not name others."""
    return f"{shop.address(operation)}?page_size=100"


def rows_of(answer: Any) -> list[dict[str, Any]]:
    rows = answer["results"] if isinstance(answer, dict) and "results" in answer else answer
    return rows if isinstance(rows, list) else [rows]


def test_every_read_of_json_can_be_shaped() -> None:
    of_files = {operation.template for operation in READS} - {one.template for one in SHAPED}
    assert all(
        template.endswith((".csv", ".pdf", "/bank-file/", "/export/")) for template in of_files
    )
    views = set(_views(get_resolver().url_patterns))
    assert len(views) > 30
    outside = {view.__name__ for view in views if not issubclass(view, ShapedReads)}
    # Of these none is read: documents, files, and what others send to the shop.
    files = {f"{name}ExportViewSet" for name in ("Product", "Order", "Customer")}
    pages = {"SchemaView", "RedocView", "StripeWebhookView", "SpectacularSwaggerView"}
    assert outside <= files | pages


def _views(patterns: list[Any]) -> Iterator[type]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from _views(pattern.url_patterns)
        elif isinstance(pattern, URLPattern) and hasattr(pattern.callback, "cls"):
            yield pattern.callback.cls


@every_read
def test_answers_each_field_alone(shop: Furnished, client: APIClient, operation: Operation) -> None:
    """Also every field of the objects and lists inside."""
    path = address(shop, operation)
    whole = body(client.get(path))
    rows = rows_of(whole)
    assert rows, "an empty list proves nothing"
    paths = {name for row in rows for name in row} | {
        f"{name}.{inner}"
        for row in rows
        for name, value in row.items()
        for one in (value if isinstance(value, list) else [value])
        if isinstance(one, dict)
        for inner in one
    }
    for name in paths:
        response = client.get(f"{path}&fields={name}")
        assert response.status_code == 200, (name, response.content)
        answer = body(response)
        if isinstance(whole, dict) and "results" in whole:
            assert {**answer, "results": []} == {**whole, "results": []}
        assert rows_of(answer) == [only(row, name.split(".")) for row in rows], name
    assert body(client.get(f"{path}&fields={','.join(paths)}")) == whole


def only(value: Any, path: list[str]) -> Any:
    if isinstance(value, list):
        return [only(one, path) for one in value]
    if not path or not isinstance(value, dict):
        return value
    return {path[0]: only(value[path[0]], path[1:])} if path[0] in value else {}


@every_read
def test_refuses_what_is_no_field(shop: Furnished, client: APIClient, operation: Operation) -> None:
    path = shop.address(operation)
    for asked in HOSTILE:
        response = client.get(f"{path}?fields={asked}")
        assert not flaw_in(response, 400), asked
        assert body(response)["errors"][0]["attr"] == "fields"


@every_read
def test_refuses_what_cannot_be_expanded(
    shop: Furnished, client: APIClient, operation: Operation
) -> None:
    for asked in ("id", "nothing", "product.vendor", "..", "category,nothing", "x" * 3000):
        response = client.get(f"{shop.address(operation)}?expand={asked}")
        assert not flaw_in(response, 400), asked
        assert body(response)["errors"][0]["attr"] == "expand"


@every_read
def test_an_empty_wish_is_none(shop: Furnished, client: APIClient, operation: Operation) -> None:
    path = address(shop, operation)
    assert body(client.get(f"{path}&fields=&expand=")) == body(client.get(path))


@pytest.mark.parametrize(
    ("operation", "name"), EXPANDED, ids=lambda one: getattr(one, "template", one)
)
def test_expands_what_it_says(
    shop: Furnished, client: APIClient, operation: Operation, name: str
) -> None:
    """More than before, nothing else than before, and no more of what was not asked for."""
    path = shop.address(operation)
    before, after = (rows_of(body(client.get(path, asked))) for asked in ({}, {"expand": name}))
    assert after != before or operation.template.endswith("/commissions/"), "nothing to expand"
    for row, expanded in zip(before, after, strict=True):
        assert_same_but(row, expanded, name.split("."))
    with CaptureQueriesContext(connection) as without:
        client.get(path, {"fields": "nothing" if not before else next(iter(before[0]))})
    with CaptureQueriesContext(connection) as unasked:
        first = next(field for field in before[0] if field != name.split(".", maxsplit=1)[0])
        client.get(path, {"fields": first, "expand": name})
    assert len(unasked) == len(without), "it was read for nothing"


def assert_same_but(value: Any, expanded: Any, path: list[str]) -> None:
    if isinstance(value, list):
        for one, other in zip(value, expanded, strict=True):
            assert_same_but(one, other, path)
    elif isinstance(value, dict) and path:
        assert {**value, path[0]: None} == {**expanded, path[0]: None}
        assert_same_but(value.get(path[0]), expanded.get(path[0]), path[1:])
    elif isinstance(value, dict):
        assert {name: expanded[name] for name in value} == value
    else:
        assert value is None


def test_takes_names_one_by_one_too(shop: Furnished, client: APIClient) -> None:
    """As some generated clients send lists."""
    path = "/api/store/products/?expand=category&expand=vendor&fields=id,category.description"
    row = rows_of(body(client.get(f"{path}&fields=vendor.country")))[0]
    assert set(row) == {"id", "category", "vendor"}
    assert (set(row["category"]), set(row["vendor"])) == ({"description"}, {"country"})


def test_the_whole_wins_over_a_part(client: APIClient) -> None:
    for fields in ("category,category.name", "category.name,category"):
        row = rows_of(body(client.get(f"/api/store/products/?fields={fields}")))[0]
        assert set(row["category"]) == {"id", "name", "slug"}


def test_fields_of_what_is_not_expanded_are_unknown(client: APIClient) -> None:
    response = client.get("/api/store/products/?fields=category.description")
    assert (response.status_code, codes(response)) == (400, ["invalid"])


def test_an_empty_list_knows_its_fields(client: APIClient) -> None:
    nothing = "/api/store/products/?search=zzzzz"
    assert body(client.get(f"{nothing}&fields=name,category.slug"))["results"] == []
    assert client.get(f"{nothing}&fields=nmae").status_code == 400


def test_staff_name_what_only_they_are_shown(shop: Furnished, client: APIClient) -> None:
    path = f"/api/store/vendors/{shop.vendor.slug}/?fields=payout_method"
    assert set(body(client.get(path))) == {"payout_method"}
    assert client_of().get(path).status_code == 400


def test_goes_with_cursors(client: APIClient) -> None:
    page = body(client.get("/api/store/products/?cursor=&fields=slug&expand=vendor&page_size=1"))
    assert [list(row) for row in page["results"]] == [["slug"]]
    assert [list(row) for row in body(client.get(page["next"]))["results"]] == [["slug"]]


def test_says_nothing_of_writes(shop: Furnished, client: APIClient) -> None:
    """What was done is told in full, and a wrong wish does not undo it."""
    response = client.post(
        "/api/store/wishlists/?fields=nothing", {"product": shop.unreviewed.slug}, format="json"
    )
    assert response.status_code == 201
    assert set(body(response)) == {"id", "product", "created_at"}
