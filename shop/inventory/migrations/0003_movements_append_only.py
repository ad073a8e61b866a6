from django.db import migrations

from shop.core.append_only import append_only


class Migration(migrations.Migration):
    dependencies = [("core", "0002_append_only"), ("inventory", "0002_main_warehouse")]

    operations = [append_only("inventory_stockmovement")]
