"""JSON in, strictly: what a database or a later reader could trip over is refused here."""

import json
from decimal import Decimal
from typing import IO, Any, NoReturn

from django.conf import settings
from django.utils.translation import gettext as _
from rest_framework.exceptions import APIException, ParseError
from rest_framework.parsers import BaseParser

MAX_DEPTH = 20


class BodyTooLarge(APIException):
    status_code = 413
    default_code = "body_too_large"
    default_detail = "The body is larger than this endpoint accepts."


class StrictJSONParser(BaseParser):
    """An object in UTF-8 without duplicate keys, NaN, NUL, lone surrogates or deep nesting.

    Raises `ParseError` (400, code "parse_error") or `BodyTooLarge` (413).
    """

    media_type = "application/json"

    @property
    def limit(self) -> int:
        return int(settings.MAX_BODY_BYTES)

    def parse(self, stream: IO[Any], *_: object, **__: object) -> dict[str, Any]:
        limit = self.limit
        body = stream.read(limit + 1)
        if len(body) > limit:
            raise BodyTooLarge
        # DRF's own JSON parser takes an empty body for an empty object, and so do actions here.
        return parse_object(body) if body else {}


class BulkJSONParser(StrictJSONParser):
    """For addresses that end with `/bulk/`: up to 1,000 things in one body."""

    @property
    def limit(self) -> int:
        return int(settings.MAX_BULK_BYTES)


def parse_object(body: bytes) -> dict[str, Any]:
    try:
        value = json.loads(
            body.decode("utf-8"),
            object_pairs_hook=_object_without_duplicates,
            parse_constant=_refuse_constant,
            parse_float=_finite_decimal,
        )
    except UnicodeDecodeError:
        raise ParseError("The body is not UTF-8.") from None
    except RecursionError:
        raise ParseError("The body is nested too deeply.") from None
    except ValueError as error:
        detail = _("The body is not valid JSON: {reason}").format(reason=_shorten(str(error)))
        raise ParseError(detail) from None
    if not isinstance(value, dict):
        raise ParseError("The body must be a JSON object.")
    _check_values(value)
    return value


def _shorten(text: str) -> str:
    return text.encode("utf-8", "replace").decode()[:200]


def _object_without_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) != len(pairs):
        raise ValueError(_("a key stands twice in one object"))
    return result


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(_("{name} is not a JSON number").format(name=name))


def _finite_decimal(raw: str) -> Decimal:
    if len(raw) > 40 or not -20 <= Decimal(raw).adjusted() <= 20:
        raise ValueError(_("a number is out of range"))
    return Decimal(raw)


def _check_values(value: Any, depth: int = 1) -> None:
    if depth > MAX_DEPTH:
        raise ParseError("The body is nested too deeply.")
    if isinstance(value, str):
        _check_text(value)
    elif isinstance(value, dict):
        for key, item in value.items():
            _check_text(key)
            _check_values(item, depth + 1)
    elif isinstance(value, list):
        for item in value:
            _check_values(item, depth + 1)


def _check_text(value: str) -> None:
    if "\0" in value:
        raise ParseError("Texts must not contain NUL characters.")
    try:
        value.encode("utf-8")
    except UnicodeEncodeError:
        raise ParseError("Texts must not contain lone surrogates.") from None
