"""The platform's own goods need a vendor from the first day."""

from django.db import migrations


def make_house_vendor(apps, schema_editor):
    apps.get_model("vendors", "Vendor").objects.get_or_create(
        is_house=True, defaults={"name": "House", "slug": "house", "status": "approved"}
    )


def drop_house_vendor(apps, schema_editor):
    apps.get_model("vendors", "Vendor").objects.filter(is_house=True).delete()


class Migration(migrations.Migration):
    dependencies = [("vendors", "0001_first_tables")]

    operations = [migrations.RunPython(make_house_vendor, drop_house_vendor)]
