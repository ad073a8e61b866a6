"""Asking people by e-mail to act for a vendor."""

from datetime import timedelta

from django.db.models.functions import Now

from shop.accounts import querysets as accounts
from shop.accounts.models import User, normalize_email
from shop.core.errors import NotFound
from shop.core.events import publish
from shop.core.pruning import delete_in_pieces
from shop.core.transactions import atomic, retry_on_conflict
from shop.vendors import invitation_tokens, limits
from shop.vendors.errors import (
    AlreadyInvited,
    AlreadyMember,
    InvitationClosed,
    InvitationNotValid,
    NotTheInvited,
)
from shop.vendors.events import MemberInvited
from shop.vendors.models import Vendor, VendorInvitation, VendorMember
from shop.vendors.services.audit_trail import note_change
from shop.vendors.services.holding import check_approved, check_decides, decides, hold_vendor
from shop.vendors.services.members import enter_member

LIFETIME = timedelta(days=7)
# How long the addresses of people who never came are kept; the trail names invitations by ids.
KEEP = timedelta(days=30)


@retry_on_conflict
@atomic
def invite_member(*, vendor: Vendor, email: str, role: str, actor: User) -> VendorInvitation:
    """Mail `email` an invitation for 7 days; one that has expired makes room for it.

    Raises `RoleTooLow`, `VendorSuspended`, `AlreadyMember`, `AlreadyInvited`, `TooManyRequests`.
    """
    email = normalize_email(email)
    held = hold_vendor(vendor.pk)
    check_decides(vendor=held, actor=actor)
    if held.members.filter(user__email=email).exists():
        raise AlreadyMember(attr="email")
    _make_room(held, email)
    limits.INVITATIONS_OF_VENDOR.count(str(held.pk))
    limits.INVITATIONS_TO_ADDRESS.count(email)
    invitation = VendorInvitation.objects.create(
        vendor=held, email=email, role=role, invited_by=actor, expires_at=Now() + LIFETIME
    )
    invitation.refresh_from_db(fields=["expires_at", "created_at"])
    details = {"invitation": invitation.pk, "role": role}
    note_change(vendor=held, kind="member_invited", actor=actor, details=details)
    publish(MemberInvited(vendor_id=held.pk, invitation_id=invitation.pk))
    return invitation


@retry_on_conflict
@atomic
def accept_invitation(*, token: str, user: User) -> VendorMember:
    """Begin to act for the vendor of the invitation that was mailed to the user's own address.

    Raises `InvitationNotValid`, `NotTheInvited`, `AlreadyMember`, `VendorSuspended`,
    `VendorNotApproved`.
    """
    invitation_id, email = invitation_tokens.read(token)
    person = accounts.locked(user)
    # The vendor first, as everywhere: its row says in which order things are changed.
    named = VendorInvitation.objects.filter(pk=invitation_id, email=email).first()
    if named is None:
        raise InvitationNotValid
    if email != person.email:
        raise NotTheInvited
    vendor = hold_vendor(named.vendor_id)
    check_approved(vendor)
    # Who lost the right to decide leaves no door open behind them.
    if not decides(vendor=vendor, user=named.invited_by):
        raise InvitationNotValid
    open_one = VendorInvitation.objects.filter(
        pk=named.pk, accepted_at=None, revoked_at=None, expires_at__gt=Now()
    )
    if not open_one.update(accepted_at=Now()):
        raise InvitationNotValid
    return enter_member(
        vendor=vendor, user=person, role=named.role, actor=person, invitation_id=named.pk
    )


@retry_on_conflict
@atomic
def revoke_invitation(*, invitation: VendorInvitation, actor: User) -> None:
    """Its token is worth nothing from now on; for owners, and staff.

    Raises `RoleTooLow`, `VendorSuspended`, `InvitationClosed`, `NotFound`.
    """
    vendor = hold_vendor(invitation.vendor_id)
    check_decides(vendor=vendor, actor=actor)
    row = VendorInvitation.objects.filter(pk=invitation.pk)
    if not row.exists():
        raise NotFound
    if not row.filter(accepted_at=None, revoked_at=None).update(revoked_at=Now()):
        raise InvitationClosed
    details = {"invitation": invitation.pk, "role": invitation.role}
    note_change(vendor=vendor, kind="invitation_revoked", actor=actor, details=details)


def prune_invitations() -> int:
    """Delete those that ended long ago and that nobody accepted; returns how many."""
    ended = VendorInvitation.objects.filter(accepted_at=None, expires_at__lt=Now() - KEEP)
    return delete_in_pieces(ended)


def _make_room(vendor: Vendor, email: str) -> None:
    """Close the invitation of this address that has expired; one that is open is a refusal."""
    to_address = vendor.invitations.filter(email=email, accepted_at=None, revoked_at=None)
    to_address.filter(expires_at__lte=Now()).update(revoked_at=Now())
    if to_address.exists():
        raise AlreadyInvited
