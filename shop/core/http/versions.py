"""Which version of the API answered, and what of it will go away.

    @deprecated(since=date(2027, 1, 1), sunset=date(2027, 7, 1), successor="/api/store/things/")
    def list(self, request: Request) -> Response: ...

stands on a method of a view, or on a view for all its methods. Its answers then carry
`Deprecation` (RFC 9745), `Sunset` (RFC 8594) and `Link`, and the OpenAPI document says
`deprecated: true`. What is promised: docs/versions.md.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from functools import cached_property
from typing import Any, TypeVar, cast

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.http import http_date
from drf_spectacular.utils import extend_schema

from shop.core.http.routes import handler_of, is_api, view_of

VERSION = "1"
MARK = "deprecation"

T = TypeVar("T")


@dataclass(frozen=True)
class Deprecation:
    """`successor` is the address that takes over, `details` a page that tells more."""

    since: date
    sunset: date | None = None
    successor: str = ""
    details: str = ""

    @cached_property
    def headers(self) -> dict[str, str]:
        links = {"successor-version": self.successor, "deprecation": self.details}
        found = {
            "Deprecation": f"@{_seconds(self.since)}",
            "Link": ", ".join(f'<{link}>; rel="{rel}"' for rel, link in links.items() if link),
        }
        if self.sunset is not None:
            found["Sunset"] = http_date(_seconds(self.sunset))
        return {name: value for name, value in found.items() if value}


def deprecated(
    *, since: date, sunset: date | None = None, successor: str = "", details: str = ""
) -> Callable[[T], T]:
    """Mark a view, or one method of it; the days begin at midnight UTC."""

    def mark(marked: T) -> T:
        setattr(marked, MARK, Deprecation(since, sunset, successor, details))
        return cast("T", extend_schema(deprecated=True)(cast("Any", marked)))

    return mark


def deprecation_of(view: Any, handler: Any) -> Deprecation | None:
    """What is said of the method, else of its view."""
    found: Deprecation | None = getattr(handler, MARK, None) or getattr(view, MARK, None)
    return found


class VersionMiddleware:
    """`API-Version` on every answer of the API, and what its deprecation has to say."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if is_api(request):
            response["API-Version"] = VERSION
            found = deprecation_of(view_of(request), handler_of(request))
            for name, value in found.headers.items() if found else ():
                is_second = name == "Link" and "Link" in response
                response[name] = f"{response[name]}, {value}" if is_second else value
        return response


def _seconds(day: date) -> int:
    return int(datetime.combine(day, time(), UTC).timestamp())
