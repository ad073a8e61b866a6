"""What models cannot say: the sequence of order numbers, and totals that equal their lines."""

from django.db import migrations

from shop.core.append_only import append_only

SEQUENCE = "CREATE SEQUENCE orders_number_seq;"

# Deferred: an order and its lines are written by separate statements of one transaction.
TOTALS = """
CREATE FUNCTION check_order_subtotal() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    checked bigint := CASE WHEN TG_TABLE_NAME = 'orders_order' THEN NEW.id
                           ELSE coalesce(NEW.order_id, OLD.order_id) END;
BEGIN
    PERFORM 1 FROM orders_order o
    WHERE o.id = checked AND o.subtotal <>
        (SELECT coalesce(sum(i.line_total), 0) FROM orders_orderitem i WHERE i.order_id = checked);
    IF FOUND THEN
        RAISE EXCEPTION 'order % does not equal the sum of its lines', checked
            USING ERRCODE = 'check_violation', CONSTRAINT = 'order_subtotal_equals_lines';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER order_subtotal_equals_lines
    AFTER INSERT OR UPDATE OF subtotal ON orders_order DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION check_order_subtotal();
CREATE CONSTRAINT TRIGGER order_subtotal_equals_lines
    AFTER INSERT OR DELETE OR UPDATE OF line_total, order_id ON orders_orderitem
    DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION check_order_subtotal();
"""
UNDO = """
DROP TRIGGER order_subtotal_equals_lines ON orders_orderitem;
DROP TRIGGER order_subtotal_equals_lines ON orders_order;
DROP FUNCTION check_order_subtotal();
"""


class Migration(migrations.Migration):
    dependencies = [("core", "0002_append_only"), ("orders", "0001_first_tables")]

    operations = [
        migrations.RunSQL(SEQUENCE, "DROP SEQUENCE orders_number_seq;"),
        migrations.RunSQL(TOTALS, UNDO),
        append_only("orders_orderstatuschange"),
    ]
