"""What happened to vendors. Each fires once, with the commit of the change."""

from dataclasses import dataclass
from typing import ClassVar

from shop.core.events import Event


@dataclass(frozen=True, kw_only=True)
class VendorEvent(Event):
    vendor_id: int


@dataclass(frozen=True, kw_only=True)
class VendorApplied(VendorEvent):
    """Somebody wants to sell here, or asks once more; staff decide."""

    name: ClassVar[str] = "vendor.applied"


@dataclass(frozen=True, kw_only=True)
class VendorApproved(VendorEvent):
    """It may sell: for the first time, or again."""

    name: ClassVar[str] = "vendor.approved"


@dataclass(frozen=True, kw_only=True)
class VendorRejected(VendorEvent):
    """Staff declined its application, and said why."""

    name: ClassVar[str] = "vendor.rejected"


@dataclass(frozen=True, kw_only=True)
class VendorSuspended(VendorEvent):
    """Its goods are gone from the shop; its open orders go on."""

    name: ClassVar[str] = "vendor.suspended"


@dataclass(frozen=True, kw_only=True)
class MemberInvited(VendorEvent):
    """Somebody is asked by mail to act for it."""

    name: ClassVar[str] = "vendor.member_invited"
    invitation_id: int


@dataclass(frozen=True, kw_only=True)
class OwnerMissing(VendorEvent):
    """The account of its last owner was erased; staff add another, or suspend it."""

    name: ClassVar[str] = "vendor.owner_missing"
