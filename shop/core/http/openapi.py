"""What HTTP adds to every operation of the OpenAPI document, told once and referred to."""

from typing import Any

from shop.core.errors import PreconditionFailed, TooManyRequests
from shop.core.http.preconditions import GUARDED

Json = dict[str, Any]

_NUMBER = {"type": "integer", "minimum": 0}
_HEADERS: Json = {
    "ETag": {
        "description": "Names these bytes; send it back in If-None-Match or If-Match.",
        "schema": {"type": "string"},
        "example": '"0f343b0931126a20f133d67c2b018a3b"',
    },
    "RateLimit-Limit": {
        "description": "How many requests are answered in one window.",
        "schema": _NUMBER,
        "example": 3000,
    },
    "RateLimit-Remaining": {
        "description": "How many of them are left.",
        "schema": _NUMBER,
        "example": 2999,
    },
    "RateLimit-Reset": {
        "description": "In how many seconds the next window begins.",
        "schema": _NUMBER,
        "example": 42,
    },
    "Retry-After": {
        "description": "In how many seconds it is of use to come back.",
        "schema": _NUMBER,
        "example": 42,
    },
}
_LIMITS = ("RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset")
_PARAMETERS: Json = {
    name.replace("-", ""): {
        "name": name,
        "in": "header",
        "description": words,
        "schema": {"type": "string"},
    }
    for name, words in (
        ("If-None-Match", "The ETag of an earlier answer; 304 if it is still that."),
        ("If-Match", "The ETag of what was read before; 412, and nothing is done, if it changed."),
    )
}


def _problem(error: type[PreconditionFailed | TooManyRequests], words: str) -> Json:
    problem = {"code": error.code, "detail": error.detail, "attr": None}
    example = {"value": {"type": "client_error", "errors": [problem]}}
    content = {"schema": {"$ref": "#/components/schemas/Error"}, "examples": {error.code: example}}
    return {"description": words, "content": {"application/json": content}}


def _to(kind: str, name: str) -> Json:
    return {"$ref": f"#/components/{kind}/{name}"}


def _headers(*names: str) -> Json:
    return {name: _to("headers", name) for name in names}


_RESPONSES: Json = {
    "NotModified": {
        "description": "It is still what `If-None-Match` names.",
        "headers": _headers("ETag"),
    },
    "PreconditionFailed": _problem(PreconditionFailed, "It is not what `If-Match` names."),
    "TooManyRequests": {
        **_problem(TooManyRequests, "Too many requests; `Retry-After` says when to come back."),
        "headers": _headers(*_LIMITS, "Retry-After"),
    },
}


def add_headers(result: Json, **_: Any) -> Json:
    """For drf-spectacular's hooks, after the one that makes the operations whole."""
    components = result["components"]
    for kind, parts in (
        ("headers", _HEADERS),
        ("parameters", _PARAMETERS),
        ("responses", _RESPONSES),
    ):
        components.setdefault(kind, {}).update(parts)
    for methods in result["paths"].values():
        for method, operation in methods.items():
            _describe(operation, method.upper(), has_read="get" in methods)
    return result


def _describe(operation: Json, method: str, *, has_read: bool) -> None:
    responses: Json = operation["responses"]
    if method == "GET" and "application/json" in responses["200"].get("content", {}):
        _add_parameter(operation, "IfNoneMatch")
        responses["304"] = _to("responses", "NotModified")
        responses["200"].setdefault("headers", {}).update(_headers("ETag"))
    if method in GUARDED and has_read:
        _add_parameter(operation, "IfMatch")
        responses["412"] = _to("responses", "PreconditionFailed")
    responses.setdefault("429", _to("responses", "TooManyRequests"))
    for status, answer in responses.items():
        if status.startswith("2") or (status == "429" and "$ref" not in answer):
            answer.setdefault("headers", {}).update(_headers(*_LIMITS))
    operation["responses"] = dict(sorted(responses.items()))


def _add_parameter(operation: Json, name: str) -> None:
    operation.setdefault("parameters", []).append(_to("parameters", name))
