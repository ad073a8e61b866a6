"""A new shop has one warehouse."""

from django.db import migrations


def make_warehouse(apps, schema_editor):
    apps.get_model("inventory", "Warehouse").objects.get_or_create(
        is_default=True, defaults={"name": "Main warehouse", "code": "main"}
    )


def drop_warehouse(apps, schema_editor):
    apps.get_model("inventory", "Warehouse").objects.filter(is_default=True).delete()


class Migration(migrations.Migration):
    dependencies = [("inventory", "0001_first_tables")]

    operations = [migrations.RunPython(make_warehouse, drop_warehouse)]
