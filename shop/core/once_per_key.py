"""`Idempotency-Key` for REST views."""

import hashlib
import json
from collections.abc import Callable, Collection
from functools import partial
from typing import Any, ClassVar

from django.http import HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from rest_framework.request import Request
from rest_framework.response import Response

from shop.core import idempotency
from shop.core.http.preconditions import OnlyIfMatch, act
from shop.core.idempotency import KeyedRequest, Replayed

HEADER = "Idempotency-Key"
REPLAYED = "Idempotent-Replayed"

_PREFIX, _PINNED_PREFIX = "/api/", "/api/v1/"
Handler = Callable[..., Response]


class OncePerKey(OnlyIfMatch):
    """Lets clients repeat a POST: every view that has one stands on this.

    `idempotent_in_steps` names the methods that call a provider between transactions; the
    others become one transaction. `headers_of_content` are those that make it another request.
    Nothing changes for requests without a key.
    """

    idempotent_in_steps: ClassVar[Collection[str]] = ()
    headers_of_content: ClassVar[Collection[str]] = ()

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        key = request.headers.get(HEADER) if request.method == "POST" else None
        if key is not None:
            idempotency.check_key(key)
        super().initial(request, *args, **kwargs)
        if key is not None and hasattr(self, "post"):
            # Only the handler: conflicts must be seen before `dispatch` makes answers of them,
            # and who may not call it at all has been sent away.
            vars(self)["post"] = partial(self._answer_once, key, self.post)

    def _answer_once(
        self, key: str, handler: Handler, request: Request, *args: Any, **kwargs: Any
    ) -> HttpResponseBase:
        keyed = KeyedRequest(request.user.pk, _route(request), key, self._content(request))
        first = partial(self._act, handler, request, *args, **kwargs)
        if handler.__name__ in self.idempotent_in_steps:
            answer = idempotency.answer_in_steps(keyed, first)
        else:
            answer = idempotency.answer_once(keyed, first)
        return _replay(answer) if isinstance(answer, Replayed) else answer

    def _content(self, request: Request) -> bytes:
        """Method, query and body, whatever the order of names and the boundary of parts."""
        body = request.data
        if isinstance(body, QueryDict):
            body = {name: [_part(value) for value in values] for name, values in body.lists()}
        # Numbers with a point are Decimals here: "1.0" and 1.0 are two bodies.
        words = [request.method, request.META.get("QUERY_STRING", ""), body]
        words += [request.headers.get(name, "") for name in self.headers_of_content]
        return json.dumps(words, sort_keys=True, default=repr).encode()

    def _act(self, handler: Handler, request: Request, *args: Any, **kwargs: Any) -> Response:
        """The whole answer, rendered; refusals too."""
        response = act(self, handler, request, *args, **kwargs)
        self.finalize_response(request, response, *args, **kwargs)
        response.render()
        return response


def _route(request: Request) -> str:
    """The same for the pinned version and the one that is not."""
    path: str = request.path_info
    pinned = path.startswith(_PINNED_PREFIX)
    return _PREFIX + path.removeprefix(_PINNED_PREFIX) if pinned else path


def _part(value: Any) -> Any:
    """A text as it is, of a file what it holds."""
    if isinstance(value, str):
        return value
    digest = hashlib.sha256()
    for chunk in value.chunks():
        digest.update(chunk)
    return {"sha256": digest.hexdigest()}


def _replay(answer: Replayed) -> HttpResponse:
    response = HttpResponse(
        answer.content, status=answer.status_code, content_type="application/json"
    )
    if not answer.content:
        del response["Content-Type"]
    response[REPLAYED] = "true"
    return response
