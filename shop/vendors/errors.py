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


class IllegalStatusChange(Conflict):
    code = "illegal_move"
    detail = "The vendor's status does not allow this."
