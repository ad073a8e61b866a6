"""Every list of the API is walked by cursors: whole, without counting, and without surprises."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import URLPattern, URLResolver, get_resolver
from rest_framework.test import APIClient

from tests.api import body, client_of, codes, walk
from tests.furnished_shop import Furnished
from tests.hostile import flaw_in, furnished, root, unlimited
from tests.openapi import shop_document
from tests.operations import READS, Operation

__all__ = ["unlimited"]  # a fixture that every test here uses

pytestmark = pytest.mark.django_db

LISTS = [operation for operation in READS if "page" in operation.query]
every_list = pytest.mark.parametrize("operation", LISTS, ids=lambda one: one.template)
HOSTILE = [
    *("x", "====", "%FF%FE", "AAAA", "A" * 5000, "null", "-1", "..%2F..", "%F0%9F%98%80"),
    # As the shop writes them, but for the seal.
    *("AAAAAAAAAAAAAAAAW2ZhbHNlLDFd", "AAAAAAAAAAAAAAAAW3RydWVd", "W2ZhbHNlLDFd"),
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


def test_knows_every_list() -> None:
    """Those that the document describes as pages are those whose view has a paginator."""
    assert {one.template for one in LISTS} == {
        template
        for template, methods in shop_document()["paths"].items()
        if "Paginated" in str(methods.get("get", {}).get("responses", {}).get("200"))
    }
    assert len(LISTS) > 30
    assert all("cursor" in one.query for one in LISTS)


def test_no_view_pages_in_another_way() -> None:
    """Whatever answers lists stands on the one paginator."""
    found = {
        getattr(view.cls, "pagination_class", None) for view in _views(get_resolver().url_patterns)
    }
    assert {kind.__name__ for kind in found if kind} == {"PagePagination"}


def _views(patterns: list[Any]) -> Iterator[Any]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from _views(pattern.url_patterns)
        elif isinstance(pattern, URLPattern) and hasattr(pattern.callback, "cls"):
            yield pattern.callback


@every_list
def test_walks_it_as_pages_show_it(
    shop: Furnished, client: APIClient, operation: Operation
) -> None:
    path = shop.address(operation)
    whole = body(client.get(path, {"page_size": 100}))["results"]
    assert whole, "an empty list proves nothing"
    with CaptureQueriesContext(
        connection,
    ) as statements:
        pages = list(walk(client, f"{path}?cursor=&page_size=1"))
    assert [row for page in pages for row in page] == whole
    assert all(len(page) == 1 for page in pages)
    asked = " ".join(one["sql"].lower() for one in statements)
    assert "select count(*)" not in asked


@every_list
def test_walks_it_back(shop: Furnished, client: APIClient, operation: Operation) -> None:
    path = shop.address(operation)
    size = 2 if len(body(client.get(path, {"page_size": 100}))["results"]) > 2 else 1
    address: str | None = f"{path}?cursor=&page_size={size}"
    there = []
    while address is not None:
        page = body(client.get(address))
        there.append(page["results"])
        address, back = page["next"], page["previous"]
    if back is None:
        assert len(there) == 1
        return
    assert list(walk(client, back, towards="previous")) == there[-2::-1]


@every_list
def test_refuses_what_is_no_cursor_of_it(
    shop: Furnished, client: APIClient, operation: Operation
) -> None:
    path = shop.address(operation)
    for cursor in HOSTILE:
        response = client.get(f"{path}?cursor={cursor}")
        assert not flaw_in(response, 400), cursor
        assert body(response)["errors"][0]["attr"] == "cursor"


@every_list
def test_takes_no_page_beside_a_cursor(
    shop: Furnished, client: APIClient, operation: Operation
) -> None:
    response = client.get(f"{shop.address(operation)}?cursor=&page=1")
    assert (response.status_code, codes(response)) == (400, ["invalid"])
