"""What the API says of vendors."""

from rest_framework import serializers

from shop.vendors.models import Vendor


class VendorOutput(serializers.ModelSerializer[Vendor]):
    class Meta:
        model = Vendor
        fields = ["id", "name", "slug", "description", "created_at"]
