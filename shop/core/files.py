"""Answers that are files. Whatever a client accepts, they come; refusals of them are JSON."""

from typing import Any

from django.http import HttpResponse
from rest_framework.negotiation import BaseContentNegotiation

CSV, PDF, JSON = "text/csv", "application/pdf", "application/json"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class AnyAccept(BaseContentNegotiation):
    """For the views of files, whose `Accept` names a type that no renderer has."""

    def select_parser(self, request: Any, parsers: Any) -> Any:
        return next(iter(parsers), None)

    def select_renderer(self, request: Any, renderers: Any, format_suffix: Any = None) -> Any:
        return renderers[0], renderers[0].media_type


def file_answer(content: str | bytes, *, name: str, media_type: str) -> HttpResponse:
    """A file to save, called `name`; texts in UTF-8."""
    kind = f"{media_type}; charset=utf-8" if isinstance(content, str) else media_type
    disposition = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(content, content_type=kind, headers=disposition)
