"""Refusals and failures as GraphQL errors, with the codes that REST answers.

One refusal may name several fields: it becomes an error for each. What nobody foresaw is
logged and answered without a word about it.
"""

import logging
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import InterfaceError, OperationalError
from django.http import Http404
from django.utils.translation import gettext as _
from graphql import GraphQLError, GraphQLSyntaxError
from psycopg_pool import PoolTimeout
from rest_framework.exceptions import APIException
from strawberry.utils.str_converters import to_camel_case

from shop.core.errors import DomainError
from shop.core.exception_handler import ExceptionHandler

logger = logging.getLogger("django.request")

Json = dict[str, Any]

_REFUSALS = (DomainError, APIException, Http404)
_SUGGESTION = re.compile(r" Did you mean .*", re.DOTALL)


@dataclass(frozen=True)
class Told:
    """One error of GraphQL as it is answered, perhaps as several; `status` is its REST status."""

    status: int
    problems: list[Json]
    path: Sequence[str | int]
    wait: int | None = None


def raise_conflicts(errors: Sequence[GraphQLError]) -> None:
    """Raise again what whoever runs the request answers: the database is away or in conflict."""
    for error in errors:
        if isinstance(error.original_error, OperationalError | InterfaceError | PoolTimeout):
            raise error.original_error


def told(error: GraphQLError, context: Any, *, hide_suggestions: bool) -> Told:
    """`error` as it is answered; `context` is that of REST framework's exception handlers."""
    where = _where(error)
    original = error.original_error
    if error.path is None or original is None:
        message = _(_SUGGESTION.sub("", error.message) if hide_suggestions else error.message)
        extensions = {"code": _code_of(error), "attr": None, "status": 400}
        return Told(400, [{"message": message, **where, "extensions": extensions}], ())
    if not isinstance(original, _REFUSALS):
        logger.error("GraphQL: %s failed", error.path, exc_info=original)
    answer: Any = ExceptionHandler(original, context).run()
    problems = [as_error(one, answer.status_code) | where for one in answer.data["errors"]]
    wait = getattr(original, "retry_after_seconds", None)
    return Told(answer.status_code, problems, error.path, wait)


def as_error(problem: Json, status: int) -> Json:
    """One problem of REST as an error of GraphQL."""
    attr = problem["attr"]
    extensions = {"code": problem["code"], "attr": attr and in_camel_case(attr), "status": status}
    return {"message": problem["detail"], "extensions": extensions}


def in_camel_case(attr: str) -> str:
    """`shipping_address.full_name` as it is called here."""
    return ".".join(map(to_camel_case, attr.split(".")))


def _where(error: GraphQLError) -> Json:
    where: Json = {}
    if error.locations:
        where["locations"] = [{"line": at.line, "column": at.column} for at in error.locations]
    if error.path is not None:
        where["path"] = list(error.path)
    return where


def _code_of(error: GraphQLError) -> str:
    if isinstance(error, GraphQLSyntaxError):
        return "parse_error"
    return str((error.extensions or {}).get("code", "invalid"))
