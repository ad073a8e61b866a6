"""What GraphQL shows of the books, and takes in; payouts are in `graphql_payout_parts.py`."""

from datetime import datetime

import strawberry
from strawberry import UNSET

from shop.accounts.graphql_parts import StaffReference
from shop.ledger import models
from shop.vendors.graphql import VendorReference

strawberry.enum(models.Entry.Account, name="LedgerAccount")
strawberry.enum(models.Transaction.Kind, name="LedgerKind")
strawberry.enum(models.Adjustment.Status, name="AdjustmentStatus")

# --- Out: to vendors --------------------------------------------------------------------------


@strawberry.type(description="What the vendor has with the shop in one currency.")
class CurrencyBalance:
    currency: str
    payable: str = strawberry.field(description="Due, sooner or later; below zero a debt.")
    reserve: str = strawberry.field(description="Held while a buyer's bank disputes it.")
    in_transit: str = strawberry.field(description="In payouts that are on their way.")
    paid_out: str = strawberry.field(description="What arrived by payouts.")
    is_debt: bool


@strawberry.type
class VendorBalance:
    balances: list[CurrencyBalance] = strawberry.field(description="One for each currency.")


@strawberry.type(description="What came to the vendor's balance, or was taken from it.")
class VendorLedgerEntry:
    pk: int
    kind: models.Transaction.Kind
    cause: str
    amount: str = strawberry.field(description="Positive: the vendor's; negative: taken from it.")
    currency: str
    order: str | None = strawberry.field(description="The order's number.")
    part: str | None = strawberry.field(description="The number of the vendor's order.")
    payout: str | None = strawberry.field(description="The number of the payout that paid it out.")
    note: str
    created_at: datetime


# --- Out: to staff ----------------------------------------------------------------------------


@strawberry.type(description="One debit or credit; those of a transaction sum to zero.")
class LedgerEntry:
    pk: int
    transaction: int
    kind: models.Transaction.Kind
    cause: str
    account: models.Entry.Account
    provider: str
    vendor: VendorReference | None
    amount: str = strawberry.field(description="Debits are positive, credits negative.")
    currency: str
    order: str | None = strawberry.field(description="Its number.")
    part: str | None = strawberry.field(description="The number of the parcel.")
    payout: str | None = strawberry.field(description="Its number.")
    note: str
    actor: StaffReference | None = strawberry.field(description="null: the shop by itself.")
    created_at: datetime


@strawberry.type(description="What stands in an account, of a provider, in a currency.")
class BookAccount:
    account: models.Entry.Account
    provider: str
    currency: str
    balance: str = strawberry.field(description="Debits are positive, credits negative.")
    entries: int


@strawberry.type
class AccountTotal:
    currency: str
    balance: str = strawberry.field(description="Zero: the books balance.")


@strawberry.type
class TrialBalance:
    accounts: list[BookAccount]
    totals: list[AccountTotal]


@strawberry.type(description="A correction by hand: one of the staff proposes, another approves.")
class Adjustment:
    pk: int
    vendor: VendorReference
    amount: str = strawberry.field(description="Positive: credited to the vendor.")
    currency: str
    reason: str
    status: models.Adjustment.Status
    proposed_by: StaffReference
    decided_by: StaffReference | None
    created_at: datetime
    decided_at: datetime | None


@strawberry.type
class AdjustmentPayload:
    adjustment: Adjustment


# --- In ---------------------------------------------------------------------------------------


@strawberry.input(description="Entries that fulfil all of it; days are those of UTC: 2026-11-20")
class VendorLedgerFilter:
    kind: models.Transaction.Kind | None = UNSET
    currency: str | None = UNSET
    since: str | None = strawberry.field(default=UNSET, description="The first day.")
    until: str | None = strawberry.field(default=UNSET, description="The last day.")


@strawberry.input(description="Entries that fulfil all of it; days are those of UTC: 2026-11-20")
class LedgerFilter(VendorLedgerFilter):
    vendor: strawberry.ID | None = strawberry.field(default=UNSET, description="Id or slug.")
    order: strawberry.ID | None = strawberry.field(default=UNSET, description="Id or number.")
    account: models.Entry.Account | None = UNSET


@strawberry.input
class AdjustmentFilter:
    vendor: strawberry.ID | None = strawberry.field(default=UNSET, description="Id or slug.")
    status: models.Adjustment.Status | None = UNSET


@strawberry.input
class ProposeAdjustmentInput:
    vendor: strawberry.ID = strawberry.field(description="Id or slug.")
    amount: str = strawberry.field(description='Positive: credited to the vendor. "-12.50"')
    currency: str | None = strawberry.field(default=UNSET, description="Without it: the shop's.")
    reason: str
