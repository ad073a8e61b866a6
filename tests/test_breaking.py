"""contract/breaking.py sees every kind of break, and lets everything else pass."""

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from contract import breaking
from contract.breaking import accepted_breaks, breaks, graphql_breaks

Document = dict[str, Any]
Change = Callable[[Document], Any]

SHIRT = {
    "type": "object",
    "required": ["id", "color"],
    "properties": {
        "id": {"type": "integer"},
        "color": {"type": "string", "enum": ["red", "blue"]},
        "price": {"oneOf": [{"type": "string"}, {"type": "number"}]},
        "tags": {"type": "array", "items": {"type": "string"}},
        "like": {"$ref": "#/components/schemas/Shirt"},
    },
}
ORDER = {
    "type": "object",
    "required": ["shirt"],
    "properties": {
        "shirt": {"type": ["integer", "string"]},
        "size": {"type": "string", "enum": ["S", "M"]},
        "note": {"type": "string", "maxLength": 100},
        "to": {"allOf": [{"$ref": "#/components/schemas/To"}], "description": "Where to."},
    },
}
TO = {"type": "object", "required": ["city"], "properties": {"city": {"type": "string"}}}
SCHEMA = """
type Query { shirts(first: Int): [Shirt] }
type Shirt { id: ID! price: String! }
"""
OLD: Document = {
    "info": {"version": "1"},
    "paths": {
        "/shirts/": {
            "get": {
                "parameters": [{"in": "query", "name": "page", "schema": {"type": "integer"}}],
                "responses": {
                    "200": {
                        "headers": {"ETag": {}},
                        "content": {
                            "application/json": {"schema": {"$ref": "#/components/schemas/Shirt"}}
                        },
                    },
                    "404": {},
                },
            },
            "post": {
                "security": [{"JWT": []}, {}],
                "requestBody": {
                    "content": {
                        "application/json": {"schema": {"$ref": "#/components/schemas/Order"}},
                        "multipart/form-data": {"schema": {}},
                    }
                },
                "responses": {"201": {}},
            },
        }
    },
    "components": {"schemas": {"Shirt": SHIRT, "Order": ORDER, "To": TO}},
}

GET, POST = "GET /shirts/", "POST /shirts/"
READ, SENT = f"{GET}: answer 200", f"{POST}: body"


def new(change: Change) -> Document:
    document = copy.deepcopy(OLD)
    change(document)
    return document


def get(document: Document) -> Document:
    return document["paths"]["/shirts/"]["get"]  # type: ignore[no-any-return]


def post(document: Document) -> Document:
    return document["paths"]["/shirts/"]["post"]  # type: ignore[no-any-return]


def shirt(document: Document) -> Document:
    return document["components"]["schemas"]["Shirt"]  # type: ignore[no-any-return]


def order(document: Document) -> Document:
    return document["components"]["schemas"]["Order"]  # type: ignore[no-any-return]


def field(of: Callable[[Document], Document], name: str, schema: Any) -> Change:
    return lambda document: of(document)["properties"].update({name: schema})


def without(of: Callable[[Document], Document], name: str) -> Change:
    return lambda document: of(document)["properties"].pop(name)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda d: d["paths"].clear(), [f"{GET}: is gone", f"{POST}: is gone"]),
        (lambda d: d["paths"]["/shirts/"].pop("post"), [f"{POST}: is gone"]),
        # What is sent
        (lambda d: get(d)["parameters"].clear(), [f"{GET}: query page is gone"]),
        (
            lambda d: get(d)["parameters"].append({"in": "header", "name": "X", "required": True}),
            [f"{GET}: header X is now required"],
        ),
        (
            lambda d: get(d)["parameters"][0].update(required=True),
            [f"{GET}: query page is now required"],
        ),
        (
            lambda d: get(d)["parameters"][0]["schema"].update(minimum=1),
            [f"{GET}: query page: minimum is now 1"],
        ),
        (
            lambda d: get(d)["parameters"][0].update(schema={"type": "boolean"}),
            [f"{GET}: query page: integer is gone"],
        ),
        (lambda d: post(d)["requestBody"].update(required=True), [f"{SENT} is now required"]),
        (
            lambda d: post(d)["requestBody"]["content"].pop("multipart/form-data"),
            [f"{SENT}: multipart/form-data is gone"],
        ),
        (lambda d: post(d).update(security=[{"JWT": []}]), [f"{POST}: now needs a token"]),
        (lambda d: order(d)["required"].append("size"), [f"{SENT}.size: is now required"]),
        (without(order, "note"), [f"{SENT}.note: is gone"]),
        (field(order, "shirt", {"type": "integer"}), [f"{SENT}.shirt: string is gone"]),
        (
            field(order, "size", {"type": "string", "enum": ["S"]}),
            [f"{SENT}.size: value 'M' is gone"],
        ),
        (
            field(order, "note", {"type": "string", "enum": ["hi"]}),
            [f"{SENT}.note: takes only some values now"],
        ),
        (
            field(order, "note", {"type": "string", "maxLength": 99}),
            [f"{SENT}.note: maxLength is now 99"],
        ),
        (
            field(order, "note", {"type": "string", "pattern": "^x"}),
            [f"{SENT}.note: has another pattern"],
        ),
        (
            lambda d: order(d).update(additionalProperties=False),
            [f"{SENT}: takes no other fields now"],
        ),
        (
            lambda d: d["components"]["schemas"]["To"]["properties"].pop("city"),
            [f"{SENT}.to.city: is gone"],
        ),
        # What is read
        (lambda d: post(d)["responses"].pop("201"), [f"{POST}: answer 201 is gone"]),
        (
            lambda d: get(d)["responses"]["200"].update(content={}),
            [f"{READ}: application/json is gone"],
        ),
        (
            lambda d: get(d)["responses"]["200"].update(headers={}),
            [f"{READ}: header ETag is gone"],
        ),
        (without(shirt, "tags"), [f"{READ}.tags: is gone"]),
        (lambda d: shirt(d)["required"].remove("id"), [f"{READ}.id: may now be missing"]),
        (
            field(shirt, "id", {"type": "string"}),
            [f"{READ}.id: integer is gone", f"{READ}.id: may now be string"],
        ),
        (field(shirt, "id", {"type": ["integer", "null"]}), [f"{READ}.id: may now be null"]),
        (field(shirt, "price", {"type": "string"}), [f"{READ}.price: number is gone"]),
        (
            field(shirt, "color", {"type": "string", "enum": ["red"]}),
            [f"{READ}.color: value 'blue' is gone"],
        ),
        (field(shirt, "color", {"type": "string"}), [f"{READ}.color: may be any value now"]),
        (
            field(shirt, "tags", {"type": "array", "items": {"type": "integer"}}),
            [f"{READ}.tags[]: string is gone", f"{READ}.tags[]: may now be integer"],
        ),
    ],
)
def test_sees(change: Change, said: list[str]) -> None:
    assert breaks(OLD, new(change)) == said


