"""Changes of vendors. Applying and approving belong to the vendors' back office."""

from collections.abc import Mapping
from typing import Any

from shop.accounts.models import User
from shop.core.transactions import atomic
from shop.vendors.models import Vendor, VendorChange


@atomic
def house_vendor() -> Vendor:
    """The vendor of the platform's own goods; made when it is not there."""
    vendor, _ = Vendor.objects.get_or_create(
        is_house=True,
        defaults={"name": "House", "slug": "house", "status": Vendor.Status.APPROVED},
    )
    return vendor


def note_change(
    *,
    vendor: Vendor,
    kind: str,
    actor: User | None,
    reason: str = "",
    details: Mapping[str, Any] | None = None,
) -> None:
    """Write down what was changed of a vendor, in the transaction of the change."""
    VendorChange.objects.create(
        vendor=vendor, kind=kind, actor=actor, reason=reason, details=dict(details or {})
    )
