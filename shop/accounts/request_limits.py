"""How many requests of one caller the API answers in a minute.

Counted in the cache, by user, or by address for those without a token. Losing the cache loses
the counts and refuses nobody; where each process has a cache of its own, each counts for itself.
Sign-in has limits of its own, in PostgreSQL (`shop.core.rate_limits`): those hold exactly.
"""

import time
from collections.abc import Callable
from functools import lru_cache
from threading import Lock
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from rest_framework_simplejwt.exceptions import TokenBackendError
from rest_framework_simplejwt.state import token_backend

from shop.accounts.limits import network_of
from shop.core.cache import count
from shop.core.errors import TooManyRequests
from shop.core.http.caching import NO_STORE
from shop.core.http.refusals import refusal
from shop.core.http.routes import is_api
from shop.core.rate_limits import Standing, client_address, standing

WINDOW = 60  # seconds
# A process tells the cache after each 200th part of a limit, not after each request: it would be
# half of what a cached read takes. So one caller may get a little more than the limit.
_PARTS = 200
_MOST_SUBJECTS = 10_000

# Of each key what the cache last said, and what was counted here since.
_tally: dict[str, tuple[int | None, int]] = {}
_lock = Lock()


class RequestLimitMiddleware:
    """`RateLimit-*` on every answer of the API, and 429 when nothing remains."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        most = settings.API_REQUESTS_PER_MINUTE * settings.RATE_LIMIT_SCALE
        if not most or not is_api(request):
            return self.get_response(request)
        now = time.time()
        reset = WINDOW - int(now) % WINDOW
        used = _count(f"requests:{_subject(request)}:{int(now) // WINDOW}", most)
        token = standing.set(None)
        try:
            response = self.get_response(request) if used <= most else _refusal(request, reset)
            met = standing.get() or Standing(most, max(0, most - used), reset)
        finally:
            standing.reset(token)
        response["RateLimit-Limit"] = str(met.limit)
        response["RateLimit-Remaining"] = str(met.remaining)
        response["RateLimit-Reset"] = str(met.reset_seconds)
        return response


def _subject(request: HttpRequest) -> str:
    header = request.META.get("HTTP_AUTHORIZATION", "")
    return (header and _user_of(header)) or network_of(client_address(request))


@lru_cache(maxsize=4096)
def _user_of(header: str) -> str:
    """The user whose token it is; empty: nobody's, and so the address counts.

    Whether the token is still valid is for the view to say, which refuses if it is not.
    """
    kind, _, text = header.partition(" ")
    if kind.lower() != "bearer" or len(text) > 2000:
        return ""
    raw: Any = text  # simplejwt's stubs want its own Token here; it takes the text
    try:
        return f"user-{token_backend.decode(raw)['user_id']}"
    except (TokenBackendError, KeyError, ValueError):
        return ""


def _count(key: str, most: int) -> int:
    """How many requests the caller has sent, with this one; of other processes nearly so."""
    with _lock:
        known, own = _tally.get(key, (None, 0))
        own += 1
        is_due = known is None or own >= most // _PARTS
        if len(_tally) > _MOST_SUBJECTS:
            _tally.clear()  # minutes that are over; the others are asked for again
        _tally[key] = (known or 0, 0) if is_due else (known, own)
    if not is_due:
        return (known or 0) + own
    known = count(key, seconds=2 * WINDOW, by=own)
    with _lock:
        _tally[key] = (known, _tally.get(key, (0, 0))[1])
    return known


def _refusal(request: HttpRequest, reset: int) -> HttpResponse:
    response = refusal(request, 429, TooManyRequests.code, TooManyRequests.detail)
    response["Retry-After"] = str(reset)
    response["Cache-Control"] = NO_STORE
    return response
