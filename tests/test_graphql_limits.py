"""What GraphQL refuses before it does anything."""

import time
from typing import Any, cast

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from graphql import get_introspection_query
from rest_framework.test import APIClient

from shop.core.graphql import documents
from shop.products.tests.make import make_product
from tests.api import body, client_of
from tests.graphql_door import ADDRESS, ask, data, problem

pytestmark = pytest.mark.django_db


def send(raw: bytes, content_type: str = "application/json", **headers: str) -> Any:
    return client_of().generic("POST", ADDRESS, cast("Any", raw), content_type, headers=headers)


def code(response: Any) -> str:
    (error,) = body(response)["errors"]
    return str(error["extensions"]["code"])


@pytest.mark.parametrize(
    "raw",
    [
        b"null",
        b"1",
        b"[null]",
        b"[]",
        b'[{"query": "{ __typename }"}]',
        b'"text"',
        b"{",
        b"",
        b"{}",
        b'{"query": null}',
        b'{"query": 1}',
        b'{"query": ""}',
        b'{"query": ["{ __typename }"]}',
        b'{"query": "{ __typename }", "variables": []}',
        b'{"query": "{ __typename }", "variables": "{}"}',
        b'{"query": "{ __typename }", "extensions": 1}',
        b'{"query": "{ __typename }", "operationName": {}}',
        b'{"query": "{ __typename }", "query": "{ me { email } }"}',
        b'{"query": "{ __typename }", "variables": {"a": "\\u0000"}}',
        b'{"query": "{ __typename }", "variables": ' + b'{"a":' * 30 + b"1" + b"}" * 31,
        b'{"query": "{ __typename }", "variables": ' + b"[" * 100_000,
        b'{"extensions": {"persistedQuery": {"version": 1}}}',
        b'{"extensions": {"persistedQuery": {"version": 2, "sha256Hash": "a"}}}',
    ],
)
def test_a_malformed_body_is_400(raw: bytes) -> None:
    response = send(raw)
    assert response.status_code == 400, response.content
    assert code(response) == "parse_error"
    assert set(body(response)) == {"errors"}


def test_other_kinds_of_content_are_415() -> None:
    response = send(b"{ __typename }", "application/graphql")
    assert (response.status_code, code(response)) == (415, "unsupported_media_type")


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
def test_other_methods_are_405(method: str) -> None:
    response = client_of().generic(method, ADDRESS, "{}", "application/json")
    assert (response.status_code, code(response)) == (405, "method_not_allowed")


def test_a_mutation_needs_a_post() -> None:
    response = client_of().get(ADDRESS, {"query": "mutation { clearCart { cart { pk } } }"})
    assert response.status_code == 405
    assert "POST" in response["Allow"]


def test_a_bad_token_is_401() -> None:
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION="Bearer nonsense")
    response = client.post(ADDRESS, {"query": "{ __typename }"}, format="json")
    assert response.status_code == 401
    assert response["WWW-Authenticate"].startswith("Bearer")
    assert code(response) == "token_not_valid"


# --- Documents ------------------------------------------------------------------------------

NESTED = "{ products { edges { node { category { parent { parent { parent { parent { %s } } } } } } } } }"
COSTLY = "{ products(first: 100) { edges { node { reviews(first: 100) { edges { node { rating } } } } } } }"
ALIASES = " ".join(f"a{n}: __typename" for n in range(31))


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("{", "parse_error"),
        ("{ nope }", "invalid"),
        ("{ ...a } fragment a on Query { ...a }", "invalid"),
        ("subscription { me { email } }", "invalid"),
        ('{ product(id: "\\u0000") { name } }', "parse_error"),
        (NESTED % "parent { parent { name } }", "too_deep"),
        ("{ a: " + "[" * 900 + " }", "parse_error"),
        ("{ product(id: " + "[" * 990 + "]" * 990 + ") { name } }", "parse_error"),
        (f"{{ {ALIASES} }}", "too_many_aliases"),
        ("{ " + "__typename " * 2000 + "}", "too_many_tokens"),
        ("{ __typename #" + "x" * 60_000 + "\n}", "document_too_long"),
        (COSTLY, "too_costly"),
        ("query a { __typename } query b { __typename }", "invalid"),
    ],
)
def test_a_document_beyond_the_limits_is_refused_and_nothing_is_read(
    query: str, expected: str
) -> None:
    with CaptureQueriesContext(connection) as captured:
        answer = ask(client_of(), query)
    assert {error["extensions"]["code"] for error in answer["errors"]} == {expected}
    assert "data" not in answer
    assert not captured.captured_queries


