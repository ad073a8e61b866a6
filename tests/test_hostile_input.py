"""What no client should send in a body: refused in one shape, with nothing changed.

Every operation that takes JSON is attacked with its own documented body, spoilt in one
place at a time. That the unspoilt body is accepted proves that each attack gets as far
as its field.
"""

import json
from collections.abc import Iterator
from io import BytesIO
from itertools import cycle
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from rest_framework.test import APIClient

from tests.api import body as body_of
from tests.api import client_of, codes
from tests.furnished_shop import Furnished
from tests.hostile import (
    ODD,
    PRIVILEGED,
    UNREADABLE,
    essence,
    flaw_in,
    furnished,
    leaves,
    root,
    send,
    state,
    undone,
    unlimited,
    with_raw,
    writes,
)
from tests.operations import WITH_BODY, Operation

__all__ = ["unlimited"]  # a fixture that every test here uses

pytestmark = pytest.mark.django_db
every_operation = pytest.mark.parametrize("operation", WITH_BODY, ids=lambda one: one.name)

NOT_OBJECTS = {
    "null": b"null",
    "a list": b"[]",
    "a list of objects": b'[{"quantity": 1}]',
    "a number": b"1",
    "a text": b'"text"',
    "true": b"true",
    "no JSON": b"{'quantity': 1}",
    "half of it": b'{"quantity": 1',
    "more after it": b'{"quantity": 1} {}',
    "a trailing comma": b'{"quantity": 1,}',
    "only spaces": b"  ",
    "a byte order mark": b"\xef\xbb\xbf{}",
    "UTF-16": '{"quantity": 1}'.encode("utf-16"),
    "bytes that are no UTF-8": b'{"note": "\xff\xfe"}',
    "a raw NUL": b'{"note": "\0"}',
    "a key twice": b'{"quantity": 1, "quantity": 2}',
    "a key twice, deeper": b'{"options": {"a": 1, "a": 2}}',
    "a NUL in a key": b'{"a\\u0000": 1}',
    "a lone surrogate in a key": b'{"\\ud800": 1}',
    "NaN": b'{"unknown": NaN}',
    "1e400": b'{"unknown": 1e400}',
    "1e-400": b'{"unknown": 1e-400}',
    "minus infinity": b'{"unknown": -Infinity}',
    "10,000 lists in each other": b'{"unknown": ' + b"[" * 10_000 + b"]" * 10_000 + b"}",
    "10,000 objects in each other": b'{"a":' * 10_000 + b"1" + b"}" * 10_000,
    "100,000 open brackets": b"[" * 100_000,
}


def too_large(operation: Operation) -> bytes:
    size = 5_100_000 if operation.template.endswith("/bulk/") else 1_100_000
    return b'{"note": "' + b"x" * size + b'"}'


OTHER_MEDIA = [
    "text/plain",
    "application/x-www-form-urlencoded",
    "application/xml",
    "application/octet-stream",
    "application/jsonx",
    "nonsense",
    "",
]


@pytest.fixture(scope="module")
def shop(django_db_setup: None, django_db_blocker: Any) -> Iterator[Furnished]:
    with furnished(django_db_blocker, root) as shop:
        yield shop


@pytest.fixture
def client(shop: Furnished) -> APIClient:
    return client_of(shop.owner)


def as_json(body: Any) -> bytes:
    return json.dumps(body).encode()


@every_operation
def test_takes_the_honest_body(shop: Furnished, client: APIClient, operation: Operation) -> None:
    path, body = shop.address(operation), shop.body(operation)
    Draft202012Validator(operation.schema).validate(body)
    response = send(client, operation.method, path, as_json(body))
    assert 200 <= response.status_code < 300, response.content


@every_operation
def test_takes_the_honest_body_in_chunks(
    shop: Furnished, client: APIClient, operation: Operation
) -> None:
    raw = as_json(shop.body(operation))
    chunks = {"HTTP_TRANSFER_ENCODING": "chunked", "wsgi.input": BytesIO(raw), "CONTENT_LENGTH": ""}
    response = send(client, operation.method, shop.address(operation), b"", **chunks)
    assert 200 <= response.status_code < 300, response.content


@every_operation
def test_refuses_what_is_no_object(
    shop: Furnished, client: APIClient, operation: Operation
) -> None:
    path, before = shop.address(operation), state()
    for name, raw in NOT_OBJECTS.items():
        response = send(client, operation.method, path, raw)
        assert not (wrong := flaw_in(response, 400)), (name, wrong)
        assert codes(response) == ["parse_error"], name
    assert state() == before


@every_operation
def test_takes_nothing_for_an_empty_object(
    shop: Furnished, client: APIClient, operation: Operation
) -> None:
    path = shop.address(operation)
    answers = []
    for raw in (b"", b"{}"):
        with undone():
            answers.append(send(client, operation.method, path, raw).status_code)
    assert answers[0] == answers[1] < 500
    if operation.schema.get("required") and operation.method != "PATCH":
        assert answers == [400, 400]


