from django.db import migrations

from shop.core.walls import VENDOR, protect


class Migration(migrations.Migration):
    dependencies = [("commissions", "0001_rules"), ("core", "0005_vendor_role")]

    operations = [protect("commissions_commissionrule", f"vendor_id = {VENDOR}")]
