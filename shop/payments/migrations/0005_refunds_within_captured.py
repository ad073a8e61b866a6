from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("payments", "0004_captured_amounts")]

    operations = [
        migrations.RemoveConstraint(
            model_name='payment',
            name='payment_refunds_within_amount',
        ),
        migrations.AddConstraint(
            model_name='payment',
            constraint=models.CheckConstraint(condition=models.Q(('amount__gte', 0), ('refunded_amount__gte', 0), ('refunded_amount__lte', models.F('captured_amount'))), name='payment_refunds_within_captured'),
        ),
    ]
