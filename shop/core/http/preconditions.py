"""`If-Match` on writes: only if it is still what the client has read.

Every view that changes something stands on `OnlyIfMatch`. PATCH, PUT and DELETE of an address
that can be read compare with the tag that GET of it, with the same query, would answer this
caller now. Elsewhere no tag can be right: a list of tags is refused, not passed over.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.db import transaction
from django.http import Http404
from rest_framework.exceptions import APIException
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from shop.core.errors import DomainError, PreconditionFailed
from shop.core.http import etags
from shop.core.shaping import ShapedReads
from shop.core.transactions import retry_on_conflict

HEADER = "If-Match"
GUARDED = ("PUT", "PATCH", "DELETE")

# What a handler raises to answer; everything else is a failure, and undoes what was done.
REFUSALS = (DomainError, APIException, Http404, PermissionDenied, SuspiciousOperation)

Handler = Callable[..., Response]


class OnlyIfMatch(ShapedReads):
    """Nothing changes for requests without the header."""

    def hold(self, request: Request, **kwargs: Any) -> None:
        """Lock what this address shows until the transaction ends; `kwargs` are of its route.

        In the order in which the services lock; between it and the write nobody else can
        change what was compared. Raises `NotFound` where there is nothing to hold.
        """
        raise NotImplementedError

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        condition = request.headers.get(HEADER)
        if condition is None or request.method in ("GET", "HEAD"):
            return
        method = str(request.method).lower()
        if request.method in GUARDED and hasattr(self, "get"):
            guarded = partial(self._only_if, condition, getattr(self, method))
            vars(self)[method] = guarded
        elif condition.strip() != "*":
            raise PreconditionFailed

    @retry_on_conflict
    def _only_if(
        self, condition: str, handler: Handler, request: Request, *args: Any, **kwargs: Any
    ) -> Response:
        # Django's `atomic`, for the reason that `idempotency` gives: what a refusal counts stays.
        with transaction.atomic():
            self.hold(request, **kwargs)
            if etags.match(condition, self._tag(request, *args, **kwargs)) is None:
                raise PreconditionFailed
            response = act(self, handler, request, *args, **kwargs)
            if response.status_code >= 500:
                transaction.set_rollback(True)
        return response

    def _tag(self, request: Request, *args: Any, **kwargs: Any) -> str:
        """Of what GET would answer; raises what it would refuse."""
        with self._as_read():
            read = self.shaped(self.get, request)  # type: ignore[attr-defined]
            response = self.finalize_response(request, read(request, *args, **kwargs))
        return etags.tag_of(response.render().content)

    @contextmanager
    def _as_read(self) -> Iterator[None]:
        """Rights, and what can be expanded, are those of the action that answers GET."""
        mine = vars(self)
        action = mine.get("action")
        mine["action"] = getattr(self, "action_map", {}).get("get")
        try:
            yield
        finally:
            mine["action"] = action


def act(view: APIView, handler: Handler, request: Request, *args: Any, **kwargs: Any) -> Response:
    """What `handler` answers, refusals too; it may be asked again with the same request."""
    for file in request.FILES.values():
        file.seek(0)
    try:
        return handler(request, *args, **kwargs)
    except REFUSALS as refusal:
        return view.handle_exception(refusal)
