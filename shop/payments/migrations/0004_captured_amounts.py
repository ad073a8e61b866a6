from django.db import migrations

# What was paid before was exactly what had been asked for; anything else was refused.
FILL = """
    UPDATE payments_payment SET captured_amount = amount, captured_currency = currency
    WHERE paid_at IS NOT NULL
"""
EMPTY = "UPDATE payments_payment SET captured_amount = 0, captured_currency = ''"


class Migration(migrations.Migration):
    dependencies = [("payments", "0003_stripe")]

    operations = [migrations.RunSQL(FILL, EMPTY)]
