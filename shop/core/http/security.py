"""What browsers may do with the shop's pages."""

from collections.abc import Callable, Mapping
from functools import cache

from django.http import HttpRequest
from django.http.response import HttpResponseBase

_PERMISSIONS = ", ".join(
    f"{name}=()" for name in ("camera", "geolocation", "microphone", "payment", "usb")
)
# Everything is served by the shop itself. `data:` are the icons inside of styles.
_STRICT: Mapping[str, str] = {
    "default-src": "'self'",
    "script-src": "'self'",
    "style-src": "'self' 'unsafe-inline'",
    "img-src": "'self' data:",
    "font-src": "'self' data:",
    "object-src": "'none'",
    "base-uri": "'self'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
}
_INLINE = {"script-src": "'self' 'unsafe-inline'"}
# By the beginning of the path. Swagger and ReDoc start by a script in the page; the workers of
# ReDoc's search and of GraphiQL's editor are made of blobs; Alpine, in the admin, evaluates the
# words of its attributes, and pictures of goods may be kept elsewhere. Mails have their own rules.
_LOOSER: Mapping[str, Mapping[str, str]] = {
    "/admin/": {
        "script-src": "'self' 'unsafe-inline' 'unsafe-eval'",
        "img-src": "'self' data: blob: https: http:",
    },
    "/api/docs/": _INLINE,
    "/swagger/": _INLINE,
    "/redoc/": {**_INLINE, "worker-src": "'self' blob:"},
    "/graphql/": {"worker-src": "'self' blob:"},
}


class BrowserRulesMiddleware:
    """`Permissions-Policy` on every answer, `Content-Security-Policy` on pages."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        response.headers.setdefault("Permissions-Policy", _PERMISSIONS)
        if response.get("Content-Type", "").startswith("text/html"):
            where = next((path for path in _LOOSER if request.path.startswith(path)), "")
            response.headers.setdefault("Content-Security-Policy", _policy(where))
            # Swagger's page would stay open to windows of OAuth, which the shop has not.
            response["Cross-Origin-Opener-Policy"] = "same-origin"
        return response


@cache
def _policy(where: str) -> str:
    rules = {**_STRICT, **_LOOSER.get(where, {})}
    return "; ".join(f"{name} {sources}" for name, sources in rules.items())
