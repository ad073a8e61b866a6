import shop.core.money
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("payments", "0002_refund_restock")]

    operations = [
        migrations.AddField(
            model_name="payment",
            name="captured_amount",
            field=shop.core.money.MoneyField(
                db_default=0, default=0, help_text="What really arrived."
            ),
        ),
        migrations.AddField(
            model_name="payment",
            name="captured_currency",
            field=models.CharField(blank=True, db_default="", max_length=3),
        ),
    ]
