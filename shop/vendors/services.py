"""Changes of vendors. Applying and approving belong to the vendors' back office."""

from shop.core.transactions import atomic
from shop.vendors.models import Vendor


@atomic
def house_vendor() -> Vendor:
    """The vendor of the platform's own goods; made when it is not there."""
    vendor, _ = Vendor.objects.get_or_create(
        is_house=True,
        defaults={"name": "House", "slug": "house", "status": Vendor.Status.APPROVED},
    )
    return vendor
