"""How a vendor begins: somebody applies, staff enter one, or it is the shop's own."""

from collections.abc import Mapping
from typing import Any

from shop.accounts import querysets as accounts
from shop.accounts.models import User
from shop.core.events import publish
from shop.core.transactions import atomic, retry_on_conflict
from shop.vendors import payout_details as payouts
from shop.vendors import states
from shop.vendors.errors import IllegalStatusChange, RoleTooLow, TooManyApplications
from shop.vendors.events import VendorApplied
from shop.vendors.models import Vendor, VendorMember
from shop.vendors.services.audit_trail import note_change
from shop.vendors.services.holding import hold_vendor, is_owner
from shop.vendors.services.naming import slug_of, taken_names, tidy_name

# Of one person, until staff have decided about one of them.
MOST_APPLICATIONS = 5


@retry_on_conflict
@atomic
def apply_as_vendor(
    *,
    user: User,
    name: str,
    description: str = "",
    contact_email: str = "",
    contact_phone: str = "",
    country: str = "",
    payout_method: str = Vendor.PayoutMethod.MANUAL,
    payout_details: Mapping[str, Any] | None = None,
) -> Vendor:
    """A new vendor that waits for staff to decide, with `user` as its owner.

    Raises `NameTaken`, `NameNotAcceptable`, `PayoutDetailsNotValid`, `TooManyApplications`.
    """
    # One person's applications wait for each other, so that they can be counted.
    accounts.locked(user)
    waiting = Vendor.objects.filter(
        status=Vendor.Status.PENDING, members__user=user, members__role=VendorMember.Role.OWNER
    )
    if waiting.count() >= MOST_APPLICATIONS:
        raise TooManyApplications
    vendor = _insert(
        name,
        description=description,
        contact_email=contact_email,
        contact_phone=contact_phone,
        country=country,
        payout_method=payout_method,
        payout_details=payouts.checked(payout_method, payout_details or {}),
    )
    VendorMember.objects.create(vendor=vendor, user=user, role=VendorMember.Role.OWNER)
    note_change(vendor=vendor, kind="applied", actor=user)
    publish(VendorApplied(vendor_id=vendor.pk))
    return vendor


@retry_on_conflict
@atomic
def add_vendor(*, name: str, actor: User, fields: Mapping[str, str] | None = None) -> Vendor:
    """A vendor that staff enter by hand: pending, and nobody's until they add its owner.

    `fields` are those that `apply_as_vendor` takes, but for payouts: its owners say where to.
    Raises `NameTaken`, `NameNotAcceptable`.
    """
    vendor = _insert(name, **(fields or {}))
    note_change(vendor=vendor, kind="added", actor=actor)
    return vendor


@retry_on_conflict
@atomic
def reapply(*, vendor: Vendor, actor: User, reason: str = "") -> Vendor:
    """An owner of a rejected vendor asks once more; `reason` is what is different now.

    Raises `RoleTooLow`, `IllegalStatusChange`.
    """
    held = hold_vendor(vendor.pk)
    if not is_owner(vendor=held, user=actor):
        raise RoleTooLow
    if not states.may_move(held, Vendor.Status.PENDING):
        raise IllegalStatusChange
    held.status, held.status_reason = Vendor.Status.PENDING, ""
    held.save(update_fields=["status", "status_reason", "updated_at"])
    note_change(vendor=held, kind="applied_again", actor=actor, reason=reason)
    publish(VendorApplied(vendor_id=held.pk))
    return held


@atomic
def house_vendor() -> Vendor:
    """The vendor of the platform's own goods; made when it is not there."""
    vendor, _ = Vendor.objects.get_or_create(
        is_house=True,
        defaults={"name": "House", "slug": "house", "status": Vendor.Status.APPROVED},
    )
    return vendor


def _insert(name: str, **fields: Any) -> Vendor:
    name = tidy_name(name)
    with taken_names():
        return Vendor.objects.create(name=name, slug=slug_of(name), **fields)
