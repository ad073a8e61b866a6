"""What no client should ask: hostile paths, query strings, methods and headers."""

import json
import re
from collections.abc import Iterator, Set
from typing import Any

import pytest
from django.test import Client
from rest_framework.test import APIClient

from tests.api import body, client_of
from tests.furnished_shop import Furnished
from tests.hostile import flaw_in, furnished, root, send, state, unlimited
from tests.operations import OPERATIONS, READS, Operation

__all__ = ["unlimited"]  # a fixture that every test here uses

pytestmark = pytest.mark.django_db
every_read = pytest.mark.parametrize("operation", READS, ids=lambda one: one.name)
TEMPLATES = sorted({operation.template for operation in OPERATIONS})

# Percent-encoded, as they travel.
PATH_VALUES = [
    "0",
    "-1",
    "1e3",
    str(2**63),
    str(10**30),
    "nan",
    "%00",
    "1%0a",
    "%20",
    "%ff%fe",
    "%ED%A0%80",  # a lone surrogate
    "%D9%A1",  # an Arabic one
    "%C2%B2",  # a superscript two
    "%F0%9F%92%A9",
    "%27%3b--",
    "..%2f..%2fetc%2fpasswd",
    "x" * 5000,
]
QUERY_VALUES = [*PATH_VALUES, "", "abc", "[]", "1,2", "true", "-0", "1e400", "%22%5c%25%5f"]
NOT_WHOLE = ["abc", "1.5", "1e3", "NaN", "true", "[]", "%C2%B2", str(10**30), "9" * 5000, "-1"]
NOT_PAGES = [*NOT_WHOLE, "0", "", "%20", "%D9%A1", "%2b1", "1%0a"]
NOT_OF_KIND = {
    "integer": NOT_WHOLE,
    "boolean": ["abc", "2", "-1", "[]", "truetrue", "9" * 5000],
    "decimal": ["abc", "NaN", "Infinity", "-Infinity", "1e400", "1,5", "[]", "%C2%B2", "9" * 5000],
    "enum": ["abc", "0", "-", "[]", "true", "x" * 5000],
}
HEADERS = [
    {"HTTP_ACCEPT": "text/html"},
    {"HTTP_ACCEPT": ";;;"},
    {"HTTP_ACCEPT": "\xff"},
    {"HTTP_COOKIE": "sessionid=\xff; csrftoken=;;;=="},
    {"HTTP_HOST": "evil.example"},
    {"HTTP_HOST": "a b"},
    {"HTTP_IF_NONE_MATCH": '"'},
    {"HTTP_IF_MODIFIED_SINCE": "yesterday"},
    {"HTTP_RANGE": "bytes=9-1"},
    {"HTTP_ORIGIN": "null"},
    {"HTTP_IDEMPOTENCY_KEY": "\xff" * 999},
    {"HTTP_X_FORWARDED_FOR": "\xff" * 999},
    {"HTTP_X_HTTP_METHOD_OVERRIDE": "DELETE"},
    {"HTTP_X_REQUEST_ID": "a\r\nSet-Cookie: b=c"},
    {"HTTP_CONTENT_ENCODING": "gzip"},
]
NO_TOKENS = [
    "Bearer",
    "Bearer a b",
    "Bearer null",
    "Bearer \xff",
    "Bearer " + "x" * 20_000,
    "Bearer e30.e30.",
    "Bearer eyJhbGciOiJub25lIn0.eyJ1c2VyX2lkIjoiMSJ9.",
]
NOWHERE = [
    "/nowhere",
    "/nowhere/",
    "/api/",
    "/api/v1/",
    "/api/v2/store/products/",
    "/api/v1/v1/store/products/",
    "/api//store/products/",
    "/api/store/products.json",
    "/static/none",
    "/static/..%2f..%2fmanage.py",
    "/media/none",
    "/favicon.ico",
    "/.env",
    "/%ff",
    "/" + "x" * 9000,
    "//evil.example/x",
]


@pytest.fixture(scope="module")
def shop(django_db_setup: None, django_db_blocker: Any) -> Iterator[Furnished]:
    with furnished(django_db_blocker, root) as shop:
        yield shop


@pytest.fixture
def client(shop: Furnished) -> APIClient:
    return client_of(shop.owner)


