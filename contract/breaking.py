"""Refuses documents that would break clients of the released ones.

usage: python -m contract.breaking [--released FOLDER] [--documents FOLDER]

Compares openapi.json and schema.graphql in docs/api/ with those in docs/api/released/, which are
copied there when a version of the shop is released. What clients send must stay welcome, and
what they read must stay there: see `breaks`; of GraphQL graphql-core says what breaks. Exit 1,
unless `info.version` has moved. A break that is only a correction of a document is accepted by
its line, with a reason, in contract/accepted.txt.
"""

import argparse
import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from graphql import build_schema
from graphql.utilities import find_breaking_changes

ROOT = Path(__file__).parent.parent
DOCUMENTS = ROOT / "docs" / "api"
RELEASED = DOCUMENTS / "released"
ACCEPTED = ROOT / "contract" / "accepted.txt"
METHODS = ("get", "post", "put", "patch", "delete")

Json = Mapping[str, Any]

# Of inputs: how a limit becomes narrower.
LIMITS = {
    **dict.fromkeys(("maximum", "exclusiveMaximum", "maxLength", "maxItems"), -1),
    **dict.fromkeys(("minimum", "exclusiveMinimum", "minLength", "minItems"), 1),
}


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--released", type=Path, default=RELEASED)
    parser.add_argument("--documents", type=Path, default=DOCUMENTS)
    given = parser.parse_args()
    folders = (given.released, given.documents)
    old, new = (json.loads((folder / "openapi.json").read_text("utf-8")) for folder in folders)
    schemas = [(folder / "schema.graphql").read_text("utf-8") for folder in folders]
    accepted = accepted_breaks(ACCEPTED.read_text("utf-8"))
    every = [*breaks(old, new), *graphql_breaks(*schemas)]
    found = [line for line in every if line not in accepted]
    print("\n".join(found) or "no break")
    if found and old["info"]["version"] != new["info"]["version"]:
        print(f"allowed: the version moves to {new['info']['version']}")
        return 0
    return 1 if found else 0


def accepted_breaks(text: str) -> set[str]:
    """The lines before ` # a reason`; without a reason a line counts for nothing."""
    lines = (line.partition(" # ") for line in text.splitlines())
    return {line for line, _, reason in lines if reason.strip() and not line.startswith("#")}


def breaks(old: Json, new: Json) -> list[str]:
    """What a client of `old` can no longer do with `new`, one line each.

    Inputs (parameters, bodies): an address, a parameter, a field, a type or a value that is no
    longer taken; one that is newly required; a narrower limit or another pattern. Answers: a
    status of success, a field, a type or a value that is gone; a field that may be missing; a
    new type, null among them. New fields, and new values of an enum in answers, break nobody.
    """
    return list(dict.fromkeys(_Comparison(old, new).operations()))


def graphql_breaks(old: str, new: str) -> list[str]:
    """What queries and mutations of the schema `old` can no longer do with `new`, one line each."""
    changes = find_breaking_changes(build_schema(old), build_schema(new))
    return [f"GraphQL: {change.description}" for change in changes]


