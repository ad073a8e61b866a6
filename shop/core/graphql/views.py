"""`/graphql/`: GraphQL over HTTP, under the same roof as REST.

Tokens, strict JSON, `Idempotency-Key` and request ids are those of every view. What is refused
before anything is executed is 400 for clients that accept `application/graphql-response+json`,
and 200 for others where it is the document that is at fault, as the specification has it.
"""

import json
from functools import cached_property
from typing import Any, cast

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import APIException, AuthenticationFailed, MethodNotAllowed
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from shop.core.errors import Invalid
from shop.core.graphql import errors, executing, requests
from shop.core.graphql.executing import Answer
from shop.core.graphql.negotiation import (
    GRAPHQL_RESPONSE,
    GraphQLNegotiation,
    GraphQLRenderer,
    JSONWithCharset,
    wants_a_page,
)
from shop.core.graphql.requests import FOR_STRANGERS, IN_STEPS, Asked, NotExecuted
from shop.core.once_per_key import Handler, OncePerKey


class OneMutationPerKey(Invalid):
    code = "one_mutation_per_key"
    detail = "With an Idempotency-Key, send one mutation in a request."


class GraphQLResponse(Response):
    """An answer of GraphQL, whose HTTP status does not say what became of the request."""

    def __init__(self, answer: Answer, status: int) -> None:
        super().__init__(answer.body, status)
        self.answer, self.http_status = answer, status
        if answer.wait is not None:
            self.headers["Retry-After"] = str(answer.wait)

    def as_outcome(self) -> None:
        """Show what is kept under a key and what is undone: answers with errors are not kept."""
        self.status_code = 500 if self.answer.must_undo else self.answer.status

    def as_answer(self) -> None:
        self.status_code = self.http_status


@extend_schema(exclude=True)
class GraphQLView(OncePerKey):
    """Queries by GET and POST, mutations by POST. A browser gets GraphiQL."""

    permission_classes = [AllowAny]
    renderer_classes = [JSONWithCharset, GraphQLRenderer]
    content_negotiation_class = GraphQLNegotiation
    headers_of_content = ("X-Vendor",)

    def get(self, request: Request) -> HttpResponseBase:
        if "query" not in request.query_params and wants_a_page(request):
            return _graphiql(request)
        return self._answer(request)

    def post(self, request: Request) -> HttpResponseBase:
        return self._answer(request)

    def perform_authentication(self, request: Request) -> None:
        """A token that is no longer valid does no harm where somebody asks for a new one."""
        try:
            super().perform_authentication(request)
        except AuthenticationFailed:
            if not self._is_for_strangers():
                raise

    def _is_for_strangers(self) -> bool:
        try:
            return requests.prepare(self._asked).has(FOR_STRANGERS)
        except (APIException, NotExecuted):
            return False

    def handle_exception(self, exc: Exception) -> Response:
        response = super().handle_exception(exc)
        problems = response.data["errors"]
        response.data = {"errors": [errors.as_error(one, response.status_code) for one in problems]}
        return response

    @cached_property
    def _asked(self) -> Asked:
        request = self.request
        is_get = request.method in ("GET", "HEAD")
        return (
            requests.of_query(request.query_params)
            if is_get
            else requests.of_body(cast("Any", request.data))
        )

    def _answer(self, request: Request) -> Response:
        try:
            prepared = requests.prepare(self._asked)
        except NotExecuted as refusal:
            return self._respond(executing.refused(refusal))
        if prepared.is_mutation and request.method != "POST":
            raise MethodNotAllowed(str(request.method))
        response = self._respond(executing.execute(prepared, request, self))
        if request.method == "POST" and not prepared.is_mutation:
            # Else it would be taken for a write, whose answers nobody keeps or compresses.
            response.headers["Cache-Control"] = "private, no-cache"
        return response

    def _respond(self, answer: Answer) -> Response:
        accepts_statuses = self.request.accepted_media_type == GRAPHQL_RESPONSE
        was_refused = accepts_statuses and not answer.was_executed
        return GraphQLResponse(answer, 400 if was_refused else 200)

    # --- With an Idempotency-Key ------------------------------------------------------------

    def _answer_once(
        self, key: str, handler: Handler, request: Request, *args: Any, **kwargs: Any
    ) -> HttpResponseBase:
        try:
            prepared = requests.prepare(self._asked)
        except NotExecuted as refusal:
            return self._respond(executing.refused(refusal))
        if prepared.is_mutation and not prepared.is_one():
            # Were the first done and the second refused, no answer would say what to keep.
            raise OneMutationPerKey
        if prepared.has(IN_STEPS):
            vars(self)["idempotent_in_steps"] = (handler.__name__,)
        answer = super()._answer_once(key, handler, request, *args, **kwargs)
        if isinstance(answer, GraphQLResponse):
            answer.as_answer()
        return answer

    def _act(self, handler: Handler, request: Request, *args: Any, **kwargs: Any) -> Response:
        response = super()._act(handler, request, *args, **kwargs)
        if isinstance(response, GraphQLResponse):
            response.as_outcome()
        return response

    def _content(self, request: Request) -> bytes:
        """The document itself: a repetition may send its hash, or the hash first."""
        asked = self._asked
        words = [asked.text, asked.operation_name, asked.variables]
        words += [request.headers.get(name, "") for name in self.headers_of_content]
        return json.dumps(words, sort_keys=True, default=repr).encode()


def _graphiql(request: Request) -> HttpResponse:
    return render(request._request, "core/graphiql.html")
