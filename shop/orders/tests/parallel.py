"""Several people at the same moment, each with a database connection of their own."""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from django.db import connection

from shop.core.errors import DomainError


def together(actions: Sequence[Callable[[], Any]]) -> list[Any]:
    """What each action returned, or the class of its refusal, when all start at once."""
    everybody_is_ready = threading.Barrier(len(actions))

    def run(action: Callable[[], Any]) -> Any:
        try:
            everybody_is_ready.wait(30)
            return action()
        except DomainError as refusal:
            return type(refusal)
        finally:
            connection.close()

    with ThreadPoolExecutor(len(actions)) as pool:
        return list(pool.map(run, actions))
