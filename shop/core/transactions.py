"""Transactions that PostgreSQL ended to untie a knot are run again, whole."""

import functools
import logging
import random
import time
from collections.abc import Callable
from typing import ParamSpec, TypeVar

from django.db import OperationalError, connection
from psycopg.errors import DeadlockDetected, SerializationFailure

logger = logging.getLogger(__name__)

P = ParamSpec("P")
R = TypeVar("R")

ATTEMPTS = 4


def retry_on_conflict(action: Callable[P, R]) -> Callable[P, R]:
    """Repeat `action` after a deadlock or a serialization error, at most `ATTEMPTS` times in all.

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
                if not isinstance(error.__cause__, DeadlockDetected | SerializationFailure):
                    raise
                logger.info("%s: attempt %s met another one: %s", action.__name__, attempt, error)
                # A random pause, so that the two do not meet again in step.
                time.sleep(random.uniform(0.005, 0.02 * attempt))
        return action(*args, **kwargs)

    return run
