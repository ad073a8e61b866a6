from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("payments", "0004_captured_amounts")]

    operations = [
        migrations.RemoveConstraint("payment", "payment_refunds_within_amount"),
        migrations.AddConstraint(
            "payment",
            models.CheckConstraint(
                condition=models.Q(amount__gte=0)
                & models.Q(refunded_amount__gte=0)
                & models.Q(refunded_amount__lte=models.F("captured_amount")),
                name="payment_refunds_within_captured",
            ),
        ),
    ]
