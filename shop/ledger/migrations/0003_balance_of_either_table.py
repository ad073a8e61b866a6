"""PL/pgSQL resolves every column of an expression: each table needs one of its own."""

from django.db import migrations

FUNCTION = """
CREATE OR REPLACE FUNCTION ledger_balances() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    checked bigint;
BEGIN
    IF TG_TABLE_NAME = 'ledger_entry' THEN
        checked := NEW.transaction_id;
    ELSE
        checked := NEW.id;
    END IF;
    IF NOT EXISTS (SELECT FROM ledger_entry WHERE transaction_id = checked) THEN
        RAISE EXCEPTION 'transaction % has no entries', checked
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF EXISTS (
        SELECT FROM ledger_entry WHERE transaction_id = checked
        GROUP BY currency HAVING sum(amount) <> 0
    ) THEN
        RAISE EXCEPTION 'the entries of transaction % do not sum to zero', checked
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0002_books_are_kept")]

    operations = [migrations.RunSQL(FUNCTION, migrations.RunSQL.noop)]
