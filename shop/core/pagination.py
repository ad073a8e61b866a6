"""Pages: `?page=` from 1, `?page_size=` up to 100, 12 when nothing is said."""

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.pagination import PageNumberPagination
from rest_framework.request import Request
from rest_framework.views import APIView

MAX_PAGE_SIZE = 100
MAX_PAGE = 1_000_000


class PagePagination(PageNumberPagination):
    """Answers `{"count", "next", "previous", "results"}`.

    A page that is not a number from 1 on is 400; one beyond the last is 404.
    """

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
        self._positive(request, self.page_query_param, MAX_PAGE)
        try:
            return super().paginate_queryset(queryset, request, view)
        except NotFound:
            raise NotFound("There is no such page.") from None

    def get_page_size(self, request: Request) -> int:
        size = self._positive(request, "page_size", MAX_PAGE_SIZE)
        return size or self.page_size

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        parameters = super().get_schema_operation_parameters(view)
        most = {self.page_query_param: MAX_PAGE, self.page_size_query_param: MAX_PAGE_SIZE}
        for parameter in parameters:
            parameter["schema"] |= {"minimum": 1, "maximum": most[parameter["name"]]}
        return parameters

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        """As it is answered: an example of one page, `null` where there is no other one."""
        address = {"type": ["string", "null"], "format": "uri", "example": None}
        properties = {
            "count": {"type": "integer", "description": "Of all pages.", "example": 1},
            "next": address | {"description": "The next page."},
            "previous": address | {"description": "The page before."},
            "results": schema,
        }
        return {"type": "object", "required": list(properties), "properties": properties}

    @staticmethod
    def _positive(request: Request, name: str, most: int) -> int | None:
        raw = request.query_params.get(name)
        if raw is None:
            return None
        if not (raw.isascii() and raw.isdigit() and len(raw) < 10 and 1 <= int(raw) <= most):
            detail = _("Give a whole number from {least} to {most}.").format(least=1, most=most)
            raise ValidationError({name: detail}, code="invalid")
        return int(raw)