def kind_of(schema: dict[str, Any]) -> str:
    if "enum" in schema:
        return "enum"
    # What takes a slug or an id has two types, and no text is malformed.
    return "decimal" if schema.get("format") == "decimal" else str(schema.get("type", "slug"))


@pytest.mark.parametrize(
    "operation", [one for one in OPERATIONS if one.path_parameters], ids=lambda one: one.name
)
def test_finds_nothing_at_odd_paths(
    shop: Furnished, client: APIClient, operation: Operation
) -> None:
    raw = json.dumps(shop.body(operation)).encode()
    before = state()
    for name in operation.path_parameters:
        for value in PATH_VALUES:
            response = send(client, operation.method, shop.address(operation, **{name: value}), raw)
            status = 400 if value == "%00" else 404
            assert not (wrong := flaw_in(response, status)), (name, value[:99], wrong)
    assert state() == before


@every_read
def test_survives_any_query(shop: Furnished, client: APIClient, operation: Operation) -> None:
    path, before = shop.address(operation), state()
    # The link to a next page would repeat what was asked.
    whole = "page_size=100&" if "page_size" in operation.query else ""
    usual = client.get(f"{path}?{whole}")
    assert usual.status_code == 200, usual.content
    names = operation.query.keys() - {"page", "page_size"}
    for value in QUERY_VALUES:
        ask_all(client, f"{path}?{whole}", names, value)
        response = client.get(f"{path}?{whole}unknown={value}")
        assert response.content == usual.content or not flaw_in(response, 400), value[:99]
    for name in names:
        repeated = client.get(f"{path}?{name}=1&{name}=abc&{name}=")
        assert repeated.status_code in (200, 400), (name, repeated.content)
    assert not flaw_in(client.get(f"{path}?unknown=%00"), 400)
    assert not flaw_in(client.get(f"{path}?%00=1"), 400)
    assert client.get(f"{path}?{'&'.join(['a=1'] * 1001)}").status_code in (200, 400)
    assert state() == before


def ask_all(client: APIClient, path: str, names: Set[str], value: str) -> None:
    """Ask with `value` in all parameters at once, then without those that refused, and so on."""
    left = set(names)
    while left:
        response = client.get(path + "&".join(f"{name}={value}" for name in sorted(left)))
        if response.status_code == 200:
            return
        assert not (wrong := flaw_in(response, 400)), (left, value[:99], wrong)
        refused = {error["attr"] for error in body(response)["errors"]}
        # What refuses the whole, such as a NUL in it, refuses each.
        left = left - refused if refused & left else set()


@every_read
def test_refuses_bad_values_of_known_parameters(
    shop: Furnished, client: APIClient, operation: Operation
) -> None:
    path = shop.address(operation)
    for name, schema in operation.query.items():
        bad = NOT_PAGES if name in ("page", "page_size") else NOT_OF_KIND.get(kind_of(schema), [])
        for value in [*bad, *(["101"] if name == "page_size" else [])]:
            response = client.get(f"{path}?{name}={value}")
            assert not (wrong := flaw_in(response, 400)), (name, value[:99], wrong)
            assert [error["attr"] for error in body(response)["errors"]] == [name]
    if "page" in operation.query:
        assert not flaw_in(client.get(f"{path}?page=1000000"), 404)
        assert not flaw_in(client.get(f"{path}?page=1000001"), 400)
        assert client.get(f"{path}?page=1&page_size=100").status_code == 200


@pytest.mark.parametrize("template", TEMPLATES)
def test_has_no_other_methods(shop: Furnished, client: APIClient, template: str) -> None:
    here = [operation for operation in OPERATIONS if operation.template == template]
    path, methods, before = shop.address(here[0]), {one.method for one in here}, state()
    for method in {"GET", "POST", "PUT", "PATCH", "DELETE", "TRACE", "PROPFIND", "A"} - methods:
        response = send(client, method, path, b"{}")
        assert not (wrong := flaw_in(response, 405)), (method, wrong)
        assert methods <= set(re.findall(r"\w+", response["Allow"]))
        assert client_of().generic(method, path).status_code == 405, "whoever asks"
    head = client.head(path)
    assert head.status_code == (200 if "GET" in methods else 405)
    assert not head.content
    assert state() == before


