"""Reads of vendors, and who acts for which."""

from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet

from shop.accounts.models import User
from shop.core.references import reference
from shop.vendors.errors import (
    NoSuchVendor,
    NotAVendor,
    VendorNotApproved,
    VendorNotNamed,
    VendorSuspended,
)
from shop.vendors.models import Vendor, VendorMember


def public() -> QuerySet[Vendor]:
    """The vendors that everybody may see: the approved ones, by name."""
    return Vendor.objects.filter(status=Vendor.Status.APPROVED).order_by("name", "id")


def vendors_of(user: User | AnonymousUser) -> QuerySet[Vendor]:
    """The approved vendors that `user` acts for; nobody acts for a suspended one."""
    if not user.is_authenticated:
        return Vendor.objects.none()
    return public().filter(members__user_id=user.pk)


def managers_of(vendor: Vendor) -> list[str]:
    """The addresses of who decides for an approved vendor: its owners and managers."""
    deciding = vendor.members.filter(
        vendor__status=Vendor.Status.APPROVED,
        role__in=[VendorMember.Role.OWNER, VendorMember.Role.MANAGER],
        user__is_active=True,
    )
    return list(deciding.order_by("id").values_list("user__email", flat=True))


def memberships_of(user: User) -> QuerySet[VendorMember]:
    """The user's memberships of approved vendors, each with its vendor."""
    return VendorMember.objects.filter(
        user=user, vendor__status=Vendor.Status.APPROVED
    ).select_related("vendor")


def acting_membership(user: User, named: str | None) -> VendorMember:
    """The membership by which `user` acts: of the vendor `named` (slug or id), else the only one.

    Raises `NoSuchVendor`, `NotAVendor`, `VendorNotNamed`, `VendorSuspended`, `VendorNotApproved`.
    """
    found = VendorMember.objects.filter(user=user).select_related("vendor").order_by("id")
    if named is not None:
        of_vendor = Vendor.objects.filter(reference(named))
        membership = found.filter(vendor__in=of_vendor.order_by()).first()
        if membership is None:
            raise NoSuchVendor
        return _approved(membership)
    mine = list(found)
    if not mine:
        raise NotAVendor
    active = [one for one in mine if one.vendor.status == Vendor.Status.APPROVED]
    if len(active) > 1:
        raise VendorNotNamed
    return _approved((active or mine)[0])


def _approved(membership: VendorMember) -> VendorMember:
    if membership.vendor.status == Vendor.Status.SUSPENDED:
        raise VendorSuspended
    if membership.vendor.status != Vendor.Status.APPROVED:
        raise VendorNotApproved
    return membership
