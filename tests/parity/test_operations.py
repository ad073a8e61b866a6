"""Every operation of REST has a field of GraphQL that does the same, or a reason."""

from collections.abc import Iterator
from typing import Any

import pytest

from shop.accounts.tests.make import make_user
from shop.webhooks.tests.make import relay
from tests.api import client_of
from tests.furnished_shop import Furnished
from tests.hostile import furnished, send, undone, unlimited
from tests.operations import OPERATIONS, Operation
from tests.parity.doors import Door
from tests.parity.operations import asked, exists, listed, only_in_graphql, roots
from tests.parity.snapshot import Snapshot, differences, from_the_start, taken
from tests.test_access import ACCESS, CALLERS, PEOPLE

__all__ = ["unlimited"]  # a fixture that every test here uses

pytestmark = pytest.mark.django_db

FIELDS = listed()
WRITES = [one for one in OPERATIONS if one.method != "GET" and FIELDS.get(one.name)]


@pytest.fixture(scope="module")
def shop(django_db_setup: None, django_db_blocker: Any) -> Iterator[Furnished]:
    with furnished(django_db_blocker, lambda: make_user("alice@example.test")) as shop:
        yield shop


def test_says_of_every_operation_what_does_the_same() -> None:
    assert sorted(FIELDS) == [operation.name for operation in OPERATIONS]


def test_names_fields_that_there_are() -> None:
    assert not [path for path in FIELDS.values() if path and not exists(path)]
    assert not exists("order.nonsense")
    assert not exists("nonsense")


def test_leaves_no_field_out() -> None:
    named = {path.split(".")[0] for path in FIELDS.values() if path}
    assert not roots().keys() - named - only_in_graphql()
    assert only_in_graphql() <= roots().keys() - named


@pytest.mark.parametrize("operation", WRITES, ids=lambda one: one.name)
def test_does_the_same_at_both_doors(shop: Furnished, operation: Operation) -> None:
    allowed = dict(zip(CALLERS, ACCESS[operation.name].split(), strict=True))
    caller = next(name for name in ("alice", *CALLERS) if allowed[name] == "2")
    with undone():
        person = PEOPLE[caller]()
        by_rest, by_graphql = (_done(shop, operation, person, door) for door in ("rest", "graphql"))
    found = differences(by_rest, by_graphql)
    assert not found, "\n" + "\n".join(found)


def _done(shop: Furnished, operation: Operation, person: Any, door: str) -> Snapshot:
    with from_the_start():
        client = client_of(person)
        if door == "rest":
            raw, media_type = shop.content(operation)
            path = shop.address(operation)
            response = send(client, operation.method, path, raw, content_type=media_type)
            assert response.status_code < 300, response.content
        else:
            field = asked(shop, operation, FIELDS[operation.name])
            refusal, answer = Door.by_graphql(client, field)
            assert refusal is None, (field, answer)
        relay()
        return taken([])
