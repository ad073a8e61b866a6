"""One effect for one key, however often a client repeats its request.

Who got no answer cannot know what became of the request, and sends it again under the same
key. `answer_once` is for requests that are one transaction: the answer is stored in it.
`answer_in_steps` is for those that call a provider between transactions: the key is stored
before, and `once` notes in each transaction what it did, so that after a crash the repetition
goes on where the first one ended. Advisory locks tell that the first one is still running;
they end with their transaction or connection, so a process that was killed blocks nobody.

A refusal (4xx) changes nothing that counts and is not stored: the key may be used again.
After a failure (5xx) nothing has happened, or the steps that were noted.
"""

import hashlib
import os
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Protocol, TypeVar, cast

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.db import transaction
from django.db.models import Model, QuerySet
from django.utils.crypto import salted_hmac

from shop.core.errors import IdempotencyKeyNotValid, IdempotencyKeyReused, RequestInProgress
from shop.core.failpoints import failpoint
from shop.core.locks import lock_until_commit, session_lock
from shop.core.models import IdempotencyKey
from shop.core.transactions import retry_on_conflict

MAX_KEY_LENGTH = 255
MAX_ROUTE_LENGTH = 300
_NONCE_LENGTH = 12

T = TypeVar("T")
M = TypeVar("M", bound=Model)

_key_in_hand: ContextVar[int | None] = ContextVar("key_in_hand", default=None)


class Answer(Protocol):
    """What is kept of an answer; a rendered `HttpResponse` is one."""

    @property
    def status_code(self) -> int: ...

    @property
    def content(self) -> bytes: ...


A = TypeVar("A", bound=Answer)


@dataclass(frozen=True)
class Replayed:
    """The answer that the first request got."""

    status_code: int
    content: bytes


@dataclass(frozen=True)
class KeyedRequest:
    """A request whose client sent `key`, which `check_key` accepted.

    `content` is all that a repetition must send again, in one canonical form.
    """

    user_id: int | None
    route: str
    key: str
    content: bytes

    @cached_property
    def identity(self) -> dict[str, Any]:
        """The columns that tell it from others."""
        is_long = len(self.route) > MAX_ROUTE_LENGTH
        route = hashlib.sha256(self.route.encode()).hexdigest() if is_long else self.route
        return {"user_id": self.user_id, "route": route, "key": self.key}

    @cached_property
    def fingerprint(self) -> str:
        return self._secret("fingerprint").hex()

    def encrypt(self, answer: bytes) -> bytes:
        """Readable only with the shop's SECRET_KEY and this request in hand."""
        nonce = os.urandom(_NONCE_LENGTH)
        return nonce + AESGCM(self._secret("answer")).encrypt(nonce, answer, None)

    def decrypt(self, stored: bytes) -> bytes:
        nonce, answer = stored[:_NONCE_LENGTH], stored[_NONCE_LENGTH:]
        return AESGCM(self._secret("answer")).decrypt(nonce, answer, None)

    @property
    def name(self) -> str:
        return "\0".join(map(str, self.identity.values()))

    def _secret(self, purpose: str) -> bytes:
        words = self.name.encode() + b"\0" + self.content
        return salted_hmac(f"{__name__}.{purpose}", words, algorithm="sha256").digest()


def check_key(key: str) -> None:
    """Raises `IdempotencyKeyNotValid`."""
    is_printable = key.isascii() and key.isprintable() and not key.isspace()
    if not (is_printable and 0 < len(key) <= MAX_KEY_LENGTH):
        raise IdempotencyKeyNotValid


def answer_once(request: KeyedRequest, act: Callable[[], A]) -> A | Replayed:
    """The first answer to `request`; `act` makes it, in one transaction with its effect.

    `act` answers refusals, so that what they count is committed, and raises failures. It may
    run several times: a conflict repeats the whole transaction. Costs five statements.
    Raises `RequestInProgress` (409), `IdempotencyKeyReused` (422).
    """
    answer = _in_one_transaction(request, act)
    failpoint("idempotency.after_commit")
    return answer


@retry_on_conflict
def _in_one_transaction(request: KeyedRequest, act: Callable[[], A]) -> A | Replayed:
    # Django's `atomic`, not that of services: theirs set savepoints in it, and so what a
    # refused service did is undone while what it committed before refusing stays.
    with transaction.atomic():
        if not lock_until_commit(request.name):
            raise RequestInProgress
        kept = _find(request)
        if kept is not None:
            return _replay(request, kept)
        answer = act()
        if answer.status_code < 400:
            IdempotencyKey.objects.create(
                **request.identity, fingerprint=request.fingerprint, **_stored(request, answer)
            )
        elif answer.status_code >= 500:
            transaction.set_rollback(True)
        failpoint("idempotency.before_commit")
    return answer


def answer_in_steps(request: KeyedRequest, act: Callable[[], A]) -> A | Replayed:
    """As `answer_once`, for what calls a provider between its transactions.

    `act` runs outside any transaction. When it was killed, it runs again with the steps that
    `once` noted. Raises `RequestInProgress` (409), `IdempotencyKeyReused` (422).
    """
    with session_lock(request.name) as is_ours:
        if not is_ours:
            raise RequestInProgress
        kept = _find(request)
        if kept is None:
            kept = IdempotencyKey.objects.create(
                **request.identity, fingerprint=request.fingerprint
            )
        elif kept.answer is not None:
            return _replay(request, kept)
        answer = _with_steps_of(kept, act)
        failpoint("idempotency.before_commit")
        this = IdempotencyKey.objects.filter(pk=kept.pk)
        if answer.status_code < 400:
            this.update(**_stored(request, answer))
        elif answer.status_code < 500:
            # Refused before it did anything: as if it had not been sent.
            this.filter(steps={}).delete()
    failpoint("idempotency.after_commit")
    return answer


def once(step: str, action: Callable[[], T]) -> T:
    """What `action` returned when this keyed request first came to `step`.

    Noted in the transaction in hand, as JSON; `action` runs if nothing is. A request without
    a key, or one that is a single transaction, notes nothing: `action` just runs.
    """
    key_id = _key_in_hand.get()
    if key_id is None:
        return action()
    key = IdempotencyKey.objects.select_for_update().only("steps").get(pk=key_id)
    if step not in key.steps:
        key.steps[step] = action()
        key.save(update_fields=["steps"])
    done: T = key.steps[step]
    return done


def row_once(step: str, rows: QuerySet[M], action: Callable[[], M]) -> M:
    """As `once`, when `action` returns one of `rows`: later it is read as it is by then."""
    made: list[M] = []

    def act() -> Any:
        made.append(action())
        return made[0].pk

    pk = once(step, act)
    return made[0] if made else rows.get(pk=pk)


def _with_steps_of(key: IdempotencyKey, act: Callable[[], A]) -> A:
    token = _key_in_hand.set(key.pk)
    try:
        return act()
    finally:
        _key_in_hand.reset(token)


def _find(request: KeyedRequest) -> IdempotencyKey | None:
    kept = next(iter(IdempotencyKey.objects.filter(**request.identity)), None)
    if kept is not None and kept.fingerprint != request.fingerprint:
        raise IdempotencyKeyReused
    return kept


def _replay(request: KeyedRequest, kept: IdempotencyKey) -> Replayed:
    status, answer = cast("int", kept.status), cast("bytes", kept.answer)
    return Replayed(status, request.decrypt(bytes(answer)))


def _stored(request: KeyedRequest, answer: Answer) -> dict[str, Any]:
    return {"status": answer.status_code, "answer": request.encrypt(answer.content)}
