"""Who acts for which vendor in a request to `/api/vendor/`.

Somebody who acts for one vendor names none; who acts for several names one, by slug or id, in
the header `X-Vendor`. Every view of the vendors' back office stands on `VendorView`.
"""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from typing import Any, ClassVar, cast

from django.db.models import QuerySet
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response

from shop.accounts.models import User
from shop.core import walls
from shop.core.once_per_key import OncePerKey
from shop.vendors import querysets
from shop.vendors.errors import RoleTooLow
from shop.vendors.models import Vendor, VendorMember

HEADER = "X-Vendor"
Role = VendorMember.Role

# From the least to the greatest; each may what those before it may.
_RANKS: Mapping[str, int] = {Role.FULFILLER: 0, Role.MANAGER: 1, Role.OWNER: 2}


def acting_membership(request: Request, least: Role) -> VendorMember:
    """For whom the caller of `request` acts, with a role of at least `least`.

    Raises what `VendorView` lists.
    """
    user = cast("User", request.user)
    membership = querysets.acting_membership(user, request.headers.get(HEADER))
    if _RANKS[membership.role] < _RANKS[least]:
        raise RoleTooLow
    return membership


class ActsForVendor(IsAuthenticated):
    """Somebody who is signed in; for which vendor, `VendorView` finds out."""


class VendorView(OncePerKey):
    """A view of one vendor's own things, for its members.

    `least_role` says which role each action needs; what it does not name needs a manager.
    Raises `VendorNotNamed` (400), `NotAVendor`, `VendorNotApproved`, `VendorSuspended`,
    `RoleTooLow` (403), `NoSuchVendor` (404).
    """

    permission_classes = [ActsForVendor]
    headers_of_content = (HEADER,)
    documented_headers = (
        OpenApiParameter(
            HEADER,
            OpenApiTypes.STR,
            OpenApiParameter.HEADER,
            description="The vendor's slug or id; needed by those who act for several.",
        ),
    )
    least_role: ClassVar[Mapping[str, Role]] = {}

    membership: VendorMember
    action: Any

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        if self.action is None:
            return  # a method that the view does not have, answered by 405
        needed = self.least_role.get(self.action, Role.MANAGER)
        self.membership = acting_membership(request, needed)

    @property
    def user(self) -> User:
        return cast("User", self.request.user)

    @property
    def vendor(self) -> Vendor:
        return self.membership.vendor

    def behind_wall(self) -> AbstractContextManager[None]:
        """Read in here, so that rows of other vendors are not there at all."""
        return walls.behind(self.membership.vendor_id)

    def page_of(
        self, rows: QuerySet[Any] | Any, as_json: Callable[[Any], Any] = lambda row: row
    ) -> Response:
        """One page of `rows`, read behind the wall."""
        with self.behind_wall():
            page = [as_json(row) for row in self.paginate_queryset(rows)]  # type: ignore[attr-defined]
        return cast("Response", self.get_paginated_response(page))  # type: ignore[attr-defined]