class _Comparison:
    def __init__(self, old: Json, new: Json) -> None:
        self.old, self.new = old, new
        self.inside: list[tuple[str, str]] = []  # models, to come out of those that hold themselves

    def operations(self) -> Iterator[str]:
        for path, methods in self.old["paths"].items():
            for method in (name for name in METHODS if name in methods):
                there = self.new["paths"].get(path, {})
                where = f"{method.upper()} {path}"
                if method not in there:
                    yield f"{where}: is gone"
                    continue
                before = self._with_parameters(self.old, methods, method)
                after = self._with_parameters(self.new, there, method)
                yield from self.parameters(before, after, where)
                yield from self.bodies(before, after, where)
                yield from self.answers(before, after, where)
                if _is_open(self.old, before) and not _is_open(self.new, after):
                    yield f"{where}: now needs a token"

    @staticmethod
    def _with_parameters(document: Json, methods: Json, method: str) -> Json:
        everywhere = [*methods.get("parameters", ()), *methods[method].get("parameters", ())]
        parameters = [_resolved(document, parameter) for parameter in everywhere]
        return {**methods[method], "parameters": {(p["in"], p["name"]): p for p in parameters}}

    def parameters(self, old: Json, new: Json, where: str) -> Iterator[str]:
        for key, parameter in new["parameters"].items():
            was_required = old["parameters"].get(key, {}).get("required", False)
            if parameter.get("required") and not was_required:
                yield f"{where}: {' '.join(key)} is now required"
        for key, parameter in old["parameters"].items():
            if key not in new["parameters"]:
                yield f"{where}: {' '.join(key)} is gone"
                continue
            schemas = parameter.get("schema", {}), new["parameters"][key].get("schema", {})
            yield from self.schemas(*schemas, f"{where}: {' '.join(key)}", is_input=True)

    def bodies(self, old: Json, new: Json, where: str) -> Iterator[str]:
        before = _resolved(self.old, old.get("requestBody", {}))
        after = _resolved(self.new, new.get("requestBody", {}))
        if after.get("required") and not before.get("required"):
            yield f"{where}: body is now required"
        yield from self.contents(before, after, f"{where}: body", is_input=True)

    def answers(self, old: Json, new: Json, where: str) -> Iterator[str]:
        for status, answer in old["responses"].items():
            if status not in new["responses"]:
                if status.startswith("2"):
                    yield f"{where}: answer {status} is gone"
                continue
            before = _resolved(self.old, answer)
            after = _resolved(self.new, new["responses"][status])
            yield from self.contents(before, after, f"{where}: answer {status}", is_input=False)
            for name in before.get("headers", {}):
                if name not in after.get("headers", {}):
                    yield f"{where}: answer {status}: header {name} is gone"

    def contents(self, old: Json, new: Json, where: str, *, is_input: bool) -> Iterator[str]:
        for kind, content in old.get("content", {}).items():
            if kind not in new.get("content", {}):
                yield f"{where}: {kind} is gone"
                continue
            schemas = content.get("schema", {}), new["content"][kind].get("schema", {})
            yield from self.schemas(*schemas, where, is_input=is_input)

    def schemas(self, old: Json, new: Json, where: str, *, is_input: bool) -> Iterator[str]:
        models = (str(old.get("$ref", "")), str(new.get("$ref", "")))
        if models == ("", ""):
            yield from self.shapes(old, new, where, is_input=is_input)
        elif models not in self.inside:
            self.inside.append(models)
            yield from self.shapes(old, new, where, is_input=is_input)
            self.inside.pop()

    def shapes(self, old: Json, new: Json, where: str, *, is_input: bool) -> Iterator[str]:
        before, after = _variants(self.old, old), _variants(self.new, new)
        yield from _types(before, after, where, is_input=is_input)
        yield from _values(before, after, where, is_input=is_input)
        for kind, schema in before.items():
            if kind not in after:
                continue
            if is_input:
                yield from _limits(schema, after[kind], where)
            if kind == "object":
                yield from self.fields(schema, after[kind], where, is_input=is_input)
            if kind == "array":
                items = schema.get("items", {}), after[kind].get("items", {})
                yield from self.schemas(*items, f"{where}[]", is_input=is_input)

    def fields(self, old: Json, new: Json, where: str, *, is_input: bool) -> Iterator[str]:
        before, after = old.get("properties", {}), new.get("properties", {})
        needed, given = set(new.get("required", ())), set(old.get("required", ()))
        for name in sorted(needed - given if is_input else ()):
            yield f"{where}.{name}: is now required"
        for name in sorted((given - needed) & set(after) if not is_input else ()):
            yield f"{where}.{name}: may now be missing"
        for name, schema in before.items():
            if name not in after:
                yield f"{where}.{name}: is gone"
            else:
                yield from self.schemas(schema, after[name], f"{where}.{name}", is_input=is_input)
        extra = old.get("additionalProperties"), new.get("additionalProperties")
        if is_input and extra[1] is False and extra[0] is not False:
            yield f"{where}: takes no other fields now"
        if all(isinstance(one, dict) for one in extra):
            yield from self.schemas(*extra, f"{where}.*", is_input=is_input)  # type: ignore[arg-type]


