"""Scaffold: the lead's own stands in `core`."""

import functools
from collections.abc import Callable
from typing import Any

from celery import shared_task


def handler(name: str, *, in_transaction: bool = True) -> Callable[[Callable[..., None]], Any]:
    def register(function: Callable[..., None]) -> Any:
        @functools.wraps(function)
        def run(event_id: int | None = None, **fields: Any) -> None:
            function(**fields)

        del run.__wrapped__
        return shared_task(name=name)(run)

    return register
