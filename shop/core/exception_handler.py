"""Every refusal and failure of a REST view, in the one shape of api.md."""

from typing import Any

from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.db import InterfaceError, OperationalError
from django.utils.translation import gettext as _
from drf_standardized_errors.handler import ExceptionHandler as StandardHandler
from psycopg.errors import QueryCanceled
from psycopg_pool import PoolTimeout
from rest_framework.exceptions import APIException, ParseError
from rest_framework.response import Response

from shop.core.errors import DomainError
from shop.core.parsers import BodyTooLarge

RETRY_AFTER_SECONDS = 2


class Refused(APIException):
    """A `DomainError` on its way out; the problems are kept as they are."""

    def __init__(self, error: DomainError) -> None:
        super().__init__(str(error), error.code)
        self.status_code = error.status
        self.problems = error.problems
        self.wait = error.retry_after_seconds


class Unavailable(APIException):
    status_code = 503
    default_code = "service_unavailable"
    default_detail = "The shop is busy for a moment. Try again shortly."
    wait = RETRY_AFTER_SECONDS


def is_outage(error: BaseException) -> bool:
    """Whether `error` says that the database is away or too busy, not that code is wrong."""
    if isinstance(error, PoolTimeout | InterfaceError):
        return True
    return isinstance(error, OperationalError) and not isinstance(error.__cause__, QueryCanceled)


class ExceptionHandler(StandardHandler):
    def convert_known_exceptions(self, exc: Exception) -> Exception:
        if isinstance(exc, DomainError):
            return Refused(exc)
        if is_outage(exc):
            return Unavailable()
        # Django's own limits: too long a text in a form, too many fields or parameters.
        if isinstance(exc, RequestDataTooBig):
            return BodyTooLarge()
        if isinstance(exc, SuspiciousOperation):
            return ParseError("The request is malformed.")
        return super().convert_known_exceptions(exc)

    def format_exception(self, exc: APIException) -> Any:
        if isinstance(exc, Refused):
            return {
                "type": _kind(exc),
                "errors": [
                    {"code": p.code, "detail": _(p.detail), "attr": p.attr} for p in exc.problems
                ],
            }
        data = super().format_exception(exc)
        for problem in data["errors"]:
            problem["detail"] = _(problem["detail"])
        return data

    def get_response(self, exc: APIException, data: Any) -> Response:
        response = super().get_response(exc, data)
        if exc.status_code == 401:
            response.headers.setdefault("WWW-Authenticate", "Bearer")
        return response


def _kind(refused: Refused) -> str:
    if refused.status_code >= 500:
        return "server_error"
    names_fields = refused.status_code == 400 and all(p.attr for p in refused.problems)
    return "validation_error" if names_fields else "client_error"