def test_the_limits_themselves_are_accepted() -> None:
    assert data(client_of(), NESTED % "parent { name }") == {"products": {"edges": []}}
    data(client_of(), "{ " + " ".join(f"a{n}: __typename" for n in range(30)) + " }")


def test_fragments_hide_neither_depth_nor_cost() -> None:
    deep = "fragment a on Category { parent { parent { parent { parent { parent { name } } } } } }"
    query = "{ products { edges { node { category { parent { ...a } } } } } } " + deep
    assert problem(ask(client_of(), query))[0] == "too_deep"
    costly = (
        "query($n: Int = 100) { products(first: $n) { ...a } } fragment a on ProductConnection "
        "{ edges { node { reviews(first: $n) { edges { node { rating } } } } } }"
    )
    assert problem(ask(client_of(), costly))[0] == "too_costly"
    assert "errors" not in ask(client_of(), costly, {"n": 10})


def test_a_document_made_to_take_long_does_not() -> None:
    fragments = [
        f"fragment f{n} on Category {{ a: parent {{ ...f{n + 1} }} b: parent {{ ...f{n + 1} }} }}"
        for n in range(80)
    ]
    query = (
        "{ category(id: 1) { ...f0 } } "
        + " ".join(fragments)
        + " fragment f80 on Category { name }"
    )
    begin = time.perf_counter()
    assert problem(ask(client_of(), query))[0] in {"too_deep", "too_many_aliases"}
    assert time.perf_counter() - begin < 2


def test_says_what_a_request_costs() -> None:
    for _ in range(2):
        make_product()
    query = """{ products(first: 10) { edges { node {
        variants { sku } vendor { name } reviews { edges { node { rating } } }
    } } } }"""
    answer = ask(client_of(), query)
    # Each of 10 products, with 5 variants, a vendor and 12 reviews.
    assert answer["extensions"]["cost"] == {"requested": 10 * (1 + 5 + 1 + 12), "limit": 5000}


@pytest.mark.parametrize(
    ("arguments", "attr"),
    [
        ("first: 101", "first"),
        ("first: -1", "first"),
        ("last: 101", "last"),
        ("first: 1, last: 1", "last"),
        ('after: "nonsense"', "after"),
        ('after: "bm9wZQ=="', "after"),
        ('before: "ünicode"', "before"),
    ],
)
def test_a_bad_page_is_named(arguments: str, attr: str) -> None:
    query = "{ products(%s) { edges { cursor } } }" % arguments  # noqa: UP031 (braces)
    assert problem(ask(client_of(), query)) == ("invalid", attr, 400)


# --- Introspection --------------------------------------------------------------------------


def test_the_tools_own_introspection_is_answered() -> None:
    assert data(client_of(), get_introspection_query())["__schema"]["queryType"]["name"] == "Query"


def test_introspection_does_not_nest_without_end() -> None:
    query = "{ __schema { types { %s } } }" % ("fields { type { " * 5 + "name" + " } }" * 5)
    assert "errors" in ask(client_of(), query)


