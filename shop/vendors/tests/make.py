"""Vendors for tests."""

import itertools

from shop.accounts.models import User
from shop.accounts.tests.make import make_user
from shop.vendors.models import Vendor, VendorMember

_numbers = itertools.count(1)

APPLICATION = {
    "name": "Vera's Vases",
    "description": "Hand-thrown stoneware.",
    "contact_email": "vera@example.test",
    "contact_phone": "+4930901820",
    "country": "DE",
    "payout_method": "manual",
    "payout_details": {"account_holder": "Vera Vogel", "iban": "DE89370400440532013000"},
}


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
        make_member(vendor, user=owner, role=VendorMember.Role.OWNER)
    return vendor


def make_member(
    vendor: Vendor,
    *,
    role: VendorMember.Role = VendorMember.Role.MANAGER,
    user: User | None = None,
) -> VendorMember:
    """Somebody who acts for `vendor`, a new person unless `user` is given."""
    return VendorMember.objects.create(vendor=vendor, user=user or make_user(), role=role)
