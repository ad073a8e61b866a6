"""How many there are: counted at once while that is quick, and remembered where it is not.

Every page of a list says how many rows the whole list has. Counting some hundred is as quick as
reading the page; counting ten thousand takes longer than all the rest, and nobody notices
when such a number is some seconds old (ADR 0007).
"""

import hashlib
from collections.abc import Sequence
from typing import Any, cast

from django.core.cache import cache
from django.db import connection

from shop.core import sql

EXACT_BELOW = 1_000
REMEMBERED_SECONDS = 10


def count(found: str, params: Sequence[Any]) -> int:
    """How many rows the statement `found` has.

    Exact below `EXACT_BELOW`; what is more may be `REMEMBERED_SECONDS` old.
    """
    key = key_of("count", found, params)
    remembered: int | None = cache.get(key)
    if remembered is not None:
        return remembered
    number = exact(found, params)
    if number >= EXACT_BELOW:
        cache.set(key, number, REMEMBERED_SECONDS)
    return number


def exact(found: str, params: Sequence[Any]) -> int:
    """How many rows the statement `found` has at this moment."""
    (row,) = sql.rows(f"SELECT count(*) AS number FROM ({found}) AS found", params)  # noqa: S608
    return int(row["number"])


def key_of(kind: str, statement: str, params: Sequence[Any]) -> str:
    """Under which the cache holds what this very statement answers."""
    # With the parameters in it, each as PostgreSQL gets it: the repr of some is shortened.
    composed = cast("Any", connection.ops).compose_sql(statement, params)
    return f"{kind}:{hashlib.sha256(composed.encode()).hexdigest()}"
