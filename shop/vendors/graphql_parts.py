"""What GraphQL shows of vendors to their members and to staff, and takes in."""

from datetime import datetime
from typing import Any, cast

import strawberry
from strawberry import UNSET
from strawberry.scalars import JSON

from shop.accounts.graphql_parts import Membership
from shop.core.graphql.inputs import global_id
from shop.vendors import models

strawberry.enum(models.Vendor.Status, name="VendorStatus")
strawberry.enum(models.Vendor.PayoutMethod, name="PayoutMethod")
strawberry.enum(models.Vendor.PayoutSchedule, name="PayoutSchedule")
strawberry.enum(models.VendorMember.Role, name="VendorRole")

# --- Out --------------------------------------------------------------------------------------


@strawberry.type(description="Numbers of accounts: in full for owners, else their last four signs.")
class PayoutDetails:
    account_holder: str | None = None
    iban: str | None = None
    bic: str | None = None
    bank_name: str | None = None
    account: str | None = strawberry.field(default=None, description="Of Stripe.")

    @classmethod
    def of(cls, kept: dict[str, Any]) -> "PayoutDetails":
        names = cls.__annotations__
        return cls(**{name: str(value) for name, value in kept.items() if name in names})


@strawberry.type(description="A vendor in any state, as its members and staff see it.")
class VendorAccount:
    pk: int
    name: str
    slug: str
    description: str
    country: str = strawberry.field(description="ISO 3166-1 alpha-2, or empty.")
    review_count: int
    role: models.VendorMember.Role | None = strawberry.field(
        description="The caller's own; null: staff."
    )
    status: models.Vendor.Status
    status_reason: str = strawberry.field(description="Why it was rejected or suspended.")
    is_house: bool
    contact_email: str
    contact_phone: str
    payout_method: models.Vendor.PayoutMethod
    payout_schedule: models.Vendor.PayoutSchedule
    payout_hold_days: int | None = strawberry.field(description="null: the shop's own.")
    payout_minimum: str | None = strawberry.field(description="null: the shop's own.")
    products_need_approval: bool
    created_at: datetime
    updated_at: datetime

    @strawberry.field(description="Of the Vendor.")
    def id(self) -> strawberry.ID:
        return global_id("Vendor", cast("Any", self)["id"])

    @strawberry.field
    def logo(self) -> str | None:
        return cast("Any", self)["logo"] or None

    @strawberry.field(description="Of its goods, 0 to 5.")
    def average_rating(self) -> float:
        return float(cast("Any", self)["average_rating"])

    @strawberry.field
    def payout_details(self) -> PayoutDetails:
        return PayoutDetails.of(cast("Any", self)["payout_details"])


@strawberry.type
class VendorPerson:
    pk: int
    email: str
    name: str


@strawberry.type(description="Somebody who acts for the vendor.")
class VendorMember:
    pk: int
    user: VendorPerson
    role: models.VendorMember.Role
    created_at: datetime


@strawberry.type(description="Somebody was asked by e-mail to act for the vendor.")
class VendorInvitation:
    pk: int
    email: str
    role: models.VendorMember.Role
    created_at: datetime
    expires_at: datetime
    accepted_at: datetime | None
    revoked_at: datetime | None


@strawberry.type
class VendorActor:
    pk: int
    email: str


@strawberry.type(description="Something that was done to a vendor; never changed afterwards.")
class VendorChange:
    pk: int
    kind: str
    reason: str
    details: JSON = strawberry.field(description="Never bank details or addresses.")
    actor: VendorActor | None = strawberry.field(description="null: the shop itself.")
    created_at: datetime


@strawberry.type
class VendorAccountPayload:
    vendor: VendorAccount


@strawberry.type
class VendorMemberPayload:
    member: VendorMember


@strawberry.type
class VendorInvitationPayload:
    invitation: VendorInvitation


@strawberry.type
class MembershipPayload:
    membership: Membership


# --- In ---------------------------------------------------------------------------------------


@strawberry.input(description="MANUAL needs accountHolder and iban, STRIPE needs account.")
class PayoutDetailsInput:
    account_holder: str | None = UNSET
    iban: str | None = UNSET
    bic: str | None = UNSET
    bank_name: str | None = UNSET
    account: str | None = strawberry.field(default=UNSET, description="Of Stripe: acct_…")


@strawberry.input(description="`payoutDetails` are replaced whole.")
class VendorChanges:
    name: str | None = UNSET
    description: str | None = UNSET
    contact_email: str | None = UNSET
    contact_phone: str | None = UNSET
    country: str | None = UNSET
    payout_method: models.Vendor.PayoutMethod | None = UNSET
    payout_details: PayoutDetailsInput | None = UNSET


@strawberry.input
class ApplyAsVendorInput(VendorChanges):
    name: str


@strawberry.input
class InviteMemberInput:
    email: str
    role: models.VendorMember.Role
