"""What a vendor's members read of it, and what they cannot read of others."""

from django.db import migrations

from shop.core.append_only import append_only
from shop.core.walls import VENDOR, protect


class Migration(migrations.Migration):
    dependencies = [
        ("vendors", "0004_applications_and_payouts"),
        ("core", "0005_vendor_role"),
    ]

    operations = [
        append_only("vendors_vendorchange"),
        protect("vendors_vendor", f"id = {VENDOR}"),
        protect("vendors_vendormember", f"vendor_id = {VENDOR}"),
        protect("vendors_vendorinvitation", f"vendor_id = {VENDOR}"),
        protect("vendors_vendorchange", f"vendor_id = {VENDOR}"),
        # The names and addresses of its members, of nobody else.
        protect(
            "accounts_user",
            "EXISTS (SELECT FROM vendors_vendormember AS colleague"
            f" WHERE colleague.user_id = accounts_user.id AND colleague.vendor_id = {VENDOR})",
        ),
    ]
