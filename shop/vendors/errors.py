"""Why somebody may not act for a vendor, or a vendor is not changed."""

from shop.core.errors import Conflict, Invalid, NotAllowed, NotFound


class VendorNotNamed(Invalid):
    code = "vendor_required"
    detail = "You act for several vendors: name one in the header X-Vendor."


class NoSuchVendor(NotFound):
    detail = "You act for no such vendor."


class NotAVendor(NotAllowed):
    code = "not_a_vendor"
    detail = "You act for no vendor."


class VendorNotApproved(NotAllowed):
    code = "vendor_not_approved"
    detail = "This vendor is not approved."


class VendorSuspended(NotAllowed):
    code = "vendor_suspended"
    detail = "This vendor is suspended; the shop's staff go on with its open orders."


class RoleTooLow(NotAllowed):
    code = "role_too_low"
    detail = "Your role in this vendor does not permit it."


class NameTaken(Conflict):
    code = "name_taken"
    detail = "There is a vendor of this name."

    def __init__(self) -> None:
        super().__init__(attr="name")


class NameNotAcceptable(Invalid):
    detail = "A name has letters or digits, and at most 100 signs."

    def __init__(self) -> None:
        super().__init__(attr="name")


class TooManyApplications(Conflict):
    code = "too_many_applications"
    detail = "Wait until the shop's staff have decided about your other applications."


class IllegalStatusChange(Conflict):
    code = "illegal_move"
    detail = "The vendor's status does not allow this."


class ReasonMissing(Invalid):
    code = "required"
    detail = "Say why."

    def __init__(self) -> None:
        super().__init__(attr="reason")


class PayoutDetailsNotValid(Invalid):
    """`attr` names the part that is wrong, such as "payout_details.iban"."""

    code = "invalid_payout_details"
    detail = "This is not a valid IBAN."


class AlreadyMember(Conflict):
    code = "already_member"
    detail = "This person acts for the vendor already."


class AlreadyInvited(Conflict):
    code = "already_invited"
    detail = "An invitation to this address is open: revoke it first."

    def __init__(self) -> None:
        super().__init__(attr="email")


class InvitationNotValid(Invalid):
    code = "invitation_not_valid"
    detail = "The invitation is wrong, expired, revoked or was used. Ask for a new one."

    def __init__(self) -> None:
        super().__init__(attr="token")


class InvitationClosed(Conflict):
    code = "invitation_closed"
    detail = "The invitation was used or revoked before."


class NotTheInvited(NotAllowed):
    code = "not_the_invited"
    detail = "The invitation is for another e-mail address than your account's."


class OwnRole(NotAllowed):
    code = "own_role"
    detail = "Nobody changes their own role: ask another owner."


class LastOwner(Conflict):
    code = "last_owner"
    detail = "A vendor keeps at least one owner: make somebody else one first."
