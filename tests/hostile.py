"""How tests attack the API: hostile values, and the proof that nothing came of them.

A module that attacks furnishes its shop once, in a transaction that is never committed;
each attack happens inside a savepoint:

    @pytest.fixture(scope="module")
    def shop(django_db_setup: None, django_db_blocker: Any) -> Iterator[Furnished]:
        with furnished(django_db_blocker, make_owner) as shop:
            yield shop
"""

import json
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any, cast

import pytest
from django.apps import apps
from django.db import connection, transaction
from django.http import HttpResponse
from rest_framework.test import APIClient

from shop.accounts.models import AuthSession, User
from shop.accounts.tests.make import PASSWORD
from shop.core.models import RateLimitCounter
from shop.core.rate_limits import RateLimit
from tests.api import codes
from tests.furnished_shop import Furnished, furnish

# Raw JSON that no body may hold, whatever the field.
UNREADABLE = {
    "a lone surrogate": '"\\ud800"',
    "a NUL": '"a\\u0000b"',
    "5,000 digits": "9" * 5000,
}
# Raw JSON that one field or another takes; the others must refuse it.
ODD = {
    "null": "null",
    "true": "true",
    "an object": '{"a": {"b": []}}',
    "a list": '[1, "a", null]',
    "a list of objects": "[{}]",
    "a negative number": "-1",
    "zero": "0",
    "a fraction": "1.5",
    "2^31": str(2**31),
    "2^63": str(2**63),
    "40 digits": "9" * 40,
    "an empty text": '""',
    "a blank text": '" \\t "',
    "a text": '"te\\u202Ext \\ud83d\\ude00 <script>"',
    "digits": '"12"',
    "exotic digits": '"\\u0661\\u00b2"',
    "an exponent": '"1e3"',
    "2^63 as a text": f'"{2**63}"',
    "a long text": f'"{"x" * 100_000}"',
}
PRIVILEGED = {
    "id": 1,
    "pk": 1,
    "number": "NX-2026-999999",
    "user": 1,
    "user_id": 1,
    "owner": 1,
    "vendor": "house",
    "vendor_id": 1,
    "role": "owner",
    "is_staff": True,
    "is_superuser": True,
    "is_active": False,
    "is_verified": True,
    "is_house": True,
    "groups": [1],
    "user_permissions": [1],
    "status": "DELIVERED",
    "price": "0.01",
    "unit_price": "0.01",
    "total_price": "0.01",
    "line_total": "0.01",
    "subtotal": "0.01",
    "amount": "0.01",
    "currency": "XXX",
    "paid_at": "2020-01-01T00:00:00Z",
    "created_at": "2020-01-01T00:00:00Z",
    "expires_at": "2999-01-01T00:00:00Z",
    "average_rating": 5,
    "review_count": 999,
    "verified_purchase": True,
    "reserved": 0,
    "on_hand": 999,
    "provider": "none",
    "provider_reference": "x",
    "password": "pwned-by-mallory",
    "slug": "taken-over",
    "__class__": "User",
    "constructor": {"prototype": {}},
}


@contextmanager
def furnished(blocker: Any, make_owner: Callable[[], User]) -> Iterator[Furnished]:
    """The shop of a module, gone without a trace when the module ends."""
    with blocker.unblock():
        try:
            with undone():
                yield furnish(make_owner())
        finally:
            connection.close()


def root() -> User:
    """Somebody whom no role stops: customer, seller, staff and superuser."""
    return User.objects.create_superuser("root@example.test", PASSWORD, username="root")


@pytest.fixture(autouse=True)
def unlimited(monkeypatch: pytest.MonkeyPatch) -> None:
    """No rate limit stands before what is attacked."""
    monkeypatch.setattr(RateLimit, "count", lambda *_: None)


