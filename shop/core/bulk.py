"""Many changes in one request, each with a fate of its own.

Changes are numbered as the client sent them. A service does some at a time and answers what
became of each: what it changed, or the `DomainError` that refused it.
"""

from collections.abc import Callable, Iterator, Mapping
from itertools import islice
from typing import TypeVar

from django.db import transaction

from shop.core.errors import Conflict, DomainError, Invalid, NotFound, Problem
from shop.core.transactions import retry_on_conflict

MAX_ITEMS = 1_000
# So many share a transaction, unless all do: nobody waits long for rows that it holds.
CHUNK = 100

C = TypeVar("C")
R = TypeVar("R")

Fates = dict[int, R | DomainError]
Apply = Callable[[Mapping[int, C]], Fates[R]]


class NamedTwice(Conflict):
    code = "named_twice"
    detail = "An earlier item of this request is about the same one."


def change_in_chunks(
    *, changes: Mapping[int, C], apply: Apply[C, R], all_or_nothing: bool
) -> Fates[R]:
    """What became of each change. `apply` runs in a transaction for each `CHUNK` of them.

    With `all_or_nothing` in one for all, which a single refusal undoes: then it raises all
    refusals together. `apply` undoes what it refuses, and may be repeated.
    """
    if all_or_nothing:
        return _all_or_nothing(changes, apply)
    fates: Fates[R] = {}
    for chunk in _chunks(changes):
        fates |= _together(chunk, apply)
    return fates


def refusal_of(refused: Mapping[int, DomainError]) -> DomainError:
    """Several refusals as one, with the status of the first."""
    first = refused[min(refused)]
    kind = {400: Invalid, 404: NotFound, 409: Conflict}[first.status]
    problems = [one for index in sorted(refused) for one in problems_at(index, refused[index])]
    return kind(problems=problems)


def problems_at(index: int, error: DomainError) -> list[Problem]:
    """Those of `error`, with paths that begin at the request's body."""
    return [
        Problem(one.code, one.detail, ".".join(filter(None, ("items", str(index), one.attr))))
        for one in error.problems
    ]


def refused_of(fates: Fates[R]) -> dict[int, DomainError]:
    return {index: fate for index, fate in fates.items() if isinstance(fate, DomainError)}


def without_repetitions(keys: Mapping[int, object]) -> dict[int, DomainError]:
    """A refusal for each whose key an earlier one has; None repeats nothing."""
    seen: set[object] = set()
    refused: dict[int, DomainError] = {}
    for index, key in keys.items():
        if key is not None and key in seen:
            refused[index] = NamedTwice()
        seen.add(key)
    return refused


@retry_on_conflict
def _together(changes: Mapping[int, C], apply: Apply[C, R]) -> Fates[R]:
    # Django's `atomic`: services inside set savepoints, and a refusal undoes its own row only.
    with transaction.atomic():
        return apply(changes)


@retry_on_conflict
def _all_or_nothing(changes: Mapping[int, C], apply: Apply[C, R]) -> Fates[R]:
    with transaction.atomic():
        fates = apply(changes)
        if refused := refused_of(fates):
            raise refusal_of(refused)
    return fates


def _chunks(changes: Mapping[int, C]) -> Iterator[Mapping[int, C]]:
    rest = iter(changes.items())
    while chunk := dict(islice(rest, CHUNK)):
        yield chunk
