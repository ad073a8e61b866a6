from django.db import migrations

from shop.core.walls import VENDOR, protect

OWN_VARIANT = (
    "EXISTS (SELECT FROM products_variant AS sort JOIN products_product AS owned"
    " ON owned.id = sort.product_id"
    f" WHERE sort.id = variant_id AND owned.vendor_id = {VENDOR})"
)
OWN_LEVEL = (
    "EXISTS (SELECT FROM inventory_stocklevel AS kept"
    " JOIN products_variant AS sort ON sort.id = kept.variant_id"
    " JOIN products_product AS owned ON owned.id = sort.product_id"
    f" WHERE kept.id = level_id AND owned.vendor_id = {VENDOR})"
)


class Migration(migrations.Migration):
    dependencies = [
        ("inventory", "0004_drop_duplicate_index"),
        ("products", "0004_wall"),
        ("core", "0005_vendor_role"),
    ]

    operations = [
        # Its own ones and the shop's, where its goods may lie too.
        protect("inventory_warehouse", f"vendor_id IS NULL OR vendor_id = {VENDOR}"),
        protect("inventory_stocklevel", OWN_VARIANT),
        protect("inventory_stockmovement", OWN_LEVEL),
    ]
