"""Every action on vendors. Use: `from shop.vendors import services as vendors`."""

from shop.vendors.services.applying import (
    add_vendor,
    apply_as_vendor,
    house_vendor,
    reapply,
)
from shop.vendors.services.audit_trail import note_change
from shop.vendors.services.deciding import approve_vendor, reject_vendor, suspend_vendor
from shop.vendors.services.holding import hold_vendor
from shop.vendors.services.inviting import (
    accept_invitation,
    invite_member,
    prune_invitations,
    revoke_invitation,
)
from shop.vendors.services.members import add_member, change_role, forget_person, remove_member
from shop.vendors.services.profile import change_vendor, set_logo

__all__ = [
    "accept_invitation",
    "add_member",
    "add_vendor",
    "apply_as_vendor",
    "approve_vendor",
    "change_role",
    "change_vendor",
    "forget_person",
    "hold_vendor",
    "house_vendor",
    "invite_member",
    "note_change",
    "prune_invitations",
    "reapply",
    "reject_vendor",
    "remove_member",
    "revoke_invitation",
    "set_logo",
    "suspend_vendor",
]
