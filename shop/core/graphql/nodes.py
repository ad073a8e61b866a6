"""What every object has that can be asked for by its id alone, and small types that many share."""

from datetime import datetime
from decimal import Decimal
from typing import Any

import strawberry
from strawberry.schema.config import StrawberryConfig

from shop.core.graphql.inputs import global_id


@strawberry.interface(description="An object that `node` finds by its global id.")
class Node:
    @strawberry.field(description="Global: tells it from all other objects of the shop.")
    def id(self, info: strawberry.Info) -> strawberry.ID:
        # `self` is a model's instance, or what REST answers.
        parent: Any = self
        pk = parent["id"] if isinstance(parent, dict) else parent.pk
        return global_id(info._raw_info.parent_type.name, pk)


@strawberry.type(description="One option of a variant, such as size M.")
class Option:
    name: str
    value: str


def options_of(values: dict[str, Any]) -> list[Option]:
    return [Option(name=name, value=str(value)) for name, value in values.items()]


# --- How values are read and written ----------------------------------------------------------


def read(source: Any, name: str) -> Any:
    """A field of what REST answers, or of an object; amounts are texts, as they are there."""
    if isinstance(source, dict):
        value = source["id" if name == "pk" else name]
    else:
        value = getattr(source, name)
    return str(value) if isinstance(value, Decimal) else value


def _as_it_is(value: Any) -> Any:
    return value


def _no_input(value: Any) -> Any:
    raise ValueError("Times are only answered.")


CONFIG = StrawberryConfig(
    default_resolver=read,
    scalar_map={
        # The renderer writes times as in REST: in UTC, with a Z.
        datetime: strawberry.scalar(
            name="DateTime",
            description="ISO 8601 in UTC: 2026-11-20T12:00:00Z",
            serialize=_as_it_is,
            parse_value=_no_input,
        ),
    },
)
