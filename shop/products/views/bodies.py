from typing import Any

from rest_framework.request import Request
from rest_framework.serializers import Serializer


def checked(kind: type[Serializer[Any]], request: Request) -> dict[str, Any]:
    """What `kind` makes of the request's body; raises `ValidationError`."""
    given = kind(data=request.data)
    given.is_valid(raise_exception=True)
    values: dict[str, Any] = given.validated_data
    return values
