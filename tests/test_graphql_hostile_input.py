"""Whatever stands in an argument of GraphQL, nothing fails: every field is asked by who may all."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    get_named_type,
    is_leaf_type,
)

from config.schema import schema
from shop.accounts.tests.make import make_user
from shop.core.models import OutboxEvent
from shop.orders.models import Order
from shop.vendors.tests.make import make_vendor
from tests.api import body, client_of
from tests.graphql_door import ADDRESS, data

pytestmark = pytest.mark.django_db

# It would end the session that asks for the others.
NOT_ASKED = ("signOut",)
PAGE = ("first", "after", "last", "before")
NUMBERS = {
    "\0": -1,
    "\ud800": 0,
    "9" * 30: 2**31 - 1,
    "1e400": -(2**31),
    "x" * 5000: 1,
    "'; --": 1,
    "": 1,
    "2026-13-45": 1,
    "9999-12-31T23:59:59.999999Z": 1,
    "T3JkZXI6OTk5OTk5OTk5OTk5OTk5OTk5OQ==": 1,  # an order of a number that no column holds
    "٣": 1,  # a digit, but none of ASCII
}


def _fields() -> Iterator[tuple[str, str, GraphQLField]]:
    for operation, root in (("query", "Query"), ("mutation", "Mutation")):
        kind = schema._schema.get_type(root)
        assert isinstance(kind, GraphQLObjectType)
        for name, field in kind.fields.items():
            if _arguments(field) and name not in NOT_ASKED:
                yield operation, name, field


def _arguments(field: GraphQLField) -> dict[str, Any]:
    """The types of its arguments but those of pages."""
    return {name: given.type for name, given in field.args.items() if name not in PAGE}


def _value(kind: Any, word: str) -> Any:
    """Something of this type that holds `word`, or the number beside it, wherever it can."""
    if isinstance(kind, GraphQLNonNull):
        return _value(kind.of_type, word)
    if isinstance(kind, GraphQLList):
        return [_value(kind.of_type, word)]
    if isinstance(kind, GraphQLInputObjectType):
        return {name: _value(field.type, word) for name, field in kind.fields.items()}
    if isinstance(kind, GraphQLEnumType):
        return next(iter(kind.values))
    return {"Int": NUMBERS[word], "Boolean": True, "Float": 1.5}.get(kind.name, word)


def _document(operation: str, name: str, field: GraphQLField) -> str:
    args = _arguments(field)
    declared = ", ".join(f"${arg}: {kind}" for arg, kind in args.items())
    used = ", ".join(f"{arg}: ${arg}" for arg in args)
    answer = "" if is_leaf_type(get_named_type(field.type)) else " { __typename }"
    return f"{operation}({declared}) {{ {name}({used}){answer} }}"


@pytest.mark.parametrize("word", NUMBERS, ids=ascii)
def test_no_argument_makes_a_field_fail(word: str) -> None:
    owner = make_user(is_staff=True, is_superuser=True)
    make_vendor(owner=owner)
    client, failed, refused = client_of(owner), {}, 0
    for operation, name, field in _fields():
        variables = {arg: _value(kind, word) for arg, kind in _arguments(field).items()}
        asked = {"query": _document(operation, name, field), "variables": variables}
        response = client.post(ADDRESS, json.dumps(asked), content_type="application/json")
        problems = body(response).get("errors", [])
        if any(one["extensions"]["status"] >= 500 for one in problems):
            failed[name] = problems
        refused += bool(problems)
    assert failed == {}
    assert data(client, "{ me { pk } }") == {"me": {"pk": owner.pk}}
    assert refused > len(list(_fields())) / 2
    assert not Order.objects.exists()
    assert not OutboxEvent.objects.filter(name__startswith="payout").exists()
