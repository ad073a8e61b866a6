"""The check of 0002 read `NEW.order_id` of orders too, which have none: name the row by table."""

from django.db import migrations

CHECK = """
CREATE OR REPLACE FUNCTION check_order_subtotal() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    checked bigint;
BEGIN
    IF TG_TABLE_NAME = 'orders_order' THEN
        checked := NEW.id;
    ELSIF TG_OP = 'DELETE' THEN
        checked := OLD.order_id;
    ELSE
        checked := NEW.order_id;
    END IF;
    PERFORM 1 FROM orders_order o
    WHERE o.id = checked AND o.subtotal <>
        (SELECT coalesce(sum(i.line_total), 0) FROM orders_orderitem i WHERE i.order_id = checked);
    IF FOUND THEN
        RAISE EXCEPTION 'order % does not equal the sum of its lines', checked
            USING ERRCODE = 'check_violation', CONSTRAINT = 'order_subtotal_equals_lines';
    END IF;
    RETURN NULL;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("orders", "0002_numbers_and_totals")]

    operations = [migrations.RunSQL(CHECK, migrations.RunSQL.noop)]
