"""The second wall between sellers: PostgreSQL itself hides the rows of others (ADR 12).

What a seller reads over `/api/vendor/` is narrowed by its queryset, and read "behind the wall":

    with walls.behind(vendor.pk):
        part = querysets.parts_of(vendor).get(pk=pk)

Within, the transaction has the role `nexus_vendor`. It may only read, only tables that a
migration gave to it by `protect`, and of these only the rows of the vendor that the
transaction names. Everybody else, and every service, stands in front of the wall and pays
nothing for it.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction
from django.db.migrations import RunSQL

ROLE = "nexus_vendor"
# The vendor that the transaction reads for, in conditions of `protect`.
VENDOR = "current_setting('nexus.vendor')::bigint"

# What was set before is read first, and set again: it may be another role of the operator's, or
# this wall, further out.
_ENTER = f"""
    SELECT current_setting('role'), coalesce(current_setting('nexus.vendor', true), ''),
           set_config('nexus.vendor', %s, true), set_config('role', '{ROLE}', true)
"""
_LEAVE = "SELECT set_config('role', %s, true), set_config('nexus.vendor', %s, true)"

# The right to enter, and no more: who inherited the role would be behind the wall everywhere.
# A server of PostgreSQL 15 knows no such grant; there only owners of the tables pass the wall.
GRANT_ROLE = """
DO $$
DECLARE
    is_new boolean := current_setting('server_version_num')::int >= 160000;
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{role}') THEN
        BEGIN
            CREATE ROLE {role} NOLOGIN;
        EXCEPTION WHEN duplicate_object OR unique_violation THEN
            NULL;
        END;
    END IF;
    -- Who creates a role is its member since 16, and may not enter it.
    IF NOT pg_has_role(current_user, '{role}', CASE WHEN is_new THEN 'SET' ELSE 'MEMBER' END) THEN
        EXECUTE format(
            'GRANT {role} TO %I%s', current_user,
            CASE WHEN is_new THEN ' WITH INHERIT FALSE, SET TRUE' END);
    END IF;
    EXECUTE format('GRANT USAGE ON SCHEMA %I TO {role}', current_schema());
EXCEPTION WHEN insufficient_privilege THEN
    RAISE EXCEPTION '% may not create the role {role}, or not grant it', current_user
        USING HINT = format(
            'As an administrator: CREATE ROLE {role} NOLOGIN; (unless it is there) '
            'GRANT {role} TO %I%s; then migrate again.', current_user,
            CASE WHEN is_new THEN ' WITH INHERIT FALSE, SET TRUE' END);
END $$;
""".replace("{role}", ROLE)


@contextmanager
def behind(vendor_id: int) -> Iterator[None]:
    """Read as the vendor: evaluate every queryset inside the block, and write outside of it."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_ENTER, [str(vendor_id)])
        role, vendor, *_ = cursor.fetchone()
        yield
        # After an error the savepoint or the transaction is rolled back, and the role with it.
        cursor.execute(_LEAVE, [role, vendor])


def protect(table: str, condition: str) -> RunSQL:
    """For migrations: behind the wall `table` can be read, as far as `condition` is true.

    The first policy lets everybody else see every row, also where the tables belong to another
    user of the database than the shop's.
    """
    return RunSQL(
        f"""
        CREATE POLICY shop ON {table} USING (true) WITH CHECK (true);
        CREATE POLICY wall ON {table} AS RESTRICTIVE FOR SELECT TO {ROLE} USING ({condition});
        ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;
        GRANT SELECT ON {table} TO {ROLE};
        """,
        f"""
        REVOKE SELECT ON {table} FROM {ROLE};
        ALTER TABLE {table} DISABLE ROW LEVEL SECURITY;
        DROP POLICY wall ON {table};
        DROP POLICY shop ON {table};
        """,  # noqa: S608 (migrations name their own tables)
    )
