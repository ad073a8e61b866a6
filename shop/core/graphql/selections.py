"""What a query asks for below a field."""

from collections.abc import Iterator
from typing import Any

import strawberry
from strawberry.types.nodes import SelectedField


def asked_for(info: strawberry.Info, *path: str) -> set[str]:
    """The single values that are asked for below `path` of this field: `{"name", "vendor.slug"}`.

    Names are those of the schema; fragments count whatever type they are on, and so does what
    `@skip` leaves out.
    """
    nodes: list[Any] = list(info.selected_fields)
    for name in path:
        nodes = [one for node in nodes for one in _fields(node.selections) if one.name == name]
    return {name for node in nodes for name in _leaves(node.selections, "")}


def _leaves(selections: Any, prefix: str) -> Iterator[str]:
    for field in _fields(selections):
        if field.selections:
            yield from _leaves(field.selections, f"{prefix}{field.name}.")
        else:
            yield f"{prefix}{field.name}"


def _fields(selections: Any) -> Iterator[SelectedField]:
    for selection in selections:
        if isinstance(selection, SelectedField):
            yield selection
        else:
            yield from _fields(selection.selections)
