"""The books balance, and what stands in them stays: PostgreSQL refuses everything else."""

from django.db import migrations

from shop.core.walls import VENDOR, protect

BALANCED = """
CREATE FUNCTION ledger_balances() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    checked bigint := (to_jsonb(NEW) ->> TG_ARGV[0])::bigint;
BEGIN
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
CREATE CONSTRAINT TRIGGER balances AFTER INSERT ON ledger_entry
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    EXECUTE FUNCTION ledger_balances('transaction_id');
CREATE CONSTRAINT TRIGGER balances AFTER INSERT ON ledger_transaction
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION ledger_balances('id');
"""
NOT_BALANCED = """
DROP TRIGGER balances ON ledger_transaction;
DROP TRIGGER balances ON ledger_entry;
DROP FUNCTION ledger_balances();
"""
# The one exception: an entry that is payable says once which payout pays it out.
KEPT = """
CREATE FUNCTION ledger_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    settled ledger_entry;
BEGIN
    IF TG_OP = 'UPDATE' AND TG_TABLE_NAME = 'ledger_entry' THEN
        settled := OLD;
        settled.payout_id := NEW.payout_id;
        IF OLD.payout_id IS NULL AND NEW.payout_id IS NOT NULL AND NEW IS NOT DISTINCT FROM settled
        THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION 'rows of % are never changed', TG_TABLE_NAME
        USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON ledger_entry
    FOR EACH ROW EXECUTE FUNCTION ledger_refuse_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON ledger_transaction
    FOR EACH ROW EXECUTE FUNCTION ledger_refuse_change();
CREATE SEQUENCE ledger_payout_number_seq;
"""
NOT_KEPT = """
DROP SEQUENCE ledger_payout_number_seq;
DROP TRIGGER append_only ON ledger_transaction;
DROP TRIGGER append_only ON ledger_entry;
DROP FUNCTION ledger_refuse_change();
"""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_first_tables"), ("core", "0005_vendor_role")]

    operations = [
        migrations.RunSQL(BALANCED, NOT_BALANCED),
        migrations.RunSQL(KEPT, NOT_KEPT),
        protect("ledger_entry", f"vendor_id = {VENDOR}"),
        protect("ledger_payout", f"vendor_id = {VENDOR}"),
        protect("ledger_adjustment", f"vendor_id = {VENDOR}"),
        protect(
            "ledger_transaction",
            "EXISTS (SELECT FROM ledger_entry AS own"
            f" WHERE own.transaction_id = ledger_transaction.id AND own.vendor_id = {VENDOR})",
        ),
    ]
