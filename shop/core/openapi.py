"""What the generated OpenAPI document says beyond the code's own types."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from drf_spectacular.openapi import AutoSchema
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import (
    OpenApiExample,
    OpenApiParameter,
    OpenApiResponse,
    extend_schema,
    inline_serializer,
)
from rest_framework import serializers
from rest_framework.permissions import (
    AllowAny,
    IsAuthenticated,
    IsAuthenticatedOrReadOnly,
)

from shop.core.errors import (
    DomainError,
    IdempotencyKeyNotValid,
    IdempotencyKeyReused,
    NotAllowed,
    NotFound,
    RequestInProgress,
)
from shop.core.once_per_key import HEADER, REPLAYED, OncePerKey
from shop.core.parsers import BodyTooLarge
from shop.core.shaping import EXPAND, FIELD_PATTERN, FIELDS, Expansions, ShapedReads, expansions_of

F = TypeVar("F", bound=Callable[..., Any])

Refusal = tuple[str, str]  # code, detail

JSON = "application/json"
INVALID = "invalid"
SHAPE_REFUSALS: dict[int, Refusal] = {
    400: (INVALID, "A valid number is required."),
    401: ("not_authenticated", "Authentication credentials were not provided."),
    403: (NotAllowed.code, NotAllowed.detail),
    404: (NotFound.code, NotFound.detail),
    415: ("unsupported_media_type", 'Unsupported media type "text/plain" in request.'),
}
REASONS = {
    400: "Malformed or invalid; `attr` names the field.",
    401: "No token, one that is not valid any more, or wrong credentials.",
    403: "Your role does not permit it.",
    404: "Not there, or not yours.",
    409: "It conflicts with the present state.",
    413: "The body is too large.",
    415: "Send `application/json`.",
    422: "The idempotency key belongs to another request.",
    503: "Somebody whom the shop needs is away; `Retry-After` says when to come back.",
    429: "Too many attempts; `Retry-After` says when to come back.",
}
KEY = OpenApiParameter(
    HEADER,
    {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[ -~]*[!-~][ -~]*$"},
    OpenApiParameter.HEADER,
    description="Makes it safe to send the request again, for 7 days: see Sending again.",
)
FIELDS_PARAMETER = OpenApiParameter(
    FIELDS,
    {"type": "array", "items": {"type": "string", "pattern": FIELD_PATTERN}},
    explode=False,
    style="form",
    description=(
        "Answers these fields only, of each result if it is a list; `category.name` reaches into "
        "objects and lists. The schema describes answers without it."
    ),
)
REPLAYED_HEADER = {
    "description": "There when this is the answer to an earlier request with the same key.",
    "schema": {"type": "string", "enum": ["true"]},
}
KEY_REFUSALS = (IdempotencyKeyNotValid, RequestInProgress, IdempotencyKeyReused)


# Made here, not declared: a serializer cannot have a field that is named "errors".
ErrorOutput = inline_serializer(
    "Error",
    {
        "type": serializers.ChoiceField(["validation_error", "client_error", "server_error"]),
        "errors": inline_serializer(
            "Problem",
            {
                "code": serializers.CharField(),
                "detail": serializers.CharField(),
                "attr": serializers.CharField(allow_null=True),
            },
            many=True,
        ),
    },
)


@dataclass(frozen=True)
class FileAnswer:
    """A `response` that is a file, and not JSON; refusals are JSON all the same.

    `or_else` are the media types, each with an example, that it may have instead.
    """

    media_type: str
    or_else: Mapping[str, Any] = field(default_factory=dict)

    @property
    def kind(self) -> OpenApiTypes:
        return _kind_of(self.media_type)

    def others(self, status: int) -> dict[Any, OpenApiResponse]:
        return {
            (status, media_type): OpenApiResponse(
                response=_kind_of(media_type),
                description="The answer.",
                examples=_examples(
                    "Answer", example, response_only=True, status=status, media_type=media_type
                ),
            )
            for media_type, example in self.or_else.items()
        }


def _kind_of(media_type: str) -> OpenApiTypes:
    if media_type == JSON:
        return OpenApiTypes.ANY
    return OpenApiTypes.STR if media_type.startswith("text/") else OpenApiTypes.BINARY


class NexusSchema(AutoSchema):
    """Adds the refusals that follow from an operation's shape.

    `documented` adds those that only the code knows.
    """

    def _is_list_view(self, serializer: Any = None) -> bool:
        """Actions are lists too when `documented` says so: the library does not look into it."""
        shapes = serializer or self.get_response_serializers()
        if isinstance(shapes, dict) and shapes:
            shapes = shapes[min(shapes, key=str)]
        shape = shapes.response if isinstance(shapes, OpenApiResponse) else serializer
        return bool(super()._is_list_view(shape))

    def _get_response_bodies(self, direction: Any = "response") -> Any:
        bodies = super()._get_response_bodies(direction)
        has_body = self.method in {"POST", "PUT", "PATCH"} and bool(self.get_request_serializer())
        # Views of the vendor back office: the caller may have to say for whom, or act for no such.
        names_a_vendor = hasattr(self.view, "least_role")
        expected = {
            400: has_body or self._reads_the_query() or names_a_vendor,
            401: bool(self.view.get_authenticators()),
            403: not self._is_public() and self._needs_a_role(),
            404: "{" in self.path or self._is_paginated() or names_a_vendor,
            415: has_body,
        }
        for status, applies in expected.items():
            if applies and str(status) not in bodies:
                bodies[str(status)] = self._refused(status, SHAPE_REFUSALS[status])
        if self._honors_keys():
            self._add_answers_to_keys(bodies)
        return dict(sorted(bodies.items()))

    def get_override_parameters(self) -> list[Any]:
        of_all = [*getattr(self.view, "documented_headers", ()), *self._shaping()]
        return [*of_all, KEY] if self._honors_keys() else of_all

    def _shaping(self) -> list[OpenApiParameter]:
        """How a read can be asked for less, or for more."""
        handler = getattr(
            self.view, getattr(self.view, "action", None) or self.method.lower(), None
        )
        is_shaped = self.method == "GET" and isinstance(self.view, ShapedReads)
        if not is_shaped or getattr(handler, "answers_with", None) is None:
            return []
        possible = expansions_of(self.view)
        return [FIELDS_PARAMETER, *([_expand_parameter(possible)] if possible else [])]

    def _honors_keys(self) -> bool:
        return self.method == "POST" and isinstance(self.view, OncePerKey)

    def _add_answers_to_keys(self, bodies: dict[str, Any]) -> None:
        for error in KEY_REFUSALS:
            refused = self._refused(error.status, (error.code, error.detail))
            known = bodies.setdefault(str(error.status), refused)
            for kind, content in refused["content"].items():
                known["content"][kind]["examples"] |= content["examples"]
        for status, answer in bodies.items():
            if status.startswith("2"):
                answer["headers"] = {REPLAYED: REPLAYED_HEADER}

    def _refused(self, status: int, refusal: Refusal) -> dict[str, Any]:
        described = _refusal(status, [refusal])
        answer: dict[str, Any] = self._get_response_for_code(described, str(status))  # type: ignore[no-untyped-call]
        return answer

    def get_operation_id(self) -> str:
        """Actions are named after themselves: `orders_cancel`, not `orders_cancel_create`."""
        name = super().get_operation_id()
        is_action = self.method == "POST" and getattr(self.view, "action", None) != "create"
        return name.removesuffix("_create") if is_action else name

    def get_auth(self) -> list[dict[str, Any]]:
        """Generated clients call without a token what strangers may call."""
        schemes: list[dict[str, Any]] = super().get_auth()
        if {} not in schemes and self._is_public():
            schemes.append({})
        return schemes

    def _resolve_path_parameters(self, variables: Any) -> Any:
        parameters = super()._resolve_path_parameters(variables)  # type: ignore[no-untyped-call]
        for parameter in parameters:
            if str(parameter["schema"].get("pattern", "")).startswith("^[0-9]"):
                parameter["schema"] = {"type": "integer", "minimum": 1}
        return parameters

    def _get_request_body(self, direction: str = "request") -> Any:
        body = super()._get_request_body(direction)  # type: ignore[no-untyped-call]
        # Who names the component wants all of it, in a PATCH too.
        if body and isinstance(self.get_request_serializer(), dict):
            body["required"] = True
        return body

    def _process_override_parameters(self, direction: str = "request") -> Any:
        parameters = super()._process_override_parameters(direction)  # type: ignore[no-untyped-call]
        given = self.get_override_parameters()
        empty_is_absent = any(getattr(shape, "empty_is_absent", False) for shape in given)
        for parameter in parameters.values():
            may_be_empty = empty_is_absent or (parameter and parameter["name"] in (FIELDS, EXPAND))
            if may_be_empty and parameter and parameter["in"] == "query":
                parameter["allowEmptyValue"] = True
        return parameters

    def _reads_the_query(self) -> bool:
        return self._is_paginated() or any(
            not isinstance(parameter, OpenApiParameter) or parameter.location == "query"
            for parameter in self.get_override_parameters()
        )

    def _is_paginated(self) -> bool:
        return bool(self._is_list_view() and self._get_paginator())

    def _get_paginator(self) -> Any:
        """Knows what the view's `beside_results` names: more that its pages may have."""
        paginator = super()._get_paginator()  # type: ignore[no-untyped-call]
        action = getattr(self.view, "action", None)
        if paginator:
            paginator.beside_results = {
                name: self.resolve_serializer(shape, "response").ref | {"example": example}
                for name, (shape, example) in getattr(self.view, "beside_results", {})
                .get(action, {})
                .items()
            }
        return paginator

    def _needs_a_role(self) -> bool:
        for_everybody = (AllowAny, IsAuthenticated, IsAuthenticatedOrReadOnly)
        return any(type(rule) not in for_everybody for rule in self.view.get_permissions())

    def _is_public(self) -> bool:
        """Whether the view lets in the stranger for whom documents are made."""
        request = self.view.request
        return all(rule.has_permission(request, self.view) for rule in self.view.get_permissions())


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

    `request` and `response` are serializers (None: no body) or a `FileAnswer`, `body` and
    `example` an example of each as plain JSON values, `refuses` the domain errors that the
    service raises; each becomes an example of its status. `also=` are other statuses of success
    and their serializers, which share the example; the rest of `more` goes to `extend_schema`.
    """
    media_type, others = JSON, {}
    if isinstance(response, FileAnswer):
        others = response.others(status)
        response, media_type = response.kind, response.media_type
    answers = {status: response} | more.pop("also", {})
    responses: dict[Any, Any] = {
        (code, media_type): OpenApiResponse(
            response=shape,
            description="Done." if shape is None else "The answer.",
            examples=_examples(
                "Answer",
                None if shape is None else example,
                response_only=True,
                status=code,
                media_type=media_type,
            ),
        )
        for code, shape in answers.items()
    } | others
    by_status: dict[int, list[Refusal]] = {}
    for error in refuses:
        problem = (error.code, error.detail)
        by_status.setdefault(error.status, []).append(problem)
    if request is not None:
        by_status[413] = [(BodyTooLarge.default_code, BodyTooLarge.default_detail)]
    for code, problems in by_status.items():
        responses[code] = _refusal(code, problems)
    examples = _examples("Request", body, request_only=True)
    if tags:
        more["tags"] = list(tags)
    decorate: Callable[[F], F] = extend_schema(
        summary=summary, request=request, responses=responses, examples=examples, **more
    )

    def document(method: F) -> F:
        if media_type == JSON:
            vars(method)["answers_with"] = response  # for `shop.core.shaping`
        return decorate(method)

    return document


def _expand_parameter(possible: Expansions) -> OpenApiParameter:
    becomes = "; ".join(f"`{name}`: {_component(one.shape)}" for name, one in possible.items())
    return OpenApiParameter(
        EXPAND,
        {"type": "array", "items": {"type": "string", "enum": list(possible)}},
        explode=False,
        style="form",
        description=f"Whole objects, as their own addresses show them, instead of references "
        f"to them. {becomes}.",
    )


def _component(shape: Any) -> str:
    return f"`{shape.__name__}`"


def _examples(
    name: str,
    value: Any,
    *,
    request_only: bool = False,
    response_only: bool = False,
    status: int | None = None,
    media_type: str = JSON,
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
            media_type=media_type,
        )
    ]


def _refusal(status: int, problems: Sequence[Refusal]) -> OpenApiResponse:
    return OpenApiResponse(
        response=ErrorOutput,
        description=REASONS.get(status, "The request was refused."),
        examples=[
            OpenApiExample(
                code,
                value=_error(code, detail, status),
                response_only=True,
                status_codes=[str(status)],
            )
            for code, detail in dict.fromkeys(problems)
        ],
    )


def _error(code: str, detail: str, status: int) -> dict[str, Any]:
    names_a_field = code == INVALID
    problem = {
        "code": code,
        "detail": detail,
        "attr": "name_of_the_field" if names_a_field else None,
    }
    kind = "server_error" if status >= 500 else "client_error"
    return {"type": "validation_error" if names_a_field else kind, "errors": [problem]}
