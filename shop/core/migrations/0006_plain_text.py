"""What searches for names compare: see `shop.core.searching`.

Both extensions are trusted: whoever may create objects in the database may create them.
"""

from django.contrib.postgres.operations import TrigramExtension, UnaccentExtension
from django.db import migrations

from shop.core.searching import CREATE, DROP


class Migration(migrations.Migration):
    dependencies = [("core", "0005_vendor_role")]

    operations = [
        TrigramExtension(),
        UnaccentExtension(),
        migrations.RunSQL([CREATE], DROP),
    ]