@pytest.mark.parametrize(
    "change",
    [
        lambda d: None,
        lambda d: d["paths"].update({"/socks/": {"get": {}}}),
        lambda d: get(d)["parameters"].append({"in": "query", "name": "sort"}),
        lambda d: get(d)["responses"].pop("404"),
        lambda d: get(d)["responses"].update({"429": {}}),
        field(order, "gift", {"type": "boolean"}),
        field(order, "size", {"type": "string", "enum": ["S", "M", "L"]}),
        field(order, "note", {"type": "string", "maxLength": 200}),
        field(order, "shirt", {"anyOf": [{"type": ["integer", "string"]}, {"type": "null"}]}),
        lambda d: order(d)["required"].clear(),
        field(shirt, "sold", {"type": "boolean"}),
        field(shirt, "color", {"type": "string", "enum": ["red", "blue", "green"]}),
        field(shirt, "price", {"type": ["number", "string"]}),
        lambda d: shirt(d)["required"].append("price"),
        lambda d: post(d).update(security=[]),
    ],
)
def test_lets_pass(change: Change) -> None:
    assert breaks(OLD, new(change)) == []


@pytest.mark.parametrize(("version", "code"), [("1", 1), ("2", 0)])
def test_fails_unless_the_version_moves(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, version: str, code: int
) -> None:
    changed = new(without(shirt, "tags")) | {"info": {"version": version}}
    arguments = _folders(tmp_path, (OLD, SCHEMA), (changed, SCHEMA))
    monkeypatch.setattr("sys.argv", ["breaking", *arguments])
    assert breaking.main() == code


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        (" price: String!", "", "Shirt.price"),
        ("price: String!", "price: String", "Shirt.price"),
        ("first: Int", "first: Int!", "Query.shirts"),
    ],
)
def test_sees_what_breaks_queries(old: str, new: str, what: str) -> None:
    (said,) = graphql_breaks(SCHEMA, SCHEMA.replace(old, new))
    assert said.startswith("GraphQL: ")
    assert what in said


def test_lets_graphql_grow() -> None:
    assert graphql_breaks(SCHEMA, SCHEMA.replace("price: String!", "price: String! name: ID")) == []


def test_fails_for_graphql_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    gone = SCHEMA.replace("price: String!", "")
    arguments = _folders(tmp_path, (OLD, SCHEMA), (OLD, gone))
    monkeypatch.setattr("sys.argv", ["breaking", *arguments])
    assert breaking.main() == 1


def _folders(root: Path, *versions: tuple[Document, str]) -> list[str]:
    """The arguments that name a folder for each version of the two documents."""
    arguments = []
    for name, (document, schema) in zip(("released", "documents"), versions, strict=True):
        (root / name).mkdir()
        (root / name / "openapi.json").write_text(json.dumps(document))
        (root / name / "schema.graphql").write_text(schema)
        arguments += [f"--{name}", str(root / name)]
    return arguments


def test_a_break_is_accepted_with_a_reason_only() -> None:
    text = "# a comment # yes\nGET /a/: is gone # never worked\nGET /b/: is gone\n"
    assert accepted_breaks(text) == {"GET /a/: is gone"}


def test_the_released_documents_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.argv", ["breaking"])
    assert breaking.main() == 0
