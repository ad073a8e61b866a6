"""How the connections of a process come back after an outage of PostgreSQL."""

from contextlib import suppress
from typing import Any

from psycopg import OperationalError
from psycopg_pool import ConnectionPool, PoolTimeout


def try_again(pool: ConnectionPool[Any]) -> None:
    """Called when the pool gives up connecting: go on for those who wait.

    By itself it would try again only when somebody new asks, and when all threads of a web
    process wait, nobody does: they would wait in vain though the server is long back.
    """
    if pool.get_stats().get("requests_waiting"):
        # Asking is what makes it try; its own threads shall not wait for the answer.
        with suppress(PoolTimeout, OperationalError), pool.connection(timeout=0.05):
            pass
