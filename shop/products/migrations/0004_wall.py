from django.db import migrations

from shop.core.walls import VENDOR, protect

OWN = (
    "EXISTS (SELECT FROM products_product AS owned"
    f" WHERE owned.id = product_id AND owned.vendor_id = {VENDOR})"
)


class Migration(migrations.Migration):
    dependencies = [("products", "0003_drop_duplicate_index"), ("core", "0005_vendor_role")]

    operations = [
        protect("products_category", "true"),
        protect("products_product", f"vendor_id = {VENDOR}"),
        protect("products_variant", OWN),
        protect("products_productimage", OWN),
    ]
