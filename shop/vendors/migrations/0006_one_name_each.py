"""Names were free before: of vendors with one name, the later ones get their number behind it."""

from django.db import migrations

RENAME = """
    UPDATE vendors_vendor AS vendor
    SET name = left(vendor.name, 79) || ' ' || vendor.id
    WHERE EXISTS (
        SELECT FROM vendors_vendor AS earlier
        WHERE lower(earlier.name) = lower(vendor.name) AND earlier.id < vendor.id
    )
"""


class Migration(migrations.Migration):
    dependencies = [("vendors", "0005_wall")]

    operations = [migrations.RunSQL(RENAME, migrations.RunSQL.noop)]
