"""What GraphQL shows of payouts, and takes in."""

from datetime import date, datetime

import strawberry
from strawberry import UNSET

from shop.ledger import models
from shop.ledger.due import HeldBack
from shop.vendors.graphql import VendorReference
from shop.vendors.models import Vendor

strawberry.enum(models.Payout.Status, name="PayoutStatus")
strawberry.enum(Vendor.PayoutMethod, name="PayoutMethod")
strawberry.enum(Vendor.PayoutSchedule, name="PayoutSchedule")
strawberry.enum(HeldBack, name="PayoutHeldBack")

# --- Out --------------------------------------------------------------------------------------


@strawberry.type(description="What a vendor is paid for all that was due on a day.")
class VendorPayout:
    pk: int
    number: str
    status: models.Payout.Status
    method: Vendor.PayoutMethod
    destination: str = strawberry.field(description="Enough of the account to know it again.")
    currency: str
    amount: str
    period_end: date = strawberry.field(
        description="Delivered until then, holding period included."
    )
    reference: str = strawberry.field(description="The bank's or Stripe's name of it; empty: none.")
    failure_reason: str
    created_at: datetime
    sent_at: datetime | None
    settled_at: datetime | None
    failed_at: datetime | None


@strawberry.type(description="What a vendor is paid for all that was due on a day.")
class Payout(VendorPayout):
    vendor: VendorReference


@strawberry.type(description="What a vendor has in a currency, and what of it is due.")
class PayoutDue:
    vendor: VendorReference
    currency: str
    amount: str = strawberry.field(description="What is due; negative: a debt.")
    balance: str = strawberry.field(description="All that is payable, also what is not due yet.")
    minimum: str
    entries: int = strawberry.field(description="Of how many entries of the ledger.")
    method: Vendor.PayoutMethod
    schedule: Vendor.PayoutSchedule
    held_back: HeldBack | None = strawberry.field(description="Why it is not paid; null: it is.")


@strawberry.type
class PayoutPayload:
    payout: Payout


@strawberry.type
class SchedulePayoutsPayload:
    payouts: list[Payout]
    held_back: list[PayoutDue] = strawberry.field(description="Who has something and was not paid.")


# --- In ---------------------------------------------------------------------------------------


@strawberry.input
class PayoutFilter:
    vendor: strawberry.ID | None = strawberry.field(default=UNSET, description="Id or slug.")
    status: models.Payout.Status | None = UNSET


@strawberry.input
class SchedulePayoutsInput:
    on: str | None = strawberry.field(
        default=UNSET, description="A day, not in the future: 2026-11-20. Else today (UTC)."
    )
    vendors: list[strawberry.ID] | None = strawberry.field(
        default=UNSET, description="Only these, by id or slug, whatever their schedule."
    )
