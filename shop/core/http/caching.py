"""What may be kept of an answer, by whom, and when it need not be sent again.

    a read without a token       public, and asked again each time (or PUBLIC_MAX_AGE_SECONDS)
    a read with one              private, and asked again each time
    what a write answers         kept by nobody: it may hold tokens and secrets
    a refusal or a failure       kept by nobody

A view whose reads hold secrets says `Cache-Control: no-store` itself.
"""

from collections.abc import Callable, Iterator

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import patch_vary_headers

from shop.core.errors import PreconditionFailed
from shop.core.http import etags
from shop.core.http.refusals import refusal
from shop.core.http.routes import is_api, view_of

NO_STORE = "no-store"
_OF_304 = ("Cache-Control", "ETag", "Vary", "Content-Location", "Date", "Expires")


class CachingMiddleware:
    """`Cache-Control`, `Vary` and `ETag` on answers of the API, and 304 for `If-None-Match`."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if not is_api(request):
            return response
        response.headers.setdefault("Cache-Control", _cache_control(request, response))
        patch_vary_headers(response, list(_varies_by(request, response)))
        return _conditional(request, response) if _has_tag(request, response) else response


def is_stored(response: HttpResponseBase) -> bool:
    """Whether anybody, be it the caller alone, may keep `response`."""
    return NO_STORE not in response.get("Cache-Control", "")


def _cache_control(request: HttpRequest, response: HttpResponseBase) -> str:
    if request.method not in ("GET", "HEAD") or response.status_code >= 400:
        return NO_STORE
    if "Authorization" in request.headers:
        return "private, no-cache"
    seconds = settings.PUBLIC_MAX_AGE_SECONDS
    return f"public, max-age={seconds}" if seconds else "public, no-cache"


def _varies_by(request: HttpRequest, response: HttpResponseBase) -> Iterator[str]:
    yield "Authorization"
    if is_stored(response):
        yield "Accept-Encoding"
    yield from getattr(view_of(request), "headers_of_content", ())


def _has_tag(request: HttpRequest, response: HttpResponseBase) -> bool:
    is_whole = response.status_code == 200 and not response.streaming
    is_json = "json" in response.get("Content-Type", "")
    return request.method in ("GET", "HEAD") and is_whole and is_json and is_stored(response)


def _conditional(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    tag = etags.tag_of(response.content)  # type: ignore[attr-defined]  # not that of a stream
    if_match = request.headers.get("If-Match")
    if if_match is not None and etags.match(if_match, tag) is None:
        return refusal(request, 412, PreconditionFailed.code, PreconditionFailed.detail)
    response.headers.setdefault("ETag", tag)
    known = etags.match(request.headers.get("If-None-Match", ""), tag)
    return response if known is None else _not_modified(response, known)


def _not_modified(response: HttpResponseBase, known: str) -> HttpResponse:
    """Names the tag in the form that the client has, for that is what it keeps."""
    kept = {name: response[name] for name in _OF_304 if name in response}
    answer = HttpResponse(status=304, headers=kept | {"ETag": known})
    del answer["Content-Type"]
    return answer