@every_operation
def test_refuses_an_unreadable_value_in_any_field(
    shop: Furnished, client: APIClient, operation: Operation
) -> None:
    """No field is asked before all is read, so each meets one of them."""
    path, body, before = shop.address(operation), shop.body(operation), state()
    for field, (name, raw) in zip(fields_of(operation, body), cycle(UNREADABLE.items())):
        response = send(client, operation.method, path, with_raw(body, [field], raw))
        assert not (wrong := flaw_in(response, 400)), (field, name, wrong)
    assert state() == before


@every_operation
def test_refuses_an_odd_value_in_any_field(
    shop: Furnished, client: APIClient, operation: Operation
) -> None:
    """What the document does not allow is refused; what it allows may be, too."""
    path, body, before = shop.address(operation), shop.body(operation), state()
    document = Draft202012Validator(operation.schema)
    fields = fields_of(operation, body)
    wrong = []
    for name, raw in ODD.items():
        settled = settled_together(client, operation, path, body, raw)
        for field in (field for field in fields if attr_of(field) not in settled):
            spoilt = with_raw(body, [field], raw)
            with undone(), writes() as written:
                response = send(client, operation.method, path, spoilt)
                if response.status_code < 300:
                    problem = "" if document.is_valid(json.loads(spoilt)) else "is accepted"
                else:
                    problem = flaw_in(response)
                    # Looking at every table each time would take most of the time.
                    if written and state() != before:
                        problem = f"changes: {written}"
            wrong += [(field, name, problem)] if problem else []
    assert not wrong
    assert state() == before


def fields_of(operation: Operation, body: Any) -> list[tuple[Any, ...]]:
    """The paths of all that the body holds, and of all that it may."""
    return sorted({*leaves(body), *((name,) for name in operation.schema["properties"])}, key=str)


def settled_together(
    client: APIClient, operation: Operation, path: str, body: Any, raw: str
) -> set[str]:
    """The fields that refuse `raw`, or rightly take it, when it stands in all at once.

    A field is asked alone, whatever stands in the others; so these need no request of their
    own. Some are asked only when others are right, such as what a `kind` decides about: so once
    more without those that have refused, until nobody else does.
    """
    every = fields_of(operation, body)
    lowest = [one for one in every if not any(other[: len(one)] == one != other for other in every)]
    settled: set[str] = set()
    before = state()
    while True:
        asked = [field for field in lowest if attr_of(field) not in settled]
        names, spoilt = set(map(attr_of, asked)), with_raw(body, asked, raw)
        with undone(), writes() as written:
            response = send(client, operation.method, path, spoilt)
            if response.status_code < 300:
                allowed = Draft202012Validator(operation.schema).is_valid(json.loads(spoilt))
                return settled | names if allowed else settled
            assert not (wrong := flaw_in(response)), wrong
            assert not written or state() == before
        if response.status_code != 400:
            return settled
        refused = names & {error["attr"] for error in body_of(response)["errors"]}
        if not refused:
            return settled
        settled |= refused


def attr_of(field: tuple[Any, ...]) -> str:
    """As errors name it, such as "variants.0.price"."""
    return ".".join(map(str, field))


@every_operation
def test_gives_no_privilege_for_the_asking(
    shop: Furnished, client: APIClient, operation: Operation
) -> None:
    path, body, outcomes = shop.address(operation), shop.body(operation), []
    unasked = {
        name: value
        for name, value in PRIVILEGED.items()
        if name not in operation.schema["properties"]
    }
    for sent in (body, unasked | body):
        with undone():
            response = send(client, operation.method, path, as_json(sent))
            assert response.status_code < 300, response.content
            outcomes.append(essence())
    assert outcomes[0] == outcomes[1]


@every_operation
def test_refuses_a_body_of_more_than_a_megabyte(
    shop: Furnished, client: APIClient, operation: Operation
) -> None:
    path, before, raw = shop.address(operation), state(), too_large(operation)
    response = send(client, operation.method, path, raw)
    assert not flaw_in(response, 413)
    assert codes(response) == ["body_too_large"]
    chunks = {"HTTP_TRANSFER_ENCODING": "chunked", "wsgi.input": BytesIO(raw)}
    response = send(client, operation.method, path, b"", **chunks)
    assert not flaw_in(response, 413)
    # Who lies about the length gets what the length says, which is not JSON.
    response = send(client, operation.method, path, raw, CONTENT_LENGTH="100")
    assert not flaw_in(response, 400)
    for length in ("-1", "ten", "1e2", "\u0661", "9" * 5000):
        response = send(client, operation.method, path, raw, CONTENT_LENGTH=length)
        assert not flaw_in(response, 400, 413), length
    assert state() == before


@every_operation
def test_refuses_other_media_types(
    shop: Furnished, client: APIClient, operation: Operation
) -> None:
    path, raw, before = shop.address(operation), as_json(shop.body(operation)), state()
    for content_type in OTHER_MEDIA:
        response = send(client, operation.method, path, raw, content_type=content_type)
        assert not (wrong := flaw_in(response, 415)), (content_type, wrong)
    assert state() == before
