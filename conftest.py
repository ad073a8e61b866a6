"""The suite's own PostgreSQL, when DATABASE_URL does not name one.

The main process starts it in a temporary folder and names that in DATA_DIR, which the
workers of pytest-xdist and every command that a test starts inherit.
"""

import os
import tempfile
import time
from contextlib import ExitStack
from functools import cache
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.test import TransactionTestCase

from config import embedded_postgres

PREFIX = "nexus-tests-"
_server = ExitStack()


def pytest_configure(config: pytest.Config) -> None:
    if not settings.EMBEDDED_POSTGRES:
        return
    if not hasattr(config, "workerinput"):
        _discard_leftovers()
        os.environ["DATA_DIR"] = tempfile.mkdtemp(prefix=PREFIX)
    data_dir = Path(os.environ["DATA_DIR"])
    # pytest-django has loaded the settings before any conftest.
    settings.DATA_DIR = data_dir
    for name in ("MEDIA_ROOT", "STATIC_ROOT"):
        setattr(settings, name, data_dir / name.lower())
        (data_dir / name.lower()).mkdir(exist_ok=True)
    settings.DATABASES["default"].update(embedded_postgres.connection(data_dir))
    if not hasattr(config, "workerinput"):
        _server.callback(embedded_postgres.discard, data_dir)
        _server.enter_context(embedded_postgres.running(data_dir, durable=False))


def pytest_unconfigure() -> None:
    _server.close()


# --- After tests that commit --------------------------------------------------------------

# What Django makes of the models, and no test changes.
_MADE_ONCE = {"django_migrations", "django_content_type", "auth_permission"}


def _empty_tables(_: TransactionTestCase) -> None:
    """In place of `flush`, which makes all that is there once more: half a second a test."""
    is_filled = " UNION ALL ".join(
        f"SELECT '{table}' WHERE EXISTS (SELECT FROM {table})"  # noqa: S608 (names of tables)
        for table in _tables()
    )
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(is_filled)
        filled = [table for (table,) in cursor.fetchall()]
        # No order suits all foreign keys, and some tables refuse to lose a row.
        cursor.execute("SET LOCAL session_replication_role = replica")
        for table in filled:
            cursor.execute(f"DELETE FROM {table}")  # noqa: S608


@cache
def _tables() -> list[str]:
    return sorted({*connection.introspection.django_table_names(only_existing=True)} - _MADE_ONCE)


TransactionTestCase._fixture_teardown = _empty_tables  # type: ignore[attr-defined]


def _discard_leftovers() -> None:
    """End the servers of test runs that were killed; those in use, or just made, stay."""
    for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        found = folder.stat()
        if found.st_uid == os.geteuid() and time.time() - found.st_mtime > 60:
            embedded_postgres.discard(folder)
