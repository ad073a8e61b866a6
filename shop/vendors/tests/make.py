"""Vendors for tests."""

import itertools

from shop.accounts.models import User
from shop.vendors.models import Vendor, VendorMember

_numbers = itertools.count(1)


def make_vendor(
    name: str | None = None,
    *,
    owner: User | None = None,
    status: Vendor.Status = Vendor.Status.APPROVED,
) -> Vendor:
    """An approved vendor, with `owner` as its owner."""
    number = next(_numbers)
    name = name or f"Vendor {number}"
    slug = name.lower().replace(" ", "-")
    vendor = Vendor.objects.create(name=name, slug=slug, status=status)
    if owner is not None:
        VendorMember.objects.create(vendor=vendor, user=owner, role=VendorMember.Role.OWNER)
    return vendor
