"""Bodies of requests, checked by serializers that are made once and not per request.

REST framework copies every field for every instance, which takes longer than the checks
themselves. A serializer that only validates holds nothing of the request.
"""

from functools import cache
from typing import Any

from rest_framework.serializers import Serializer


def parsed(shape: type[Serializer[Any]], data: Any) -> dict[str, Any]:
    """The `data` of a request as `shape` understands it; raises REST framework's `ValidationError`.

    `shape` must not look at its context or its instance: there are none.
    """
    return dict(_kept(shape).run_validation(data))


@cache
def _kept(shape: type[Serializer[Any]]) -> Serializer[Any]:
    return shape()
