"""Pages: `?page=` from 1, `?page_size=` up to 100, 12 when nothing is said.

Or, for who walks a whole list, `?cursor=`: see `shop.core.cursors`.
"""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.pagination import PageNumberPagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param
from rest_framework.views import APIView

from shop.core import cursors
from shop.core.cursors import Stretch

CURSOR = "cursor"
MAX_PAGE_SIZE = 100
MAX_PAGE = 1_000_000
CURSOR_DESCRIPTION = (
    "Instead of `page`, to walk the whole list: empty to begin, then as `next` has it. Nothing is "
    "counted (`count` is null), and no row comes twice though others are added meanwhile."
)


class PagePagination(PageNumberPagination):
    """Answers `{"count", "next", "previous", "results"}`.

    A page that is not a number from 1 on is 400; one beyond the last is 404. With a cursor nothing
    is counted, and `count` is null. What lists can be walked by keys, `shop.core.keysets` says.
    """

    stretch: Stretch | None = None
    # For the OpenAPI document: what pages of a view may have besides, as schemas with examples.
    beside_results: Mapping[str, Any] = MappingProxyType({})

    page_size = 12
    max_page_size = MAX_PAGE_SIZE
    page_size_query_param = "page_size"
    page_query_description = "From 1 on; beyond the last page: 404."
    page_size_query_description = "How many on one page: 1 to 100, 12 when nothing is said."

    def paginate_queryset(
        self,
        queryset: QuerySet[Any] | Sequence[Any],
        request: Request,
        view: APIView | None = None,
    ) -> list[Any] | None:
        if CURSOR in request.query_params:
            return self._walk(queryset, request)
        self._positive(request, self.page_query_param, MAX_PAGE)
        try:
            return super().paginate_queryset(queryset, request, view)
        except NotFound:
            raise NotFound("There is no such page.") from None

    def get_paginated_response(self, data: Any) -> Response:
        if self.stretch is None:
            return super().get_paginated_response(data)
        return Response(
            {
                "count": None,
                "next": self._address(self.stretch.next),
                "previous": self._address(self.stretch.previous),
                "results": data,
            }
        )

    def get_page_size(self, request: Request) -> int:
        size = self._positive(request, "page_size", MAX_PAGE_SIZE)
        return size or self.page_size

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        parameters = super().get_schema_operation_parameters(view)
        most = {self.page_query_param: MAX_PAGE, self.page_size_query_param: MAX_PAGE_SIZE}
        for parameter in parameters:
            parameter["schema"] |= {"minimum": 1, "maximum": most[parameter["name"]]}
        cursor = {
            "name": CURSOR,
            "in": "query",
            "required": False,
            "description": CURSOR_DESCRIPTION,
            "schema": {"type": "string", "pattern": "^[A-Za-z0-9_-]*$", "maxLength": 1000},
            "allowEmptyValue": True,
        }
        return [*parameters, cursor]

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        """As it is answered: an example of one page, `null` where there is no other one."""
        address = {"type": ["string", "null"], "format": "uri", "example": None}
        properties = {
            "count": {
                "type": ["integer", "null"],
                "description": "Of all pages; null with `cursor`.",
                "example": 1,
            },
            "next": address | {"description": "The next page."},
            "previous": address | {"description": "The page before."},
            "results": schema,
        }
        required = list(properties)
        properties = {**properties, **self.beside_results}
        return {"type": "object", "required": required, "properties": properties}

    def _walk(self, rows: QuerySet[Any] | Sequence[Any], request: Request) -> list[Any]:
        if self.page_query_param in request.query_params:
            raise ValidationError({CURSOR: "Give either a page or a cursor."}, code="invalid")
        self.request = request
        cursor = request.query_params[CURSOR]
        self.stretch = cursors.stretch(rows, cursor, self.get_page_size(request))
        return self.stretch.rows

    def _address(self, cursor: str | None) -> str | None:
        if cursor is None or self.request is None:
            return None
        return replace_query_param(self.request.build_absolute_uri(), CURSOR, cursor)

    @staticmethod
    def _positive(request: Request, name: str, most: int) -> int | None:
        raw = request.query_params.get(name)
        if raw is None:
            return None
        if not (raw.isascii() and raw.isdigit() and len(raw) < 10 and 1 <= int(raw) <= most):
            detail = _("Give a whole number from {least} to {most}.").format(least=1, most=most)
            raise ValidationError({name: detail}, code="invalid")
        return int(raw)
