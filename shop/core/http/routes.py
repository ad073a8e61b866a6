"""What is known of an address before its view runs."""

from collections.abc import Callable, Collection
from typing import Any

from django.http import HttpRequest

API_PREFIXES = ("/api/", "/graphql/", "/products/")
_METHODS = ("get", "post", "put", "patch", "delete")


def is_api(request: HttpRequest) -> bool:
    """Whether machines call it: everything else is pages, files and the admin."""
    return request.path_info.startswith(API_PREFIXES)


def view_of(request: HttpRequest) -> type[Any] | None:
    """The class of the REST view that the address led to, if it led to one."""
    match = request.resolver_match
    return None if match is None else getattr(match.func, "cls", None)


def handler_of(request: HttpRequest) -> Callable[..., Any] | None:
    """The method of the view that answers this request."""
    match, view = request.resolver_match, view_of(request)
    if match is None or view is None:
        return None
    method = "get" if request.method == "HEAD" else str(request.method).lower()
    actions = getattr(match.func, "actions", None)
    handler: Callable[..., Any] | None = getattr(
        view, actions.get(method, "") if actions else method, None
    )
    return handler


def methods_of(callback: Any) -> Collection[str] | None:
    """The HTTP methods of a REST view, such as ["GET", "HEAD", "OPTIONS"]; None: it is no such."""
    view = getattr(callback, "cls", None)
    if view is None:
        return None
    actions = getattr(callback, "actions", None)
    known = [name for name in _METHODS if (name in actions if actions else hasattr(view, name))]
    found = [name.upper() for name in known]
    return [*found[:1], *(["HEAD"] if "get" in known else []), *found[1:], "OPTIONS"]
