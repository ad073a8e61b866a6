from django.db import migrations, models
from django.db.models import F, Q

FILL = "UPDATE payments_payment SET captured_amount = amount WHERE paid_at IS NOT NULL"


class Migration(migrations.Migration):
    dependencies = [("payments", "0003_stripe")]

    operations = [
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
        migrations.RemoveConstraint("payment", "payment_refunds_within_amount"),
        migrations.AddConstraint(
            "payment",
            models.CheckConstraint(
                condition=Q(amount__gte=0)
                & Q(refunded_amount__gte=0)
                & Q(refunded_amount__lte=F("captured_amount")),
                name="payment_refunds_within_captured",
            ),
        ),
    ]
