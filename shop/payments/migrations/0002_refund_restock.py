from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("payments", "0001_first_tables")]

    operations = [
        migrations.AddField(
            model_name="refund",
            name="restock",
            field=models.BooleanField(default=False, help_text="The goods come back to the shelf."),
        ),
    ]