def test_introspection_can_be_off_and_nothing_is_suggested_then(settings: Any) -> None:
    assert "Did you mean" in str(ask(client_of(), "{ productz { pk } }")["errors"])
    settings.GRAPHQL_INTROSPECTION = False
    assert "errors" in ask(client_of(), "{ __schema { queryType { name } } }")
    assert "errors" in ask(client_of(), '{ __type(name: "Query") { name } }')
    assert data(client_of(), "{ __typename }") == {"__typename": "Query"}
    for query in ("{ productz { pk } }", "{ products(orderBy: PRICE_UP) { totalCount } }"):
        assert "Did you mean" not in str(ask(client_of(), query))
    order = ask(
        client_of(),
        "query($o: ProductOrder) { products(orderBy: $o) { totalCount } }",
        {"o": "PRICE_UP"},
    )
    assert "errors" in order
    assert "Did you mean" not in str(order)


# --- HTTP -----------------------------------------------------------------------------------


def test_statuses_are_for_clients_that_know_the_specification() -> None:
    raw = b'{"query": "{ nope }"}'
    assert send(raw).status_code == 200
    response = send(raw, accept="application/graphql-response+json")
    assert response.status_code == 400
    assert response["Content-Type"] == "application/graphql-response+json; charset=utf-8"


def test_a_query_may_come_by_get() -> None:
    asked = {
        "query": "query a($id: ID!) { category(id: $id) { name } }",
        "variables": '{"id": "1"}',
    }
    response = client_of().get(ADDRESS, asked)
    assert body(response)["errors"][0]["extensions"]["code"] == "not_found"
    assert body(response)["data"] == {"category": None}
    assert client_of().get(ADDRESS, asked | {"variables": "[1]"}).status_code == 400
    assert client_of().get(ADDRESS).status_code == 400


def test_a_browser_gets_graphiql_from_this_host_alone() -> None:
    page = client_of().get(ADDRESS, headers={"accept": "text/html,*/*;q=0.8"})
    text = page.content.decode()
    assert page.status_code == 200
    assert "core/graphiql/graphiql.min.js" in text
    assert "default-src 'self'" in text
    assert 'src="http' not in text
    for name in ("graphiql.min.js", "graphiql.min.css", "start.js", "react.production.min.js"):
        assert client_of().get(f"/static/core/graphiql/{name}").status_code == 200


# --- Documents that are known by their hash -------------------------------------------------

KNOWN = "query Known { __typename }"


def hashed(text: str) -> dict[str, Any]:
    return {"persistedQuery": {"version": 1, "sha256Hash": documents.sha256(text)}}


def by_hash(text: str, **more: Any) -> Any:
    asked = {"extensions": hashed(text), **more}
    return client_of().post(ADDRESS, asked, format="json")


def test_a_document_is_sent_once_and_then_named() -> None:
    unknown = body(by_hash(KNOWN))["errors"][0]
    assert unknown["message"] == "PersistedQueryNotFound"
    assert unknown["extensions"]["code"] == "PERSISTED_QUERY_NOT_FOUND"
    assert body(by_hash(KNOWN, query=KNOWN))["data"] == {"__typename": "Query"}
    assert body(by_hash(KNOWN))["data"] == {"__typename": "Query"}


def test_a_wrong_hash_is_refused_and_not_kept() -> None:
    assert by_hash("{ me { email } }", query=KNOWN).status_code == 400
    assert "errors" in body(by_hash("{ me { email } }"))


def test_documents_of_the_folder_may_be_the_only_ones(settings: Any, tmp_path: Any) -> None:
    (tmp_path / "known.graphql").write_text(KNOWN)
    settings.GRAPHQL_DOCUMENTS, settings.GRAPHQL_DOCUMENTS_ONLY = str(tmp_path), True
    assert body(by_hash(KNOWN))["data"] == {"__typename": "Query"}
    assert data(client_of(), KNOWN) == {"__typename": "Query"}
    assert problem(ask(client_of(), "{ __typename }"))[0] == "PERSISTED_QUERY_NOT_FOUND"
    other = "{ a: __typename }"
    assert "errors" in body(by_hash(other, query=other))
