"""Locks by name, for one process at a time: PostgreSQL's advisory ones.

They need no row, and end with the connection at the latest: whoever is killed blocks nobody.
"""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import Error, connection


@contextmanager
def session_lock(name: str) -> Iterator[bool]:
    """Hold the lock called `name` in this block, unless somebody else does; yields whether."""
    key = number_of(name)
    is_held = _ask("pg_try_advisory_lock", key)
    holder = connection.connection
    try:
        yield is_held
    finally:
        if is_held and not _is_released(key, holder):
            # Connections outlive requests in their pool: a lock that stayed behind would keep
            # everybody out for as long. The server frees what a closed one held.
            holder.close()


def lock_until_commit(name: str) -> bool:
    """Hold the lock called `name` until the transaction ends; answers whether it was free."""
    return _ask("pg_try_advisory_xact_lock", number_of(name))


def number_of(name: str) -> int:
    """The number by which PostgreSQL knows the lock."""
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big", signed=True)


def _is_released(key: int, holder: object) -> bool:
    try:
        return connection.connection is holder and _ask("pg_advisory_unlock", key)
    except Error:
        return False


def _ask(function: str, key: int) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {function}(%s)", [key])
        return bool(cursor.fetchone() == (True,))
