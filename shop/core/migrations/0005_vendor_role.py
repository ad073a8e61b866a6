"""The role that sellers read as: see `shop.core.walls`. It belongs to the whole server."""

from django.db import migrations

# Databases of one server share it, and may be migrated at the same time.
CREATE = """
DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'nexus_vendor') THEN
        BEGIN
            CREATE ROLE nexus_vendor NOLOGIN;
        EXCEPTION
            WHEN duplicate_object OR unique_violation THEN
                NULL;
            WHEN insufficient_privilege THEN
                RAISE EXCEPTION 'the role nexus_vendor is missing, and % may not create it',
                    current_user
                    USING HINT = format(
                        'As an administrator: CREATE ROLE nexus_vendor NOLOGIN; '
                        'GRANT nexus_vendor TO %I; then migrate again.', current_user);
        END;
    END IF;
    IF NOT pg_has_role(current_user, 'nexus_vendor', 'MEMBER') THEN
        EXECUTE format('GRANT nexus_vendor TO %I', current_user);
    END IF;
    EXECUTE format('GRANT USAGE ON SCHEMA %I TO nexus_vendor', current_schema());
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("core", "0004_idempotency_keys")]

    operations = [migrations.RunSQL(CREATE, migrations.RunSQL.noop)]
