"""HEAD and OPTIONS on every address, and a 405 for what an address does not have."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from rest_framework.exceptions import MethodNotAllowed

from shop.core.http.refusals import refusal
from shop.core.http.routes import methods_of

_READS = ("GET", "HEAD", "OPTIONS")


class MethodsMiddleware:
    """Answers OPTIONS, and refuses foreign methods, before anybody is asked who they are.

    So `Allow` needs no rights and costs no statement, and a method that is not there is 405 for
    everybody. HEAD is answered as GET is, without its body.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if request.method == "HEAD":
            _take_body(response)
        return response

    def process_view(
        self, request: HttpRequest, callback: Any, _args: Any, _kwargs: Any
    ) -> HttpResponse | None:
        allowed = methods_of(callback)
        if allowed is None:
            if request.method not in ("OPTIONS", "TRACE") or _is_admin(request):
                return None
            allowed = _READS
        if request.method == "OPTIONS":
            return _methods(allowed)
        return None if str(request.method) in allowed else _not_allowed(request, allowed)


def _methods(allowed: Any) -> HttpResponse:
    response = HttpResponse(status=204, headers={"Allow": ", ".join(allowed)})
    del response["Content-Type"]
    return response


def _not_allowed(request: HttpRequest, allowed: Any) -> HttpResponse:
    error = MethodNotAllowed(str(request.method))
    response = refusal(request, error.status_code, error.default_code, str(error.detail))
    response["Allow"] = ", ".join(allowed)
    return response


def _is_admin(request: HttpRequest) -> bool:
    """Its pages are Django's own, and take what forms send."""
    return request.path.startswith(reverse("admin:index")) and request.method != "TRACE"


def _take_body(response: Any) -> None:
    """Not left to the web server, which would have a whole file made only to drop it."""
    if response.streaming:
        response.streaming_content = ()
    elif response.content:
        response.headers.setdefault("Content-Length", str(len(response.content)))
        response.content = b""
