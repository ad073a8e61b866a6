from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("orders", "0004_drop_duplicate_index")]

    operations: list[object] = []
