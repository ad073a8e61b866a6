"""The bodies of bulk requests, whose items are checked one by one, and the answers to them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _
from drf_standardized_errors.formatter import flatten_errors
from rest_framework import serializers
from rest_framework.fields import empty
from rest_framework.serializers import Serializer, ValidationError

from shop.core.bulk import MAX_ITEMS, Fates, problems_at, refusal_of
from shop.core.errors import DomainError, Invalid, Problem
from shop.core.fields import StrictBooleanField

Json = dict[str, Any]


class RawItem(serializers.Field[Any, Any, Any, Any]):
    """Whatever was sent: each item is checked by itself, afterwards."""

    def run_validation(self, data: Any = empty) -> Any:
        return data

    def to_representation(self, value: Any) -> Any:
        return value


class ItemsField(serializers.ListField):
    """From 1 to `MAX_ITEMS`; `child` is a `RawItem` whose schema says what one may be."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs, min_length=1, max_length=MAX_ITEMS)

    def run_validation(self, data: Any = empty) -> Any:
        # First of all: the list's own validators look when all items were looked at.
        if isinstance(data, list) and not 1 <= len(data) <= MAX_ITEMS:
            raise ValidationError(
                _("Send from 1 to {most} items.").format(most=MAX_ITEMS), "invalid"
            )
        return super().run_validation(data)


class BulkInput(serializers.Serializer[Any]):
    all_or_nothing = StrictBooleanField(
        required=False, default=False, help_text="One refused item refuses all."
    )


class ProblemOutput(serializers.Serializer[Any]):
    code = serializers.CharField()
    detail = serializers.CharField()
    attr = serializers.CharField(allow_null=True, help_text="From the body: `items.3.price`.")


class ResultOutput(serializers.Serializer[Any]):
    """What became of an item. Each kind of bulk request adds what the item was about."""

    index = serializers.IntegerField(help_text="Of the item, from 0.")

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        # Not declared: a serializer cannot have a field that is named "errors".
        return super().get_fields() | {"errors": ProblemOutput(many=True)}


class BulkOutput(serializers.Serializer[Any]):
    succeeded = serializers.IntegerField()
    failed = serializers.IntegerField()


@dataclass
class Items:
    """The items of a request by their index: what each means, or why it is refused."""

    values: dict[int, Json] = field(default_factory=dict)
    refused: dict[int, DomainError] = field(default_factory=dict)

    def refuse(self, refused: Mapping[int, DomainError]) -> None:
        for index in refused:
            self.values.pop(index, None)
        self.refused |= refused

    def stop_if(self, all_or_nothing: bool) -> None:
        """Raises all refusals together, if one refuses all."""
        if all_or_nothing and self.refused:
            raise refusal_of(self.refused)


def checked_items(
    raw: Sequence[Any], shape_of: Callable[[Json], Serializer[Any] | None], *, chosen_by: str = ""
) -> Items:
    """Each of `raw` as its shape understands it.

    `shape_of` answers None for an item whose `chosen_by` says nothing that is known.
    """
    items = Items()
    for index, one in enumerate(raw):
        try:
            items.values[index] = _checked(one, shape_of, chosen_by)
        except ValidationError as error:
            items.refused[index] = _as_refusal(error)
    return items


def _checked(one: Any, shape_of: Callable[[Json], Serializer[Any] | None], chosen_by: str) -> Json:
    if not isinstance(one, dict):
        raise ValidationError("An item is an object.", "invalid")
    shape = shape_of(one)
    if shape is None:
        code = "invalid_choice" if chosen_by in one else "required"
        raise ValidationError({chosen_by: "Say what is to be done with the item."}, code)
    return dict(shape.run_validation(one))


def _as_refusal(error: ValidationError) -> DomainError:
    return Invalid(
        problems=[
            Problem(one.code, one.detail, None if one.attr == "non_field_errors" else one.attr)
            for one in flatten_errors(error.detail)
        ]
    )


def bulk_json(fates: Fates[Any], as_json: Callable[[int, Any], Json], nothing: Json) -> Json:
    """The answer; `as_json` tells of the item at an index that was done, `nothing` of others."""
    failed = sum(isinstance(fate, DomainError) for fate in fates.values())
    return {
        "succeeded": len(fates) - failed,
        "failed": failed,
        "results": [
            {"index": index, **_result(index, fates[index], as_json, nothing)}
            for index in sorted(fates)
        ],
    }


def _result(index: int, fate: Any, as_json: Callable[[int, Any], Json], nothing: Json) -> Json:
    if not isinstance(fate, DomainError):
        return as_json(index, fate) | {"errors": []}
    errors = [
        {"code": one.code, "detail": _(one.detail), "attr": one.attr}
        for one in problems_at(index, fate)
    ]
    return nothing | {"status": "failed", "errors": errors}
