"""What GraphQL shows of rates of commission, and takes in."""

from datetime import datetime
from typing import Any, cast

import strawberry
from strawberry import UNSET

from shop.accounts.graphql_parts import StaffReference
from shop.cart.graphql import ProductReference
from shop.core.graphql.inputs import global_id
from shop.vendors.graphql import VendorReference

# --- Out --------------------------------------------------------------------------------------


@strawberry.type(description="A category by its name.")
class CategoryReference:
    pk: int
    name: str
    slug: str

    @strawberry.field(description="Of the Category.")
    def id(self) -> strawberry.ID:
        return global_id("Category", cast("Any", self)["id"])


@strawberry.type(description="What the shop keeps of what a vendor sells, as the vendor sees it.")
class VendorCommissionRule:
    pk: int
    category: CategoryReference | None = strawberry.field(
        description="For it and what is below it."
    )
    product: ProductReference | None = strawberry.field(
        description="For it alone. Both null: for all that the vendor sells."
    )
    percent: str = strawberry.field(description="Of each line.")
    fee: str = strawberry.field(description="For each piece.")
    currency: str
    valid_from: datetime
    valid_to: datetime | None = strawberry.field(description="null: until another takes its place.")


@strawberry.type(description="What the shop keeps of what a vendor sells.")
class CommissionRule(VendorCommissionRule):
    vendor: VendorReference
    actor: StaffReference
    created_at: datetime


@strawberry.type
class CommissionRulePayload:
    rule: CommissionRule


# --- In ---------------------------------------------------------------------------------------


@strawberry.input(description="For all that the vendor sells, or a category, or a product.")
class CommissionRuleInput:
    vendor: strawberry.ID = strawberry.field(description="Id or slug.")
    percent: str = strawberry.field(description='Of each line: "12.5"')
    fee: str | None = strawberry.field(
        default=UNSET, description="For each piece, in the shop's currency."
    )
    category: strawberry.ID | None = strawberry.field(
        default=UNSET, description="Id or slug: for it and what is below it."
    )
    product: strawberry.ID | None = strawberry.field(default=UNSET, description="Id or slug.")
    valid_from: str | None = strawberry.field(
        default=UNSET, description="Not in the past: 2026-12-01T00:00:00Z. Without it: now."
    )
    valid_to: str | None = strawberry.field(
        default=UNSET, description="Without it: until another takes its place."
    )
