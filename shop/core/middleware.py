"""What happens to every request: a guard against bytes no view expects, JSON failures."""

from collections.abc import Callable
from io import BytesIO

from django.conf import settings
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.db import connection
from django.http import Http404, HttpRequest, HttpResponse
from django.middleware.common import CommonMiddleware
from django.utils.translation import gettext as _

from shop.core.exception_handler import RETRY_AFTER_SECONDS, is_outage
from shop.core.renderers import to_json

Handler = Callable[[HttpRequest], HttpResponse]


def error_response(status: int, code: str, detail: str) -> HttpResponse:
    """One problem in the shape of api.md, for places outside REST framework."""
    kind = "server_error" if status >= 500 else "client_error"
    problem = {"code": code, "detail": _(detail), "attr": None}
    response = HttpResponse(
        to_json({"type": kind, "errors": [problem]}),
        status=status,
        content_type="application/json",
    )
    if status == 503:
        response["Retry-After"] = str(RETRY_AFTER_SECONDS)
    return response


class RefuseBadRequestsMiddleware:
    """Refuses NUL bytes in addresses and bodies that are too large."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if "\0" in request.path or "%00" in request.META.get("QUERY_STRING", ""):
            return error_response(400, "invalid", "Addresses must not contain NUL characters.")
        limit = self._limit(request)
        length = request.META.get("CONTENT_LENGTH") or "0"
        if not (length.isascii() and length.isdigit()):
            return error_response(400, "invalid", "Content-Length is not a number.")
        if len(length) > 12 or int(length) > limit or self._chunks(request, limit) > limit:
            detail = _("At most {max_bytes} bytes are accepted.").format(max_bytes=limit)
            return error_response(413, "body_too_large", detail)
        return self.get_response(request)

    @staticmethod
    def _limit(request: HttpRequest) -> int:
        if (request.content_type or "").startswith("multipart/form-data"):
            return int(settings.MAX_UPLOAD_BYTES)
        is_bulk = request.path_info.startswith("/api/") and request.path_info.endswith("/bulk/")
        return int(settings.MAX_BULK_BYTES if is_bulk else settings.MAX_BODY_BYTES)

    @staticmethod
    def _chunks(request: HttpRequest, limit: int) -> int:
        """The length of a body in chunks, which Django alone would take for an empty one."""
        if "HTTP_TRANSFER_ENCODING" not in request.META:
            return 0
        body = request.META["wsgi.input"].read(limit + 1)
        request.META["CONTENT_LENGTH"] = str(len(body))
        request._stream = BytesIO(body)
        return len(body)


class AnswerFailuresMiddleware:
    """A read that an outage cut off is done again, once.

    Outside REST views: an outage is a 503 that says when to come back, and a 405 is JSON.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code == 503 and request.method in ("GET", "HEAD") and _was_cut_off():
            connection.close()
            response = self.get_response(request)
        if response.status_code == 405 and "json" not in response.get("Content-Type", ""):
            allowed = response.get("Allow", "")
            detail = _("Use one of: {methods}.").format(methods=allowed)
            response = error_response(405, "method_not_allowed", detail)
            response["Allow"] = allowed
        return response

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if isinstance(error, Http404 | PermissionDenied | SuspiciousOperation):
            return None
        if is_outage(error):
            return error_response(503, "service_unavailable", "The shop is busy for a moment.")
        return None


def _was_cut_off() -> bool:
    """Whether the connection broke in the middle; who got none has waited long enough."""
    return connection.connection is not None and not connection.is_usable()


class SlashMiddleware(CommonMiddleware):
    """Sends reads on to the address with a slash at its end; a write would lose its body."""

    def should_redirect_with_slash(self, request: HttpRequest) -> bool:
        return request.method in ("GET", "HEAD") and super().should_redirect_with_slash(request)
