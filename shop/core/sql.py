"""Statements written by hand, for the few requests that a shop answers all day (ADR 0006).

Composing a query with the ORM takes several times as long as PostgreSQL takes to answer it.
Where that decides how long a shopper waits, the statement is a constant beside its function;
everything else stays with the ORM.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any, TypeVar

from django.db import connection
from django.db.models import Model
from django.db.transaction import TransactionManagementError

M = TypeVar("M", bound=Model)

LOCKS = ("FOR UPDATE", "FOR NO KEY UPDATE", "FOR KEY SHARE")

Row = dict[str, Any]
Params = Sequence[Any] | Mapping[str, Any]


def rows(statement: str, params: Params = ()) -> list[Row]:
    """What `statement` answers, by the names of its columns. JSON columns are texts."""
    _check_lock(statement)
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
        names = [column.name for column in cursor.description]
        return [dict(zip(names, values, strict=True)) for values in cursor.fetchall()]


def run(statement: str, params: Params = ()) -> int:
    """Executes what answers no rows; returns how many it wrote."""
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
        return int(cursor.rowcount)


def instances(model: type[M], statement: str, params: Params = ()) -> list[M]:
    """The rows of `statement`, which begins its columns with `columns(model)`, as instances.

    Converted as the ORM converts them: money in the shop's minor unit, JSON parsed.
    """
    _check_lock(statement)
    names, converters = _reading(model)
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
        found = cursor.fetchall()
    result = []
    for row in found:
        values = list(row[: len(names)])
        for position, convert in converters:
            values[position] = convert(values[position], None, connection)
        result.append(model.from_db(connection.alias, names, values))
    return result


@cache
def columns(model: type[Model], table: str = "") -> str:
    """The columns of `model` for a SELECT or RETURNING; `table` is its name in the statement."""
    prefix = f"{table}." if table else ""
    return ", ".join(f"{prefix}{field.column}" for field in model._meta.concrete_fields)


def _check_lock(statement: str) -> None:
    """As the ORM does: without a transaction the lock would be gone before it is of use."""
    locks = any(words in statement for words in LOCKS)
    if locks and not connection.in_atomic_block:
        raise TransactionManagementError("Rows are locked until the transaction ends: begin one.")


@cache
def _reading(
    model: type[Model],
) -> tuple[list[str], list[tuple[int, Callable[[Any, Any, Any], Any]]]]:
    """The names of the fields, and the conversions that some positions need."""
    fields = model._meta.concrete_fields
    converters = [
        (position, convert)
        for position, field in enumerate(fields)
        for convert in field.get_db_converters(connection)
    ]
    return [field.attname for field in fields], converters
