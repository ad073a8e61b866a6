"""The operations of REST beside the fields of GraphQL, as docs/parity.md lists them.

`asked(shop, operation, field)` asks GraphQL for what the documented example of `operation` asks
REST for.
"""

import re
from pathlib import Path
from typing import Any

from graphql import (
    GraphQLEnumType,
    GraphQLInputField,
    GraphQLInputObjectType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    get_named_type,
    is_required_argument,
    is_required_input_field,
)

from config.schema import schema
from shop.core.graphql.errors import in_camel_case
from tests.furnished_shop import Furnished
from tests.operations import Operation
from tests.parity.doors import Graphql

DOCUMENT = Path(__file__).parent.parent.parent / "docs" / "parity.md"
_PAGES = {"first", "after", "last", "before"}


def listed() -> dict[str, str]:
    """Of each operation in the document its field; "": there is none, and it says why."""
    row = re.compile(r"^\| `([A-Z]+ /[^`]*)` \| (?:`([\w.]+)`|– \(.+\)) \|$", re.MULTILINE)
    return dict(row.findall(DOCUMENT.read_text()))


def only_in_graphql() -> set[str]:
    """The fields that the document explains for themselves."""
    text = DOCUMENT.read_text().partition("## Only in GraphQL")[2]
    rows = re.findall(r"^\| (`.+`) \| .+ \|$", text, re.MULTILINE)
    return {name for row in rows for name in re.findall(r"`(\w+)`", row)}


def roots() -> dict[str, str]:
    """Every root field of the schema: "query" or "mutation"."""
    return {name: kind.lower() for kind in ("Query", "Mutation") for name in _root(kind).fields}


def exists(path: str) -> bool:
    """Whether there is such a field: `order.items` is one of what `order` answers."""
    root, *below = path.split(".")
    if root not in roots():
        return False
    kind: Any = _root(roots()[root].title())
    for name in (root, *below):
        if name not in getattr(kind, "fields", {}):
            return False
        kind = get_named_type(kind.fields[name].type)
    return True


def asked(shop: Furnished, operation: Operation, name: str) -> Graphql:
    """The root field `name`, asked for what `operation` asks for in this shop."""
    kind = roots()[name]
    body = shop.body(operation) if operation.schema else {}
    given = {in_camel_case(key): value for key, value in body.items()}
    places = [shop.value(operation, parameter) for parameter in operation.path_parameters]
    arguments = {
        key: arg for key, arg in _root(kind.title()).fields[name].args.items() if key not in _PAGES
    }
    addressed = [
        key
        for key, arg in arguments.items()
        if key not in given and key != "input" and is_required_argument(arg)
    ]
    told = dict(zip(reversed(addressed), reversed(places), strict=False))
    said = {}
    for key, arg in arguments.items():
        if key == "input":
            said[key] = _input(get_named_type(arg.type), body, places)
        elif key in told or key in given:
            said[key] = _value(arg.type, told.get(key, given.get(key)))
    return Graphql(kind, name, said)


def _root(kind: str) -> GraphQLObjectType:
    found = schema._schema.type_map[kind]
    assert isinstance(found, GraphQLObjectType)
    return found


def _input(kind: Any, body: dict[str, Any], places: list[str]) -> dict[str, Any]:
    """`body` in the fields of `kind`; a required one that it lacks is in the path."""
    assert isinstance(kind, GraphQLInputObjectType)
    found = {}
    for name, field in kind.fields.items():
        key = re.sub("([A-Z])", lambda word: f"_{word[1].lower()}", name)
        value = body.get(key)
        if key.endswith("_pk") and isinstance(body.get(key[:-3]), int):
            value = body[key[:-3]]  # an entry of the address book
        elif key == "sku" and isinstance(body.get("variant"), str):
            value = body["variant"]
        elif not _fits(field, value):
            continue
        elif value is None and key not in body:
            if not is_required_input_field(field) or not places:
                continue
            value = places[-1]
        found[name] = _value(field.type, value)
    return found


def _fits(field: GraphQLInputField, value: Any) -> bool:
    """REST takes more kinds under one name: numbers and texts, addresses and their numbers."""
    kind = get_named_type(field.type)
    is_text_for_number = kind.name == "Int" and isinstance(value, str)
    is_number_for_object = isinstance(kind, GraphQLInputObjectType) and isinstance(value, int)
    return not (is_text_for_number or is_number_for_object)


def _value(kind: Any, value: Any) -> Any:
    kind = kind.of_type if isinstance(kind, GraphQLNonNull) else kind
    if value is None:
        return None
    if isinstance(kind, GraphQLList):
        return _list(kind.of_type, value)
    if isinstance(kind, GraphQLInputObjectType):
        return _input(kind, value, [])
    if isinstance(kind, GraphQLEnumType):
        return str(value).upper()
    return {"Int": int, "ID": str}.get(kind.name, _as_it_is)(value)


def _list(kind: Any, value: Any) -> list[Any]:
    if isinstance(value, dict):  # options
        return [{"name": name, "value": text} for name, text in value.items()]
    return [_value(kind, item) for item in value]


def _as_it_is(value: Any) -> Any:
    return value
