from django.db import migrations, models
from django.db.models import F, Q


class Migration(migrations.Migration):
    dependencies = [("orders", "0005_dispute_flag")]

    operations = [
        migrations.AddField(
            model_name="orderitem",
            name="refunded_quantity",
            field=models.PositiveIntegerField(
                db_default=0, default=0, help_text="How many were given back, or will be."
            ),
        ),
        migrations.AddConstraint(
            model_name="orderitem",
            constraint=models.CheckConstraint(
                condition=Q(refunded_quantity__gte=0) & Q(refunded_quantity__lte=F("quantity")),
                name="order_item_refunded_within_quantity",
            ),
        ),
    ]
