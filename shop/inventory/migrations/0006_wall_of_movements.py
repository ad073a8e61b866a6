"""Whose goods moved is asked once for a statement, and leads to their movements by the index.

Asked of each movement it took 27 µs, and a level has many of them. As `IN (SELECT …)` it would
be a filter only, for which PostgreSQL reads the movements of the whole shop.
"""

from django.db import migrations

from shop.core.walls import VENDOR

LEVEL_BY_LEVEL = (
    "EXISTS (SELECT FROM inventory_stocklevel AS kept"
    " JOIN products_variant AS sort ON sort.id = kept.variant_id"
    " JOIN products_product AS owned ON owned.id = sort.product_id"
    f" WHERE kept.id = level_id AND owned.vendor_id = {VENDOR})"
)
ALL_OWN_LEVELS = (
    "level_id = ANY (ARRAY(SELECT kept.id FROM products_product AS owned"
    " JOIN products_variant AS sort ON sort.product_id = owned.id"
    " JOIN inventory_stocklevel AS kept ON kept.variant_id = sort.id"
    f" WHERE owned.vendor_id = {VENDOR}))"
)


def policy(condition):
    return f"ALTER POLICY wall ON inventory_stockmovement USING ({condition})"


class Migration(migrations.Migration):
    dependencies = [("inventory", "0005_wall")]

    operations = [migrations.RunSQL(policy(ALL_OWN_LEVELS), policy(LEVEL_BY_LEVEL))]
