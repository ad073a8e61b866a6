"""What a scenario left behind: every row of the shop, and what was published.

Both doors begin with the same rows and the same sequences, so that the same doings give the same
ids. What differs each time that the same is done (times, secrets, random ids) is replaced by its
kind; whether it is there at all still counts.
"""

import json
import re
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.db import connection

from tests.hostile import tables, undone

_KINDS = {
    "<time>": re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d(:?\d\d)?)?"),
    "<uuid>": re.compile(r"[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}"),
}
# Random each time: hashes of passwords, secrets, tokens in mails.
_SECRET = re.compile(r"password|secret\w*|token\w*|fingerprint|answer|reset_key")
# Nobody may guess the address that an erased account gets.
_ERASED = re.compile(r"(?<=erased-)(\d+)-[0-9a-f]{8}")
_SIGNED = re.compile(r"[\w.-]+(:|%3A)[\w-]{6}(:|%3A)[\w-]{20,}|[a-z0-9]{6}-[0-9a-f]{32}")


@dataclass(frozen=True)
class Snapshot:
    """Rows and events as lines, each as often as it is there; `said` is what was answered."""

    rows: Counter[str]
    events: list[str]
    said: list[Any]


@contextmanager
def from_the_start() -> Iterator[None]:
    """Whatever happens inside is taken back, and so is what sequences have counted."""
    before = _sequences()
    try:
        with undone(), connection.cursor() as cursor:
            # As a transaction begins. A service may say otherwise of its own, and these are parts
            # of one that is never committed.
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")
            yield
    finally:
        with connection.cursor() as cursor:
            for name, last, first in before:
                value = (first, False) if last is None else (last, True)
                cursor.execute("SELECT setval(%s::regclass, %s, %s)", [name, *value])


def taken(said: list[Any]) -> Snapshot:
    """The shop as it is now."""
    rows: Counter[str] = Counter()
    with connection.cursor() as cursor:
        for table in sorted(tables()):
            cursor.execute(f"SELECT to_jsonb(t) FROM {table} t")
            for (raw,) in cursor.fetchall():
                rows[f"{table} {json.dumps(_plain(json.loads(raw)), sort_keys=True)}"] += 1
        cursor.execute("SELECT name, payload FROM core_outboxevent ORDER BY id")
        events = [
            f"{name} {json.dumps(_plain(json.loads(raw)))}" for name, raw in cursor.fetchall()
        ]
    return Snapshot(rows, events, said)


def differences(by_rest: Snapshot, by_graphql: Snapshot) -> list[str]:
    """What only one of them has, in lines that people can read; empty: they are the same."""
    found = _of_rows(by_rest.rows - by_graphql.rows, by_graphql.rows - by_rest.rows)
    for word, one, other in (
        ("published", by_rest.events, by_graphql.events),
        ("answered", by_rest.said, by_graphql.said),
    ):
        longest = max(len(one), len(other))
        padded = zip(_padded(one, longest), _padded(other, longest), strict=True)
        found += [
            f"{word} at {place}: {left!r} by REST, {right!r} by GraphQL"
            for place, (left, right) in enumerate(padded)
            if left != right
        ]
    return found


def _of_rows(by_rest: Counter[str], by_graphql: Counter[str]) -> list[str]:
    """Rows of one table with the same id are told by their columns, all others whole."""
    left, right = _by_key(by_rest), _by_key(by_graphql)
    found = []
    for key in sorted(left.keys() | right.keys()):
        one, other = left.get(key), right.get(key)
        if one is None or other is None:
            door = "REST" if other is None else "GraphQL"
            found.append(f"{key} is there only by {door}: {one or other}")
            continue
        found += [
            f"{key} {name}: {_around(one.get(name), other.get(name))}"
            for name in sorted(one.keys() | other.keys())
            if one.get(name) != other.get(name)
        ]
    return found


def _by_key(rows: Counter[str]) -> dict[str, dict[str, Any]]:
    found = {}
    for place, line in enumerate(rows.elements()):
        table, _, raw = line.partition(" ")
        row = json.loads(raw)
        found[f"{table} {row.get('id', place)}"] = row
    return found


def _around(one: Any, other: Any) -> str:
    """Of long texts only what is around the place where they part."""
    if isinstance(one, str) and isinstance(other, str):
        pairs = enumerate(zip(one, other, strict=False))
        at = next((place for place, (left, right) in pairs if left != right), 0)
        one, other = (text[max(0, at - 30) : at + 70] for text in (one, other))
    return f"{one!r} by REST, {other!r} by GraphQL"


def _padded(lines: list[Any], length: int) -> list[Any]:
    return [*lines, *["nothing"] * (length - len(lines))]


def _plain(value: Any, name: str = "") -> Any:
    if isinstance(value, dict):
        return {key: _plain(item, key) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if not isinstance(value, str) or not value:
        return value
    if _SECRET.fullmatch(name):
        return "<secret>"
    for kind, pattern in _KINDS.items():
        value = pattern.sub(kind, value)
    return _SIGNED.sub("<signed>", _ERASED.sub(r"\1-<random>", value))


def _sequences() -> list[tuple[str, int | None, int]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT quote_ident(schemaname) || '.' || quote_ident(sequencename),"
            " last_value, start_value FROM pg_sequences"
        )
        found: list[tuple[str, int | None, int]] = cursor.fetchall()
        return found
