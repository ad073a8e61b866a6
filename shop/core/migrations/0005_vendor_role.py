"""The role that sellers read as: see `shop.core.walls`. It belongs to the whole server.

Databases of one server share it, and may be migrated at the same time.
"""

from django.db import migrations

from shop.core.walls import GRANT_ROLE


class Migration(migrations.Migration):
    dependencies = [("core", "0004_idempotency_keys")]

    operations = [migrations.RunSQL(GRANT_ROLE, migrations.RunSQL.noop)]
