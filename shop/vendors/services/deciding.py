"""What staff decide about vendors. Every decision is written down, and mailed to the owners."""

from django.utils.translation import gettext as _

from shop.accounts.models import User
from shop.core.events import publish
from shop.core.transactions import atomic, retry_on_conflict
from shop.vendors import states
from shop.vendors.errors import IllegalStatusChange, ReasonMissing
from shop.vendors.events import VendorApproved, VendorEvent, VendorRejected, VendorSuspended
from shop.vendors.models import Vendor
from shop.vendors.services.audit_trail import note_change
from shop.vendors.services.holding import hold_vendor

Status = Vendor.Status

_EVENTS: dict[Status, type[VendorEvent]] = {
    Status.APPROVED: VendorApproved,
    Status.REJECTED: VendorRejected,
    Status.SUSPENDED: VendorSuspended,
}


@retry_on_conflict
@atomic
def approve_vendor(*, vendor: Vendor, actor: User, reason: str = "") -> Vendor:
    """It may sell from now on; also after it was rejected or suspended.

    Raises `IllegalStatusChange` when it may already.
    """
    return _decide(vendor, Status.APPROVED, actor=actor, reason=reason)


@retry_on_conflict
@atomic
def reject_vendor(*, vendor: Vendor, actor: User, reason: str) -> Vendor:
    """Decline an application; its owner reads `reason` and may apply again.

    Raises `ReasonMissing`, `IllegalStatusChange`.
    """
    return _decide(vendor, Status.REJECTED, actor=actor, reason=_given(reason))


@retry_on_conflict
@atomic
def suspend_vendor(*, vendor: Vendor, actor: User, reason: str) -> Vendor:
    """Take its goods from the public and its members from the back office; open orders go on.

    Raises `ReasonMissing`, `IllegalStatusChange`, also for the house vendor.
    """
    return _decide(vendor, Status.SUSPENDED, actor=actor, reason=_given(reason))


def _decide(vendor: Vendor, to: Status, *, actor: User, reason: str) -> Vendor:
    held = hold_vendor(vendor.pk)
    if not states.may_move(held, to):
        detail = _("A vendor that is {status} cannot become {to}.")
        raise IllegalStatusChange(detail.format(status=held.status, to=to))
    before, held.status = held.status, to
    # The owner reads it; what staff note on an approval is for the trail only.
    held.status_reason = "" if to == Status.APPROVED else reason
    held.save(update_fields=["status", "status_reason", "updated_at"])
    note_change(
        vendor=held, kind=str(to.value), actor=actor, reason=reason, details={"before": before}
    )
    publish(_EVENTS[to](vendor_id=held.pk))
    return held


def _given(reason: str) -> str:
    if not reason.strip():
        raise ReasonMissing
    return reason.strip()
