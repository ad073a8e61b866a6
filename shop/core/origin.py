"""Addresses that stand alone: of this shop, as the caller reached it.

A front end on another host cannot use `/media/x.webp`. Answers are built far below the
views, which is why the request in hand is kept here, as Django keeps its script prefix.
"""

from collections.abc import Callable
from contextvars import ContextVar
from functools import cached_property

from django.http import HttpRequest, HttpResponse


class _Origin:
    def __init__(self, request: HttpRequest) -> None:
        self._request = request

    @cached_property
    def prefix(self) -> str:
        """Such as "https://shop.example"; worked out once per request, and only if asked for."""
        return self._request.build_absolute_uri("/").rstrip("/")


_origin: ContextVar[_Origin | None] = ContextVar("origin", default=None)


def absolute(address: str) -> str:
    """`address` with scheme and host. What has them already stays, and so does everything
    outside of a request, where nobody can know them."""
    origin = _origin.get()
    return origin.prefix + address if origin and address.startswith("/") else address


class OriginMiddleware:
    """Lets `absolute` know the request that is being answered."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        token = _origin.set(_Origin(request))
        try:
            return self.get_response(request)
        finally:
            _origin.reset(token)
