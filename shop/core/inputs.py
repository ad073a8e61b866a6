"""Bodies of requests, checked by serializers that are made once and not per request.

REST framework copies every field for every instance, which takes longer than the checks
themselves. A serializer that only validates holds nothing of the request.
"""

from collections.abc import Mapping
from functools import cache
from typing import Any

from django.utils.translation import get_language
from rest_framework.fields import Field
from rest_framework.serializers import Serializer


def parsed(shape: type[Serializer[Any]], data: Any) -> dict[str, Any]:
    """The `data` of a request as `shape` understands it; raises REST framework's `ValidationError`.

    `shape` must not look at its context or its instance: there are none.
    """
    return dict(_kept(shape, get_language()).run_validation(data))


def fields_of(shape: type[Serializer[Any]]) -> Mapping[str, Field[Any, Any, Any, Any]]:
    """The fields of `shape` by name, to check values one by one."""
    return _kept(shape, get_language()).fields


@cache
def _kept(shape: type[Serializer[Any]], _language: str | None) -> Serializer[Any]:
    """One for each language: a validator keeps its message as it was first put into words."""
    return shape()
