"""Running one request, and its answer as JSON."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import strawberry
from django.conf import settings
from graphql import GraphQLError
from rest_framework.request import Request
from strawberry.extensions import SchemaExtension

from shop.core.graphql import documents, errors
from shop.core.graphql.cost import cost_of
from shop.core.graphql.documents import TooMuch
from shop.core.graphql.plain import ShopExecutor, find_plain
from shop.core.graphql.requests import NotExecuted, Prepared

Json = dict[str, Any]


@dataclass
class Context:
    """What resolvers know of the request: `info.context`."""

    request: Request
    prepared: Prepared
    # What one request looks up once.
    remembered: dict[Any, Any] = field(default_factory=dict)


class ShopSchema(strawberry.Schema):
    def __init__(self, *args: Any, **said: Any) -> None:
        super().__init__(*args, **said | {"execution_context_class": ShopExecutor})
        find_plain(self._schema)

    def process_errors(self, errors: Any, execution_context: Any = None) -> None:
        """Refusals are no news; `errors.told` logs the failures."""


class PreparedDocument(SchemaExtension):
    """Hands over the document that is parsed and validated already."""

    def on_parse(self) -> Iterator[None]:
        self.execution_context.graphql_document = self.execution_context.context.prepared.document
        yield

    def on_validate(self) -> Iterator[None]:
        self.execution_context.pre_execution_errors = []
        yield


@dataclass(frozen=True)
class Answer:
    """`status` is what became of it in the words of REST: below 400, all was done."""

    body: Json
    status: int = 200
    was_executed: bool = True
    # Whether what was done before it failed must not stay.
    must_undo: bool = False
    wait: int | None = None


def execute(prepared: Prepared, request: Request, view: Any) -> Answer:
    """The answer to `request`; raises what the database says when it is away or in conflict."""
    asked = prepared.asked
    schema = documents.schema()
    cost = cost_of(schema._schema, prepared.document, prepared.operation, asked.variables)
    told_cost = {"cost": {"requested": cost, "limit": settings.GRAPHQL_MAX_COST}}
    if cost > settings.GRAPHQL_MAX_COST:
        refusal = TooMuch("too_costly", "The answer could hold too much: ask for smaller pages.")
        return refused(NotExecuted(refusal), extensions=told_cost)
    result = schema.execute_sync(
        asked.text,
        variable_values=dict(asked.variables),
        context_value=Context(request, prepared),
        operation_name=asked.operation_name,
    )
    found: list[GraphQLError] = result.errors or []
    errors.raise_conflicts(found)
    if found and result.data is None and all(error.path is None for error in found):
        return refused(NotExecuted(*found), extensions=told_cost)
    return _answer(result.data, found, told_cost, {"request": request, "view": view})


def refused(refusal: NotExecuted, *, extensions: Json | None = None) -> Answer:
    """The answer to a request that nothing was done for."""
    hide = not settings.GRAPHQL_INTROSPECTION
    told = [errors.told(error, {}, hide_suggestions=hide) for error in refusal.errors]
    body: Json = {"errors": [problem for one in told for problem in one.problems]}
    if extensions:
        body["extensions"] = extensions
    return Answer(body, status=400, was_executed=False)


def _answer(data: Any, found: list[GraphQLError], extensions: Json, context: Json) -> Answer:
    body: Json = {"data": data, "extensions": extensions}
    if not found:
        return Answer(body)
    hide = not settings.GRAPHQL_INTROSPECTION
    told = [errors.told(error, context, hide_suggestions=hide) for error in found]
    problems = [problem for one in told for problem in one.problems]
    return Answer(
        {"errors": problems, **body},
        status=max(one.status for one in told),
        # A refused mutation changed nothing. One whose answer failed did.
        must_undo=any(one.status >= 500 or len(one.path) > 1 for one in told),
        wait=max((one.wait for one in told if one.wait), default=None),
    )
