import django.db.models.deletion
from django.db import migrations, models

from shop.core.append_only import append_only
from shop.core.walls import VENDOR, protect


class Migration(migrations.Migration):
    dependencies = [("orders", "0008_parts_of_earlier_orders"), ("core", "0005_vendor_role")]

    operations = [
        migrations.AlterField(
            model_name="orderitem",
            name="vendor_order",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="items",
                to="orders.vendororder",
            ),
        ),
        append_only("orders_vendororderstatuschange"),
        protect("orders_vendororder", f"vendor_id = {VENDOR}"),
        protect("orders_orderitem", f"vendor_id = {VENDOR}"),
        protect(
            "orders_vendororderstatuschange",
            "EXISTS (SELECT FROM orders_vendororder AS part"
            f" WHERE part.id = vendor_order_id AND part.vendor_id = {VENDOR})",
        ),
        protect(
            "orders_order",
            "EXISTS (SELECT FROM orders_vendororder AS part"
            f" WHERE part.order_id = orders_order.id AND part.vendor_id = {VENDOR})",
        ),
    ]
