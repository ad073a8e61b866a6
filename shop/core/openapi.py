"""What the generated OpenAPI document says beyond the code's own types."""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from drf_spectacular.utils import OpenApiExample, OpenApiResponse, extend_schema
from drf_standardized_errors.openapi import AutoSchema
from rest_framework import serializers

from shop.core.errors import DomainError

F = TypeVar("F", bound=Callable[..., Any])

Endpoint = tuple[str, str, str, Any]

REASONS = {
    403: "Your role does not permit it.",
    404: "Not there, or not yours.",
    409: "It conflicts with the present state.",
    413: "The body is too large.",
    429: "Too many attempts; `Retry-After` says when to come back.",
}


class ProblemOutput(serializers.Serializer[Any]):
    code = serializers.CharField()
    detail = serializers.CharField()
    attr = serializers.CharField(allow_null=True)


class ErrorOutput(serializers.Serializer[Any]):
    """The one shape of every error."""

    type = serializers.ChoiceField(["validation_error", "client_error", "server_error"])
    errors = ProblemOutput(many=True)


class NexusSchema(AutoSchema):
    """Adds error answers by itself; `documented` adds the ones that only the code knows."""


def documented(
    summary: str,
    *,
    request: Any = None,
    response: Any = None,
    status: int = 200,
    example: Any = None,
    body: Any = None,
    refuses: Sequence[type[DomainError]] = (),
    tags: Sequence[str] = (),
    **more: Any,
) -> Callable[[F], F]:
    """Document one view method.

    `request` and `response` are serializers (None: no body), `body` and `example` an
    example of each as plain JSON values, `refuses` the domain errors that the service
    raises; each becomes an example of its status. `more` goes to `extend_schema`.
    """
    responses: dict[Any, Any] = {
        status: OpenApiResponse(
            response=response,
            description="Done." if response is None else "The answer.",
            examples=_examples("Answer", example, response_only=True, status=status),
        ),
    }
    by_status: dict[int, list[type[DomainError]]] = {}
    for error in refuses:
        by_status.setdefault(error.status, []).append(error)
    for code, errors in by_status.items():
        responses[code] = _refusal(code, errors)
    examples = _examples("Request", body, request_only=True)
    if tags:
        more["tags"] = list(tags)
    decorate: Callable[[F], F] = extend_schema(
        summary=summary, request=request, responses=responses, examples=examples, **more
    )
    return decorate


def _examples(
    name: str,
    value: Any,
    *,
    request_only: bool = False,
    response_only: bool = False,
    status: int | None = None,
) -> list[OpenApiExample]:
    if value is None:
        return []
    return [
        OpenApiExample(
            name,
            value=value,
            request_only=request_only,
            response_only=response_only,
            status_codes=[str(status)] if status else None,
        )
    ]


def _refusal(status: int, errors: Sequence[type[DomainError]]) -> OpenApiResponse:
    return OpenApiResponse(
        response=ErrorOutput,
        description=REASONS.get(status, "The request was refused."),
        examples=[
            OpenApiExample(
                error.code,
                value={
                    "type": "client_error",
                    "errors": [{"code": error.code, "detail": error.detail, "attr": None}],
                },
                response_only=True,
                status_codes=[str(status)],
            )
            for error in errors
        ],
    )


def keep_canonical_paths(endpoints: list[Endpoint], **_: Any) -> list[Endpoint]:
    """Each route once: the pinned version and the alias are the same views."""
    return [
        endpoint
        for endpoint in endpoints
        if endpoint[0].startswith("/api/") and not endpoint[0].startswith("/api/v1/")
    ]


def finish_document(result: dict[str, Any], **_: Any) -> dict[str, Any]:
    """The address of the server is where the document was read from."""
    result["servers"] = [{"url": "/", "description": "This shop"}]
    return result
