"""What was given back of a vendor's lines; how it was paid is between the shop and the buyer."""

from django.db import migrations

from shop.core.walls import VENDOR, protect


class Migration(migrations.Migration):
    dependencies = [
        ("payments", "0009_staff_see_refund_lines"),
        ("orders", "0009_parts_are_needed"),
        ("core", "0005_vendor_role"),
    ]

    operations = [
        protect(
            "payments_refunditem",
            "EXISTS (SELECT FROM orders_orderitem AS line"
            f" WHERE line.id = order_item_id AND line.vendor_id = {VENDOR})",
        ),
        protect(
            "payments_refund",
            "EXISTS (SELECT FROM payments_refunditem AS goods"
            " JOIN orders_orderitem AS line ON line.id = goods.order_item_id"
            f" WHERE goods.refund_id = payments_refund.id AND line.vendor_id = {VENDOR})",
        ),
    ]
