"""Refunds that are older than the column get the provider of their payment."""

from django.db import migrations

FILL = """
UPDATE payments_refund AS refund SET provider = payment.provider
FROM payments_payment AS payment WHERE payment.id = refund.payment_id
"""


class Migration(migrations.Migration):
    dependencies = [("payments", "0007_refund_lines")]

    operations = [migrations.RunSQL(FILL, migrations.RunSQL.noop)]