@contextmanager
def undone() -> Iterator[None]:
    """Whatever happens inside is taken back."""
    block = transaction.atomic()
    # As Django's own test cases say it to `atomic(durable=True)`: this is no real transaction.
    block._from_testcase = True  # type: ignore[attr-defined]
    with block:
        yield
        transaction.set_rollback(True)


def state() -> dict[str, str]:
    """A checksum of every table of the shop."""
    parts = [
        f"SELECT '{table}', md5(string_agg(t::text, '|' ORDER BY t::text)) FROM {table} t"
        for table in tables()
    ]
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(parts))
        return dict(cursor.fetchall())


def essence() -> list[str]:
    """Every row of the shop, without what differs each time that the same is done."""
    rows = []
    with connection.cursor() as cursor:
        for table in sorted({*tables()} - {AuthSession._meta.db_table}):
            cursor.execute(f"SELECT to_jsonb(t) FROM {table} t")
            for (raw,) in cursor.fetchall():
                row = json.loads(raw)
                volatile = _VOLATILE_IN.get(table, ())
                kept = {
                    key: row[key]
                    for key in row
                    if not _VOLATILE.fullmatch(key) and key not in volatile
                }
                rows.append(f"{table} {json.dumps(kept, sort_keys=True)}")
    return sorted(rows)


# Keys of new rows come from sequences, which no rollback turns back.
_VOLATILE = re.compile(
    r"id|(order|vendor_order|cart|payment|product|variant|category|level|refund|transaction|payout)_id"
    r"|.*_at|date_joined|last_login|number|password|payload|secret|.*reference"
)

# Columns of one table only, that hold such keys.
_VOLATILE_IN = {
    "ledger_transaction": ("cause", "note"),
    "vendors_vendorchange": ("vendor_id", "details"),
    "vendors_vendormember": ("vendor_id",),
}


def tables() -> list[str]:
    return [
        model._meta.db_table
        for model in apps.get_models(include_auto_created=True)
        if model is not RateLimitCounter and model.__module__.startswith("shop.")
    ]


@contextmanager
def writes() -> Iterator[list[str]]:
    """The statements inside that may change rows."""
    found: list[str] = []

    def note(execute: Any, sql: Any, *rest: Any) -> Any:
        if not str(sql).lstrip().startswith(("SELECT", "SAVEPOINT", "RELEASE", "ROLLBACK")):
            found.append(str(sql))
        return execute(sql, *rest)

    with connection.execute_wrapper(note):
        yield found


def send(client: APIClient, method: str, path: str, raw: bytes, **more: Any) -> HttpResponse:
    """`raw` as the body, as JSON unless `content_type` says otherwise."""
    more = {"content_type": "application/json"} | more
    response: HttpResponse = client.generic(method, path, cast("Any", raw), **more)
    return response


def flaw_in(response: Any, *statuses: int) -> str:
    """What keeps `response` from being a refusal as api.md wants it; empty: nothing does.

    Any 4xx will do unless `statuses` names those that may be.
    """
    if response.status_code not in (statuses or range(400, 500)):
        return f"{response.status_code} {response.content[:200]!r}"
    try:
        codes(response)
    except (AssertionError, ValueError, KeyError) as error:
        return f"{response.status_code} in another shape: {error!r}"[:300]
    return ""


def leaves(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The paths of everything inside `value`, the containers included."""
    if isinstance(value, dict):
        steps: list[Any] = list(value)
    elif isinstance(value, list):
        steps = list(range(len(value)))
    else:
        steps = []
    for step in steps:
        yield (*path, step)
        yield from leaves(value[step], (*path, step))


def with_raw(body: Any, paths: Iterable[tuple[Any, ...]], raw: str) -> bytes:
    """`body` as JSON, with the text `raw` standing at each of `paths`."""
    body = json.loads(json.dumps(body))
    for path in paths:
        inside = body
        for step in path[:-1]:
            inside = inside[step]
        inside[path[-1]] = "@@"
    return json.dumps(body).replace('"@@"', raw).encode()
