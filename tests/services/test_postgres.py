"""PostgreSQL as the shop finds it: its version, its limits, its connections."""

import os
import subprocess
import sys

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from tests.services.conftest import ROOT, database_of_this_test

pytestmark = pytest.mark.django_db(transaction=True)

# Runs with the settings of production, which keep connections in a pool.
SURVIVES_A_RESTART = """
import json, os, django
from django.conf import settings
settings.DATABASES["default"].update(json.loads(os.environ["TEST_DATABASE"]))
django.setup()
from django.db import connection

def ask(sql):
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchone()[0]

limits = [ask(f"SHOW {name}") for name in (
    "statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout")]
first = ask("SELECT pg_backend_pid()")
connection.close()
assert connection.pool.get_stats()["pool_size"] >= 1, "the connection is kept"
other = connection.copy()
other.settings_dict["OPTIONS"] = {}
with other.cursor() as cursor:
    cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [first])
for _ in range(5):
    assert ask("SELECT pg_backend_pid()") != first, "a broken one is replaced"
    connection.close()
connection.close_pool()
print(*limits)
"""


def test_is_of_a_version_that_we_support() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version_num")
        (version,) = cursor.fetchone() or ("0",)
    assert 150000 <= int(version) < 190000


def test_every_migration_is_applied() -> None:
    executor = MigrationExecutor(connection)
    assert executor.loader.applied_migrations
    assert executor.migration_plan(executor.loader.graph.leaf_nodes()) == []


def test_limits_hold_and_broken_connections_are_replaced() -> None:
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", SURVIVES_A_RESTART],
        cwd=ROOT,
        env=os.environ
        | {
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "TEST_DATABASE": database_of_this_test(),
            "STATEMENT_TIMEOUT_MS": "7000",
            "LOCK_TIMEOUT_MS": "3000",
        },
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.stderr == ""
    assert done.stdout.split() == ["7s", "3s", "1min"]
