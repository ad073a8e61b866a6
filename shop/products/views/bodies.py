import threading
from typing import Any

from rest_framework.request import Request
from rest_framework.serializers import Serializer


class _Kept(threading.local):
    """The serializers that a thread has made, by their class."""

    def __init__(self) -> None:
        self.by_kind: dict[type[Serializer[Any]], Any] = {}


_kept = _Kept()


def checked(kind: type[Serializer[Any]], request: Request) -> dict[str, Any]:
    """What `kind` makes of the request's body; raises `ValidationError`.

    Each thread makes a serializer once and keeps it: a new one copies all of its fields, which
    takes longer than checking a usual body. One that refused is not used again.
    """
    given: Any = _kept.by_kind.pop(kind, None) or kind()
    given.initial_data = request.data
    given.is_valid(raise_exception=True)
    values: dict[str, Any] = given.validated_data
    # All that it knows of this body.
    del given.initial_data, given._validated_data, given._errors
    _kept.by_kind[kind] = given
    return values
