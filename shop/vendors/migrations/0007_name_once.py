import django.db.models.functions.text
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("vendors", "0006_one_name_each")]

    operations = [
        migrations.AddConstraint(
            model_name="vendor",
            constraint=models.UniqueConstraint(
                django.db.models.functions.text.Lower("name"), name="vendor_name_once"
            ),
        ),
    ]
