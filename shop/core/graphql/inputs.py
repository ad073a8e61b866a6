"""Typed inputs on their way to the serializers that check the bodies of REST."""

import base64
import binascii
import dataclasses
import re
from typing import Any

import strawberry
from rest_framework.serializers import Serializer
from strawberry import UNSET

from shop.core.errors import NotFound
from shop.core.inputs import parsed


@strawberry.input(description="One option of a variant, such as size M.")
class OptionInput:
    name: str
    value: str


def given(value: Any) -> Any:
    """`value`, an input, as the body of a REST request: without what was left out."""
    if isinstance(value, list):
        if value and all(isinstance(item, OptionInput) for item in value):
            return {item.name: item.value for item in value}
        return [given(item) for item in value]
    if not dataclasses.is_dataclass(value):
        return value
    names = (field.name for field in dataclasses.fields(value))
    return {name: given(item) for name in names if (item := getattr(value, name)) is not UNSET}


def said(wanted: Any = None, /, **more: Any) -> dict[str, Any]:
    """What a filter and arguments ask for, as REST has it, where null says nothing."""
    asked = (given(wanted) if wanted is not None else {}) | more
    return {name: value for name, value in asked.items() if value is not None}


def checked(shape: type[Serializer[Any]], value: Any, *, partial: bool = False) -> dict[str, Any]:
    """The input `value` as `shape` understands it; raises REST framework's `ValidationError`."""
    if not partial:
        return parsed(shape, given(value))
    serializer = shape(data=given(value), partial=True)
    serializer.is_valid(raise_exception=True)
    return dict(serializer.validated_data)


# --- Ids ------------------------------------------------------------------------------------


def global_id(kind: str, pk: int) -> strawberry.ID:
    """The id of an object among all objects of the shop."""
    return strawberry.ID(base64.b64encode(f"{kind}:{pk}".encode()).decode())


def parts_of(given_id: str) -> tuple[str, str] | None:
    """Kind and key of a global id; None: it is something else."""
    try:
        text = base64.b64decode(given_id, validate=True).decode("ascii")
    except (binascii.Error, ValueError):
        return None
    found = re.fullmatch(r"([A-Z][A-Za-z]*):([0-9]{1,19})", text)
    return (found[1], found[2]) if found else None


def reference(kind: str, given_id: str) -> str:
    """What REST takes: of a global id of `kind` its key, else `given_id` itself."""
    found = parts_of(given_id)
    return found[1] if found and found[0] == kind else given_id


def named(asked: dict[str, Any], **kinds: str) -> dict[str, Any]:
    """`asked` as REST takes it where a field holds an id of such a kind: `category="Category"`."""
    ids = {name: asked[name] for name in kinds if isinstance(asked.get(name), str)}
    return asked | {name: reference(kinds[name], given_id) for name, given_id in ids.items()}


def key(kind: str, given_id: str) -> int | None:
    """The number in a global id of `kind`, or `given_id` as one; None: it is no number."""
    text = reference(kind, given_id)
    is_number = text.isascii() and text.isdigit() and len(text) < 20
    return int(text) if is_number else None


def known_key(kind: str, given_id: str) -> int:
    """The number of what has numbers only; raises `NotFound` for whatever is none."""
    found = key(kind, given_id)
    if found is None:
        raise NotFound
    return found
