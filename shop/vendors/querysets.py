"""Reads of vendors, and who acts for which."""

from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet

from shop.accounts.models import User
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
