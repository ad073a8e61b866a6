"""For migrations: make the database itself refuse changes to a table's rows."""

from django.db.migrations import RunSQL


def append_only(table: str) -> RunSQL:
    """Rows of `table` may be added, and deleted with what they belong to, but never updated."""
    return RunSQL(
        f"CREATE TRIGGER append_only BEFORE UPDATE ON {table} "
        "FOR EACH ROW EXECUTE FUNCTION refuse_change();",
        f"DROP TRIGGER append_only ON {table};",
    )
