"""What a service raises when it refuses. One place translates it for REST and GraphQL.

Each app's `errors.py` subclasses one of the kinds below and gives a stable `code`
and a `detail` for people; clients branch on the code:

    class CartIsEmpty(Conflict):
        code = "cart_is_empty"
        detail = "Put something in the cart before placing the order."
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True)
class Problem:
    """One entry of an error answer; `attr` is a dotted path into the request's body."""

    code: str
    detail: str
    attr: str | None = None


class DomainError(Exception):
    """A refusal: nothing was changed. `status` is the HTTP status it becomes."""

    status: ClassVar[int] = 400
    code: ClassVar[str] = "invalid"
    detail: ClassVar[str] = "The request was refused."
    # What `Retry-After` says, if coming back is of use.
    retry_after_seconds: int | None = None

    def __init__(
        self,
        detail: str | None = None,
        *,
        attr: str | None = None,
        problems: Sequence[Problem] = (),
    ) -> None:
        text = detail or self.detail
        super().__init__(text)
        self.problems: tuple[Problem, ...] = tuple(problems) or (Problem(self.code, text, attr),)


class Invalid(DomainError):
    """The request makes no sense whatever the state: 400."""


class NotAllowed(DomainError):
    """The caller's role does not permit it: 403."""

    status = 403
    code = "permission_denied"
    detail = "You do not have permission to perform this action."


class NotFound(DomainError):
    """Not there, or not the caller's: 404."""

    status = 404
    code = "not_found"
    detail = "Not found."


class Conflict(DomainError):
    """A clash with the present state: 409."""

    status = 409
    code = "conflict"


class PreconditionFailed(DomainError):
    """What the client's `If-Match` names is not there any more: 412."""

    status = 412
    code = "precondition_failed"
    detail = "It has changed since you read it. Read it again, then decide."


class Away(DomainError):
    """Somebody whom the shop needs does not answer: 503 with `Retry-After`."""

    status = 503
    code = "service_unavailable"
    detail = "The shop cannot do this at the moment. Try again shortly."
    retry_after_seconds = 5


class TooManyRequests(DomainError):
    """A rate limit: 429 with `Retry-After`."""

    status = 429
    code = "throttled"
    detail = "Too many attempts. Try again later."
    retry_after_seconds: int

    def __init__(self, *, retry_after_seconds: int) -> None:
        super().__init__()
        self.retry_after_seconds = retry_after_seconds


class IdempotencyKeyNotValid(Invalid):
    code = "invalid_idempotency_key"
    detail = "An idempotency key has 1 to 255 printable ASCII characters."


class RequestInProgress(Conflict):
    code = "request_in_progress"
    detail = "The first request with this idempotency key is still being answered."
    retry_after_seconds = 1


class IdempotencyKeyReused(DomainError):
    """The same key with another request: 422."""

    status = 422
    code = "idempotency_key_reused"
    detail = "This idempotency key belongs to another request."


class ImageNotAcceptable(Invalid):
    code = "image_not_acceptable"
    detail = "Send a PNG, JPEG or WebP image of at most 8 MB and 25 megapixels."
