"""In which form a GraphQL answer goes out."""

from typing import Any

from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.request import Request

from shop.core.renderers import OrjsonRenderer

GRAPHQL_RESPONSE = "application/graphql-response+json"


class JSONWithCharset(OrjsonRenderer):
    """The specification of GraphQL over HTTP wants the encoding to be named."""

    charset = "utf-8"  # type: ignore[assignment]  # the base has none


class GraphQLRenderer(JSONWithCharset):
    media_type = GRAPHQL_RESPONSE
    format = "graphql"


class GraphQLNegotiation(BaseContentNegotiation):
    """The first kind of JSON that the client accepts, and JSON in any case: never a 406."""

    def select_parser(self, request: Request, parsers: Any) -> Any:
        wanted = request.content_type.partition(";")[0].strip().lower()
        return next((parser for parser in parsers if parser.media_type == wanted), None)

    def select_renderer(self, request: Request, renderers: Any, format_suffix: Any = None) -> Any:
        plain, graphql = renderers
        for kind in accepted(request):
            if kind in (GRAPHQL_RESPONSE, "application/json", "application/*", "*/*"):
                chosen = graphql if kind == GRAPHQL_RESPONSE else plain
                return chosen, chosen.media_type
        return plain, plain.media_type


def wants_a_page(request: Request) -> bool:
    """Whether it is a browser that comes here."""
    return "text/html" in accepted(request)


def accepted(request: Request) -> list[str]:
    """The media types that the client accepts, the one that it likes best first."""
    kinds = []
    for place, part in enumerate(request.headers.get("Accept", "").split(",")):
        kind, *parameters = (word.strip().lower() for word in part.split(";"))
        kinds.append((-_quality(parameters), place, kind))
    return [kind for quality, _, kind in sorted(kinds) if quality < 0]


def _quality(parameters: list[str]) -> float:
    for parameter in parameters:
        if parameter.startswith("q="):
            try:
                return float(parameter.removeprefix("q="))
            except ValueError:
                return 0
    return 1
