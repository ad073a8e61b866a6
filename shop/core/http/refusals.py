"""What is refused before a view is asked, in the shape of the API that was called."""

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from shop.core.graphql.errors import as_error
from shop.core.middleware import error_response
from shop.core.renderers import to_json


def refusal(request: HttpRequest, status: int, code: str, detail: str) -> HttpResponse:
    """One problem, as REST or as GraphQL has it, in the language of whoever asks."""
    response = error_response(status, code, detail)
    if request.path_info.startswith("/graphql/"):
        problem = {"code": code, "detail": _(detail), "attr": None}
        response.content = to_json({"errors": [as_error(problem, status)]})
    return response
