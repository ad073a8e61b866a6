"""What the refund said of all its goods, each of its lines says of its own."""

from django.db import migrations

FILL = """
UPDATE payments_refunditem AS part SET restock = TRUE
FROM payments_refund AS refund
WHERE refund.id = part.refund_id AND refund.restock
"""


class Migration(migrations.Migration):
    dependencies = [("payments", "0011_restock_by_line")]

    operations = [migrations.RunSQL(FILL, "UPDATE payments_refunditem SET restock = FALSE")]
