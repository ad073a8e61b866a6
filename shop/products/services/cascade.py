"""What goes with a row that is deleted, as statements made once.

Django's own cascade loads the rows of each table to find those of the next: two dozen queries for
a product, half of them twice. These are its rules, `on_delete` of each foreign key, read from the
models just the same: many of the tables stand above this app, which must not know them.
"""

from functools import cache
from typing import Any

from django.db.models import CASCADE, PROTECT, ManyToOneRel, Model

_Kind = type[Model]


@cache
def protection_of(kind: _Kind) -> str:
    """The statement that finds whether a row forbids the deletion of the one with `id`."""
    looks = ["FALSE"]
    for relation, condition in _relations(kind, "= %(id)s"):
        if relation.on_delete is PROTECT:
            table = relation.related_model._meta.db_table
            looks.append(f"EXISTS (SELECT FROM {table} WHERE {condition})")
        elif relation.on_delete is not CASCADE:
            raise NotImplementedError(f"{relation.field}: only CASCADE and PROTECT are known")
    return f"SELECT 1 WHERE {' OR '.join(looks)}"


@cache
def deletions_of(kind: _Kind) -> list[str]:
    """The statements that delete the row with `id` and all that belongs to it.

    The outermost tables come first, as in Django's cascade, and together.
    """
    leaves: list[str] = []
    branches: list[str] = []
    for relation, condition in _relations(kind, "= %(id)s"):
        if relation.on_delete is CASCADE:
            below = _has_more_below(relation.related_model)
            deletion = _deletion(relation.related_model, condition)
            (branches if below else leaves).append(deletion)
    branches = [*reversed(branches), _deletion(kind, "id = %(id)s")]
    if leaves:
        parts = ", ".join(f"leaf_{number} AS ({leaf})" for number, leaf in enumerate(leaves))
        branches.insert(0, f"WITH {parts} SELECT")
    return branches


def _deletion(kind: _Kind, condition: str) -> str:
    return f"DELETE FROM {kind._meta.db_table} WHERE {condition}"  # noqa: S608 (from the models)


def _relations(kind: _Kind, ids: str) -> list[tuple[Any, str]]:
    """Every relation to `kind` and to what goes with it, with the condition on its rows."""
    found: list[tuple[Any, str]] = []
    for relation in _foreign_keys_to(kind):
        condition = f"{relation.field.column} {ids}"
        found.append((relation, condition))
        if relation.on_delete is CASCADE:
            below = relation.related_model
            rows = f"SELECT id FROM {below._meta.db_table} WHERE {condition}"  # noqa: S608
            found += _relations(below, f"IN ({rows})")
    return found


def _has_more_below(kind: _Kind) -> bool:
    return any(relation.on_delete is CASCADE for relation in _foreign_keys_to(kind))


def _foreign_keys_to(kind: _Kind) -> list[Any]:
    """Also those that have no name on this side (`related_name="+"`)."""
    return [
        field
        for field in kind._meta.get_fields(include_hidden=True)
        if isinstance(field, ManyToOneRel)
    ]