def _is_open(document: Json, operation: Json) -> bool:
    rules = operation.get("security", document.get("security", []))
    return not rules or {} in rules


def _resolved(document: Json, schema: Json) -> Json:
    while "$ref" in schema:
        found: Any = document
        for step in schema["$ref"].removeprefix("#/").split("/"):
            found = found[step.replace("~1", "/").replace("~0", "~")]
        schema = {**found, **{name: value for name, value in schema.items() if name != "$ref"}}
    return schema


def _variants(document: Json, schema: Json) -> dict[str, Json]:
    """What a value may be, by its JSON type; "any" when nothing is said."""
    schema = _resolved(document, schema)
    for part in schema.get("allOf", ()):
        part = _resolved(document, part)  # noqa: PLW2901
        merged = {name: {**part.get(name, {}), **schema.get(name, {})} for name in ("properties",)}
        required = [*part.get("required", ()), *schema.get("required", ())]
        schema = {**part, **schema, **merged, "required": required}
    choices = [*schema.get("oneOf", ()), *schema.get("anyOf", ())]
    if choices:
        found: dict[str, Json] = {}
        for choice in choices:
            for kind, variant in _variants(document, choice).items():
                known = found.get(kind)
                found[kind] = variant if known is None else _either(known, variant)
        return found
    kinds = schema.get("type") or _types_of_values(schema.get("enum", ()))
    kinds = [kinds] if isinstance(kinds, str) else kinds
    return dict.fromkeys(kinds or ["any"], schema)


def _either(one: Json, other: Json) -> Json:
    """Two variants of a type: the values of both, and the limits of neither."""
    both = {name: value for name, value in one.items() if other.get(name) == value}
    if "enum" in one and "enum" in other:
        both["enum"] = [*one["enum"], *other["enum"]]
    return both


def _types_of_values(values: Any) -> list[str]:
    names = {str: "string", bool: "boolean", int: "integer", float: "number", type(None): "null"}
    return sorted({names[type(value)] for value in values})


def _types(old: Json, new: Json, where: str, *, is_input: bool) -> Iterator[str]:
    if "any" in new and (is_input or "any" in old):
        return
    welcome = {*new, "integer"} if "number" in new else set(new)
    gone = sorted(set(old) - welcome - (set() if is_input else {"null", "any"}))
    known = {*old, "integer"} if "number" in old else set(old)
    more = sorted(set(new) - known) if not is_input and "any" not in old else []
    yield from (f"{where}: {kind} is gone" for kind in gone)
    yield from (f"{where}: may now be {kind}" for kind in more)


def _values(old: Json, new: Json, where: str, *, is_input: bool) -> Iterator[str]:
    for kind in set(old) & set(new):
        before, after = old[kind].get("enum"), new[kind].get("enum")
        if before is not None and after is not None:
            yield from (f"{where}: value {one!r} is gone" for one in before if one not in after)
        elif (before is None) != (after is None) and (after is not None) == is_input:
            yield f"{where}: {'takes only some values now' if is_input else 'may be any value now'}"


def _limits(old: Json, new: Json, where: str) -> Iterator[str]:
    for name, direction in LIMITS.items():
        before, after = old.get(name), new.get(name)
        if after is not None and (before is None or (after - before) * direction > 0):
            yield f"{where}: {name} is now {after}"
    if new.get("pattern") is not None and new.get("pattern") != old.get("pattern"):
        yield f"{where}: has another pattern"


if __name__ == "__main__":
    sys.exit(main())
