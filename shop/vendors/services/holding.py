"""One change of a vendor at a time, and who may make it."""

from shop.accounts.models import User
from shop.core.errors import NotFound
from shop.vendors.errors import RoleTooLow, VendorNotApproved, VendorSuspended
from shop.vendors.models import Vendor, VendorMember

DECIDES = "vendors.change_vendor"


def hold_vendor(vendor_id: int) -> Vendor:
    """The vendor as it is now, kept from other changes until the transaction ends.

    Raises `NotFound`. New goods and orders of it do not wait.
    """
    vendor = Vendor.objects.select_for_update(no_key=True).filter(pk=vendor_id).first()
    if vendor is None:
        raise NotFound
    return vendor


def is_staff_for_vendors(user: User) -> bool:
    """Whether `user` is of the staff who decide about vendors."""
    return user.is_staff and user.has_perm(DECIDES)


def is_owner(*, vendor: Vendor, user: User) -> bool:
    """Whether `user` is one of the vendor's owners at this moment."""
    return vendor.members.filter(user=user, role=VendorMember.Role.OWNER).exists()


def decides(*, vendor: Vendor, user: User) -> bool:
    """Whether `user` is an owner, or of the staff who decide about vendors."""
    return is_owner(vendor=vendor, user=user) or is_staff_for_vendors(user)


def check_decides(*, vendor: Vendor, actor: User) -> None:
    """Raises `RoleTooLow` unless `actor` is an owner, or of the staff who decide about vendors,
    and `VendorSuspended` for the owners of one that is suspended."""
    if is_owner(vendor=vendor, user=actor):
        if vendor.status == Vendor.Status.SUSPENDED and not is_staff_for_vendors(actor):
            raise VendorSuspended
    elif not is_staff_for_vendors(actor):
        raise RoleTooLow


def check_approved(vendor: Vendor) -> None:
    """Raises `VendorSuspended` or `VendorNotApproved`."""
    if vendor.status == Vendor.Status.SUSPENDED:
        raise VendorSuspended
    if vendor.status != Vendor.Status.APPROVED:
        raise VendorNotApproved
