"""The suite's own PostgreSQL, when DATABASE_URL does not name one.

The main process starts it in a temporary folder and names that in DATA_DIR, which the
workers of pytest-xdist and every command that a test starts inherit.
"""

import os
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

import pytest
from django.conf import settings

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


def _discard_leftovers() -> None:
    """End the servers of test runs that were killed; those in use, or just made, stay."""
    for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        found = folder.stat()
        if found.st_uid == os.geteuid() and time.time() - found.st_mtime > 60:
            embedded_postgres.discard(folder)