@pytest.mark.parametrize("template", [one for one in TEMPLATES if one.endswith("/")])
def test_leads_reads_to_the_slash_and_refuses_writes_without(
    shop: Furnished, client: APIClient, template: str
) -> None:
    path = next(shop.address(one) for one in OPERATIONS if one.template == template)
    response = client.get(path.rstrip("/"))
    assert (response.status_code, response["Location"]) == (301, path)
    for method in ("POST", "PUT", "PATCH", "DELETE"):
        assert not flaw_in(send(client, method, path.rstrip("/"), b"{}"), 404)


@pytest.mark.parametrize("template", [one for one in TEMPLATES if not one.endswith("/")])
def test_has_no_slash_after_the_name_of_a_file(
    shop: Furnished, client: APIClient, template: str
) -> None:
    path = next(shop.address(one) for one in OPERATIONS if one.template == template)
    assert client.get(path).status_code == 200
    assert not flaw_in(client.get(f"{path}/"), 404)


def test_refuses_writes_without_the_slash_in_debug_too(client: APIClient, settings: Any) -> None:
    settings.DEBUG = True
    assert send(client, "POST", "/api/store/orders", b"{}").status_code == 404


@every_read
def test_answers_the_same_under_the_pinned_version(
    shop: Furnished, client: APIClient, operation: Operation
) -> None:
    path = shop.address(operation)
    pinned = path.replace("/api/", "/api/v1/")
    query = "?page_size=1" if "page_size" in operation.query else ""
    usual, versioned = client.get(path + query), client.get(pinned + query)
    assert versioned.status_code == usual.status_code == 200
    assert versioned.content.replace(b"/api/v1/", b"/api/") == usual.content


@pytest.mark.parametrize("header", HEADERS, ids=lambda one: str(one)[:40])
def test_survives_odd_headers(shop: Furnished, client: APIClient, header: dict[str, str]) -> None:
    for path in ("/api/store/products/", "/api/store/orders/", "/nowhere/"):
        response = client.get(path, **header)  # type: ignore[arg-type]  # headers, not `secure`
        if response.status_code >= 400:
            assert not flaw_in(response), response.content
        assert re.fullmatch(r"[\w.-]{1,64}", response["X-Request-ID"])
        assert "b=c" not in str(response.headers)


@pytest.mark.parametrize("token", NO_TOKENS, ids=lambda one: one[:40])
def test_refuses_what_is_no_token(db: None, token: str) -> None:
    for path in ("/api/store/products/", "/api/store/orders/"):
        response = APIClient().get(path, HTTP_AUTHORIZATION=token)
        assert not flaw_in(response, 401), response.content
        assert response["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize("path", NOWHERE, ids=lambda one: one[:40])
def test_is_json_where_there_is_nothing(db: None, path: str) -> None:
    client = Client(raise_request_exception=False, enforce_csrf_checks=True)
    for method in ("GET", "POST", "PUT", "DELETE", "TRACE"):
        response = client.generic(method, path)
        statuses = (404,) if method == "GET" else (403, 404, 405)
        assert not (wrong := flaw_in(response, *statuses)), (method, wrong)


@pytest.mark.parametrize(
    "path", ["/", "/healthz", "/readyz", "/redoc/", "/swagger/", "/api/docs/", "/api/schema/"]
)
def test_is_json_where_a_page_is_only_read(db: None, path: str) -> None:
    client = Client(raise_request_exception=False, enforce_csrf_checks=True)
    for method in ("POST", "PUT", "DELETE", "TRACE"):
        response = client.generic(method, path)
        assert not (wrong := flaw_in(response, 403, 405)), (method, wrong)


def test_keeps_the_page_of_the_admin_for_people(db: None) -> None:
    client = Client(enforce_csrf_checks=True)
    response = client.post("/admin/login/", {"username": "a", "password": "b"})
    assert response.status_code == 403
    assert response["Content-Type"].startswith("text/html")


def test_stays_inside_the_folder_of_media(db: None) -> None:
    for path in ("/media/..%2f..%2fetc/passwd", "/media/%2e%2e/secret_key"):
        assert Client().get(path).status_code in (400, 404)
