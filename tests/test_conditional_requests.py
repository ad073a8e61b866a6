"""`ETag`, `If-None-Match` and `If-Match`, on every address that has them."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from shop.accounts.tests.make import make_user
from shop.core.http.preconditions import GUARDED, OnlyIfMatch
from shop.core.http.routes import methods_of
from tests.api import client_of, codes
from tests.furnished_shop import Furnished
from tests.hostile import furnished, root, send, state, undone, unlimited
from tests.operations import OPERATIONS, READS, Operation
from tests.routes import routes

__all__ = ["unlimited"]  # a fixture that every test here uses

pytestmark = pytest.mark.django_db

OTHER = f'"{"0" * 32}"'
READABLE = {operation.template for operation in READS}
WRITES = [one for one in OPERATIONS if one.method in GUARDED]
PROTECTED = [one for one in WRITES if one.template in READABLE]
BLIND = [
    one
    for one in OPERATIONS
    if one.method != "GET" and one not in PROTECTED and "stripe" not in one.template
]
NO_JSON = (".csv", ".pdf", "/bank-file/", "/export/")
PATCH = "PATCH /api/store/products/{slug}/"

every_read = pytest.mark.parametrize(
    "operation",
    [one for one in READS if not one.template.endswith(NO_JSON)],
    ids=lambda one: one.template,
)
every_protected = pytest.mark.parametrize("operation", PROTECTED, ids=lambda one: one.name)


@pytest.fixture(scope="module")
def shop(django_db_setup: None, django_db_blocker: Any) -> Iterator[Furnished]:
    with furnished(django_db_blocker, root) as shop:
        yield shop


def write(shop: Furnished, operation: Operation, **headers: str) -> Any:
    raw, media_type = shop.content(operation)
    more = {"content_type": media_type, "headers": headers}
    return send(client_of(shop.owner), operation.method, shop.address(operation), raw, **more)


def tag_of(shop: Furnished, operation: Operation) -> str:
    return str(client_of(shop.owner).get(shop.address(operation))["ETag"])


def operation_named(name: str) -> Operation:
    return next(one for one in OPERATIONS if one.name == name)


# --- Reads --------------------------------------------------------------------------------


@every_read
def test_a_read_is_not_sent_twice(shop: Furnished, operation: Operation) -> None:
    client, address = client_of(shop.owner), shop.address(operation)
    first = client.get(address)
    assert first.status_code == 200, first.content
    again = client.get(address, headers={"If-None-Match": f'"x", W/{first["ETag"]}'})
    assert (again.status_code, again.content) == (304, b"")
    assert again["ETag"] == f"W/{first['ETag']}"
    for name in ("Cache-Control", "Vary"):
        assert again[name] == first[name]
    assert "Content-Type" not in again
    other = client.get(address, headers={"If-None-Match": OTHER})
    assert (other.status_code, other["ETag"]) == (200, first["ETag"])


@every_read
def test_head_is_answered_as_get_is(shop: Furnished, operation: Operation) -> None:
    client, address = client_of(shop.owner), shop.address(operation)
    got, head = client.get(address), client.head(address)
    assert (head.status_code, head.content) == (got.status_code, b"")
    of_the_request = {"X-Request-ID", "RateLimit-Remaining", "RateLimit-Reset"}
    assert {k: v for k, v in head.items() if k not in of_the_request} == {
        k: v for k, v in got.items() if k not in of_the_request
    }
    assert head["Content-Length"] == str(len(got.content))


@pytest.mark.parametrize("coding", ["gzip", "zstd"])
def test_a_compressed_answer_has_a_tag_that_is_good_for_all(shop: Furnished, coding: str) -> None:
    client, address = client_of(shop.owner), f"/api/store/products/{shop.product.slug}/"
    plain = client.get(address)["ETag"]
    squeezed = client.get(address, headers={"Accept-Encoding": coding})
    assert squeezed["Content-Encoding"] == coding
    assert squeezed["ETag"] == f'{plain[:-1]}-{coding}"'
    for encoding in ("", coding):
        sent = {"If-None-Match": squeezed["ETag"], "Accept-Encoding": encoding}
        again = client.get(address, headers=sent)
        assert (again.status_code, again["ETag"]) == (304, squeezed["ETag"])
    with undone():
        changed = write(shop, operation_named(PATCH), **{"If-Match": squeezed["ETag"]})
        assert changed.status_code == 200


def test_a_read_that_is_to_match_another_tag_is_refused(shop: Furnished) -> None:
    response = client_of(shop.owner).get("/api/store/products/", headers={"If-Match": OTHER})
    assert (response.status_code, codes(response)) == (412, ["precondition_failed"])


# --- Writes -------------------------------------------------------------------------------


def test_every_view_that_changes_something_knows_the_header() -> None:
    views = {view for _, view in routes() if {"POST", *GUARDED} & set(methods_of(view) or ())}
    without = {view.cls.__name__ for view in views if not issubclass(view.cls, OnlyIfMatch)}
    assert without == {"StripeWebhookView"}, "which answers Stripe alone"


def test_every_protected_view_holds_what_it_compares() -> None:
    views = [
        view
        for _, view in routes()
        if {*GUARDED} & {*(methods_of(view) or ())} and "GET" in (methods_of(view) or ())
    ]
    assert len(views) >= 2 * 14
    assert not [view.cls for view in views if view.cls.hold is OnlyIfMatch.hold]


@every_protected
def test_a_write_with_the_present_tag_is_done(shop: Furnished, operation: Operation) -> None:
    with undone():
        plain = write(shop, operation)
    with undone():
        guarded = write(shop, operation, **{"If-Match": f"{OTHER}, {tag_of(shop, operation)}"})
    assert guarded.status_code == plain.status_code
    assert 200 <= guarded.status_code < 300, guarded.content
    with undone():
        assert write(shop, operation, **{"If-Match": "*"}).status_code == plain.status_code


@pytest.mark.parametrize("operation", [*PROTECTED, *BLIND], ids=lambda one: one.name)
def test_a_write_with_another_tag_does_nothing(shop: Furnished, operation: Operation) -> None:
    """Nor does one that has no read to compare with."""
    with undone():
        raw, media_type = shop.content(operation)
        client, before = client_of(shop.owner), state()
        sent = {"content_type": media_type, "headers": {"If-Match": OTHER}}
        response = send(client, operation.method, shop.address(operation), raw, **sent)
        assert (response.status_code, codes(response)) == (412, ["precondition_failed"])
        assert state() == before


@every_protected
def test_strangers_learn_nothing_by_guessing_tags(shop: Furnished, operation: Operation) -> None:
    raw, media_type = shop.content(operation)
    for somebody in (None, make_user()):
        client, address = client_of(somebody), shop.address(operation)
        sent = {"content_type": media_type, "headers": {"If-Match": OTHER}}
        with undone():
            plain = send(client, operation.method, address, raw, content_type=media_type)
        with undone():
            guarded = send(client, operation.method, address, raw, **sent)
        if plain.status_code >= 400:
            assert guarded.status_code == plain.status_code


def test_a_write_whose_read_was_narrowed_compares_the_same(shop: Furnished) -> None:
    operation = operation_named(PATCH)
    address = f"{shop.address(operation)}?fields=name,price&expand=category"
    client, raw = client_of(shop.owner), b'{"meta_title": "A coat"}'
    tag = client.get(address)["ETag"]
    assert tag != tag_of(shop, operation)
    with undone():
        done = send(client, "PATCH", address, raw, headers={"If-Match": tag})
        assert done.status_code == 200, done.content
    wrong = send(client, "PATCH", address, raw, headers={"If-Match": tag_of(shop, operation)})
    assert wrong.status_code == 412


def test_the_tag_changes_with_what_it_names(shop: Furnished) -> None:
    operation = operation_named(PATCH)
    client, address = client_of(shop.owner), shop.address(operation)
    with undone():
        tag = client.get(address)["ETag"]
        first = client.patch(address, {"name": "Loden coat"}, headers={"If-Match": tag})
        assert first.status_code == 200, first.content
        second = client.patch(address, {"name": "Duffel coat"}, headers={"If-Match": tag})
        assert second.status_code == 412
        assert client.get(address).json()["name"] == "Loden coat"
        assert client.get(address, headers={"If-None-Match": tag}).status_code == 200


def test_a_write_without_the_header_costs_nothing_more(shop: Furnished) -> None:
    operation = operation_named("PATCH /api/store/addresses/{id}/")
    counts = []
    for headers in ({}, {"If-Match": "*"}):
        with (
            undone(),
            CaptureQueriesContext(
                connection,
            ) as queries,
        ):
            assert write(shop, operation, **headers).status_code == 200
        counts.append(len(queries))
    plain, guarded = counts
    assert plain <= 10
    assert guarded > plain


def test_a_refusal_of_the_write_itself_stays_what_it_is(shop: Furnished) -> None:
    operation = operation_named(PATCH)
    raw = b'{"price": "x"}'
    sent = {"headers": {"If-Match": tag_of(shop, operation)}}
    response = send(client_of(shop.owner), "PATCH", shop.address(operation), raw, **sent)
    assert (response.status_code, codes(response)) == (400, ["invalid"])
