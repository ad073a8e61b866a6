"""For which vendor a GraphQL request acts: as in REST, by the header `X-Vendor`."""

import strawberry

from shop.accounts.graphql import caller
from shop.vendors.acting import Role, acting_membership
from shop.vendors.models import VendorMember


def acting(info: strawberry.Info, least: Role = Role.MANAGER) -> VendorMember:
    """For whom the caller acts; looked up once in a request, and held to each field's `least`.

    Raises `NotAuthenticated`, and what `VendorView` lists.
    """
    caller(info)
    remembered = info.context.remembered
    asked = ("vendors.acting", least)
    if asked not in remembered:
        remembered[asked] = acting_membership(info.context.request, least)
    membership: VendorMember = remembered[asked]
    return membership
