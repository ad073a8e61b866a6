"""How services use transactions: one for all that a call does, run again after a deadlock."""

import functools
import logging
import random
import time
from collections.abc import Callable
from contextvars import ContextVar
from typing import ParamSpec, TypeVar

import psycopg
from django.db import OperationalError, connection, transaction
from psycopg.errors import AdminShutdown, CrashShutdown, DeadlockDetected, SerializationFailure
from psycopg_pool import PoolTimeout

logger = logging.getLogger(__name__)

P = ParamSpec("P")
R = TypeVar("R")

ATTEMPTS = 4


class CommitUnclear(OperationalError):
    """The connection broke while the transaction was being committed: perhaps it was."""


_in_service: ContextVar[bool] = ContextVar("in_service", default=False)


def atomic(action: Callable[P, R]) -> Callable[P, R]:
    """`transaction.atomic` for services: all of `action` happens, or nothing.

    Services call services. Django would set and release a savepoint for each of them,
    two statements that serve nobody: a refusal of the inner one is a refusal of the
    whole. A service that means to go on after one says `with transaction.atomic()`.
    """

    @functools.wraps(action)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        is_outermost = not _in_service.get()
        is_done = False
        token = _in_service.set(True)
        try:
            with transaction.atomic(savepoint=is_outermost):
                answer = action(*args, **kwargs)
                is_done = True
        except OperationalError as error:
            if is_done and _is_cut_off(error):
                raise CommitUnclear(*error.args) from error
            raise
        finally:
            _in_service.reset(token)
        return answer

    return run


def retry_on_conflict(action: Callable[P, R]) -> Callable[P, R]:
    """Repeat `action` after a deadlock or a serialization error, at most `ATTEMPTS` times in all.

    So too when the database ended the connection before the commit: then nothing of it stands.
    Stands above `@transaction.atomic`. Inside a larger transaction it does nothing:
    PostgreSQL has undone that one whole, so only its outermost action can repeat it.
    """

    @functools.wraps(action)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        if connection.in_atomic_block:
            return action(*args, **kwargs)
        for attempt in range(1, ATTEMPTS):
            try:
                return action(*args, **kwargs)
            except OperationalError as error:
                if not _may_be_repeated(error):
                    raise
                logger.info("%s: attempt %s met another one: %s", action.__name__, attempt, error)
                # A random pause, so that the two do not meet again in step.
                time.sleep(random.uniform(0.005, 0.02 * attempt))
        return action(*args, **kwargs)

    return run


def _may_be_repeated(error: OperationalError) -> bool:
    if isinstance(error, CommitUnclear):
        return False
    is_conflict = isinstance(error.__cause__, DeadlockDetected | SerializationFailure)
    return is_conflict or _is_cut_off(error)


def _is_cut_off(error: OperationalError) -> bool:
    """Whether the connection broke in the middle; who got none has waited long enough."""
    cause = error.__cause__
    if not isinstance(cause, psycopg.OperationalError) or isinstance(cause, PoolTimeout):
        return False
    # Without a state it is the client's own finding that nobody is there any more.
    return cause.sqlstate is None or isinstance(cause, AdminShutdown | CrashShutdown)
