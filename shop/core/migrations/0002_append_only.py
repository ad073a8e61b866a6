"""A trigger function for tables whose rows are never changed: see `shop.core.append_only`."""

from django.db import migrations

CREATE = """
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'rows of % are never changed', TG_TABLE_NAME
        USING ERRCODE = 'integrity_constraint_violation';
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("core", "0001_first_tables")]

    operations = [migrations.RunSQL(CREATE, "DROP FUNCTION refuse_change();")]
