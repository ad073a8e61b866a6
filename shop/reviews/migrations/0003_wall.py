from django.db import migrations

from shop.core.walls import VENDOR, protect


class Migration(migrations.Migration):
    dependencies = [("reviews", "0002_drop_duplicate_index"), ("core", "0005_vendor_role")]

    operations = [
        protect(
            "reviews_review",
            "EXISTS (SELECT FROM products_product AS owned"
            f" WHERE owned.id = product_id AND owned.vendor_id = {VENDOR})",
        ),
    ]
