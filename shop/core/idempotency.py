"""Scaffold of the idempotency keys: without one, every step is just done."""

from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


def once(step: str, action: Callable[[], T]) -> T:
    """What `action` returned the first time that this keyed request came to `step`."""
    return action()
