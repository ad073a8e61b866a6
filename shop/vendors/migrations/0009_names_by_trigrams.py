from django.db import migrations

from shop.core.searching import by_trigrams


class Migration(migrations.Migration):
    dependencies = [("core", "0006_plain_text"), ("vendors", "0008_vendor_managers")]

    operations = [
        migrations.AddIndex(
            model_name="vendor", index=by_trigrams("name", name="vendor_name_trigrams")
        ),
    ]
