"""Who acts for a vendor. Each change holds the vendor, so that its last owner stays."""

from shop.accounts.models import User
from shop.core.errors import NotFound
from shop.core.events import publish
from shop.core.transactions import atomic, retry_on_conflict
from shop.vendors.errors import AlreadyMember, LastOwner, OwnRole
from shop.vendors.events import OwnerMissing
from shop.vendors.models import Vendor, VendorChange, VendorInvitation, VendorMember
from shop.vendors.services.audit_trail import note_change
from shop.vendors.services.holding import check_decides, hold_vendor

OWNER = VendorMember.Role.OWNER


@retry_on_conflict
@atomic
def add_member(*, vendor: Vendor, user: User, role: str, actor: User) -> VendorMember:
    """Let `user` act for `vendor`; others than staff invite people instead.

    Raises `RoleTooLow`, `VendorSuspended`, `AlreadyMember`.
    """
    held = hold_vendor(vendor.pk)
    check_decides(vendor=held, actor=actor)
    return enter_member(vendor=held, user=user, role=role, actor=actor)


def enter_member(
    *, vendor: Vendor, user: User, role: str, actor: User, invitation_id: int | None = None
) -> VendorMember:
    """Write the row, for who holds the vendor and has checked the rest. Raises `AlreadyMember`."""
    if vendor.members.filter(user=user).exists():
        raise AlreadyMember
    member = VendorMember.objects.create(vendor=vendor, user=user, role=role)
    details = {"user": user.pk, "role": role}
    if invitation_id is not None:
        details["invitation"] = invitation_id
    note_change(vendor=vendor, kind="member_added", actor=actor, details=details)
    return member


@retry_on_conflict
@atomic
def change_role(*, member: VendorMember, role: str, actor: User) -> VendorMember:
    """Give another one of the vendor's people `role`; for owners, and staff.

    Raises `RoleTooLow`, `OwnRole`, `LastOwner`, `VendorSuspended`, `NotFound`.
    """
    vendor, held = _hold(member)
    check_decides(vendor=vendor, actor=actor)
    if held.user_id == actor.pk:
        raise OwnRole
    if held.role == role:
        return held
    _keep_an_owner(vendor, but=held)
    before, held.role = held.role, role
    held.save(update_fields=["role"])
    details = {"user": held.user_id, "before": before, "after": role}
    note_change(vendor=vendor, kind="role_changed", actor=actor, details=details)
    return held


@retry_on_conflict
@atomic
def remove_member(*, member: VendorMember, actor: User) -> None:
    """Take somebody's rights away: owners and staff everybody's, the others their own.

    Raises `RoleTooLow`, `LastOwner`, `VendorSuspended`, `NotFound`.
    """
    vendor, held = _hold(member)
    if held.user_id != actor.pk:
        check_decides(vendor=vendor, actor=actor)
    _keep_an_owner(vendor, but=held)
    details = {"user": held.user_id, "role": held.role}
    held.delete()
    kind = "member_left" if details["user"] == actor.pk else "member_removed"
    note_change(vendor=vendor, kind=kind, actor=actor, details=details)


@retry_on_conflict
@atomic
def forget_person(*, user_id: int) -> None:
    """After an account was erased: it acts for nobody, and no invitation keeps its address.

    Nobody is kept from leaving: of a vendor whose only owner it was staff are told.
    """
    for member in VendorMember.objects.filter(user_id=user_id).order_by("vendor_id"):
        vendor = hold_vendor(member.vendor_id)
        member.delete()
        details = {"user": user_id, "role": member.role}
        note_change(vendor=vendor, kind="member_erased", actor=None, details=details)
        if member.role == OWNER and not vendor.members.filter(role=OWNER).exists():
            publish(OwnerMissing(vendor_id=vendor.pk))
    # The trail names invitations by their ids; who accepted one wrote that line.
    accepted = VendorChange.objects.filter(actor=user_id, kind="member_added").order_by()
    invitations = accepted.values_list("details__invitation", flat=True)
    VendorInvitation.objects.filter(pk__in=[pk for pk in invitations if pk]).delete()


def _hold(member: VendorMember) -> tuple[Vendor, VendorMember]:
    vendor = hold_vendor(member.vendor_id)
    held = vendor.members.filter(pk=member.pk).first()
    if held is None:
        raise NotFound
    return vendor, held


def _keep_an_owner(vendor: Vendor, *, but: VendorMember) -> None:
    if but.role != OWNER:
        return
    others = vendor.members.filter(role=OWNER, user__is_active=True).exclude(pk=but.pk)
    if not others.exists():
        raise LastOwner
