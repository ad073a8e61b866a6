"""Faults for audits to find: what no service does, and what the database may refuse."""

from django.db import connection

from shop.core.audits import Audit


def plant(*statements: str) -> None:
    """Run `statements`; those that take guards of the database away last for the test only."""
    with connection.cursor() as cursor:
        # A table whose checks are still to come at the end cannot be altered.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        for statement in statements:
            cursor.execute(statement)


def told(audit: Audit) -> list[str]:
    """What `audit` finds, as `manage.py verify` prints it."""
    found = list(audit())
    assert {each.check for each in found} <= {audit.name}
    return [f"{each.rows}: {each.text}" for each in found]
