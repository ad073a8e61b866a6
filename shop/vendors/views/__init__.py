"""The REST interface of vendors: their public pages, and their back office."""

from shop.vendors.views.back_office import (
    InvitationViewSet,
    MemberViewSet,
    ProfileViewSet,
)
from shop.vendors.views.memberships import AcceptInvitationView, MembershipsViewSet
from shop.vendors.views.store import VendorViewSet

__all__ = [
    "AcceptInvitationView",
    "InvitationViewSet",
    "MemberViewSet",
    "MembershipsViewSet",
    "ProfileViewSet",
    "VendorViewSet",
]
