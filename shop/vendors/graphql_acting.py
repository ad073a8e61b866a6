"""For which vendor a GraphQL request acts: as in REST, by the header `X-Vendor`."""

from dataclasses import dataclass
from typing import Any

import strawberry

from shop.accounts.graphql import caller
from shop.core import walls
from shop.core.graphql.connections import Rows
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


@dataclass(frozen=True)
class RowsBehindWall:
    """`rows` for a connection, counted and read as the vendor: see `VendorView.page_of`."""

    rows: Rows
    vendor_id: int

    def count(self) -> int:
        with walls.behind(self.vendor_id):
            return self.rows.count()

    def __getitem__(self, page: slice, /) -> list[Any]:
        with walls.behind(self.vendor_id):
            return list(self.rows[page])
