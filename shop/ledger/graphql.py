"""The books: what vendors see of their own, and what staff see and correct."""

from typing import Any, cast

import strawberry

from shop.accounts.graphql import staff_with
from shop.core import references, walls
from shop.core.graphql.connections import Connection, Page, connection
from shop.core.graphql.inputs import given, known_key, named, said
from shop.core.inputs import parsed
from shop.ledger import models, querysets, services
from shop.ledger.graphql_parts import (
    Adjustment,
    AdjustmentFilter,
    AdjustmentPayload,
    LedgerEntry,
    LedgerFilter,
    ProposeAdjustmentInput,
    TrialBalance,
    VendorBalance,
    VendorLedgerEntry,
    VendorLedgerFilter,
)
from shop.ledger.serializers import (
    AdjustmentParameters,
    EntryParameters,
    ProposeInput,
    StatementParameters,
    adjustment_json,
    balances_json,
    entry_json,
    statement_json,
    trial_balance_json,
)
from shop.vendors.graphql_acting import RowsBehindWall, acting
from shop.vendors.models import Vendor


def _adjustment(given_id: str) -> models.Adjustment:
    return references.get(querysets.adjustments(), known_key("Adjustment", given_id))


def _payload(adjustment: models.Adjustment) -> AdjustmentPayload:
    return AdjustmentPayload(adjustment=cast("Adjustment", adjustment_json(adjustment)))


@strawberry.type
class VendorLedgerQuery:
    @strawberry.field(
        description="What the vendor has with the shop; a debt is paid by its next sales. "
        "For managers."
    )
    def vendor_balance(self, info: strawberry.Info) -> VendorBalance | None:
        vendor = acting(info).vendor
        with walls.behind(vendor.pk):
            found: Any = balances_json(querysets.balances_of(vendor))
        return cast("VendorBalance", found)

    @strawberry.field(
        description="What changed that balance, newest first; all of a currency together are its "
        "`payable`. For managers."
    )
    def vendor_ledger(
        self,
        info: strawberry.Info,
        filter: VendorLedgerFilter | None = None,  # noqa: A002 (the argument's name)
        first: int | None = None,
        after: str | None = None,
        last: int | None = None,
        before: str | None = None,
    ) -> Connection[VendorLedgerEntry] | None:
        vendor, asked = acting(info).vendor, parsed(StatementParameters, said(filter))
        page = Page(first=first, after=after, last=last, before=before)
        found = connection(
            Connection[VendorLedgerEntry],
            RowsBehindWall(querysets.statement_of(vendor, **asked), vendor.pk),
            page,
            as_nodes=lambda rows: [statement_json(row) for row in rows],
        )
        return cast("Connection[VendorLedgerEntry]", found)


@strawberry.type
class LedgerQuery:
    @strawberry.field(description="All of the books, newest first. For staff.")
    def ledger_entries(
        self,
        info: strawberry.Info,
        filter: LedgerFilter | None = None,  # noqa: A002 (the argument's name)
        first: int | None = None,
        after: str | None = None,
        last: int | None = None,
        before: str | None = None,
    ) -> Connection[LedgerEntry] | None:
        staff_with(info, "ledger.view_entry")
        asked = parsed(EntryParameters, named(said(filter), vendor="Vendor", order="Order"))
        page = Page(first=first, after=after, last=last, before=before)
        found = connection(
            Connection[LedgerEntry],
            querysets.entries(**asked),
            page,
            as_nodes=lambda rows: [entry_json(row) for row in rows],
        )
        return cast("Connection[LedgerEntry]", found)

    @strawberry.field(
        description="What stands in each account; in each currency it sums to zero. For staff."
    )
    def trial_balance(self, info: strawberry.Info) -> TrialBalance | None:
        staff_with(info, "ledger.view_entry")
        found: Any = trial_balance_json(list(querysets.accounts()))
        return cast("TrialBalance", found)

    @strawberry.field(description="Corrections by hand, newest first. For staff.")
    def adjustments(
        self,
        info: strawberry.Info,
        filter: AdjustmentFilter | None = None,  # noqa: A002 (the argument's name)
        first: int | None = None,
        after: str | None = None,
        last: int | None = None,
        before: str | None = None,
    ) -> Connection[Adjustment] | None:
        staff_with(info, "ledger.view_adjustment")
        asked = parsed(AdjustmentParameters, named(said(filter), vendor="Vendor"))
        page = Page(first=first, after=after, last=last, before=before)
        found = connection(
            Connection[Adjustment],
            querysets.adjustments(**asked),
            page,
            as_nodes=lambda rows: [adjustment_json(row) for row in rows],
        )
        return cast("Connection[Adjustment]", found)

    @strawberry.field(description="One of them, by its `pk`. For staff.")
    def adjustment(
        self,
        info: strawberry.Info,
        id: strawberry.ID,  # noqa: A002
    ) -> Adjustment | None:
        staff_with(info, "ledger.view_adjustment")
        return _payload(_adjustment(id)).adjustment


@strawberry.type
class LedgerMutation:
    @strawberry.mutation(
        description="Credits the vendor, or debits it, when another of the staff approves. "
        "For staff."
    )
    def propose_adjustment(
        self,
        info: strawberry.Info,
        input: ProposeAdjustmentInput,  # noqa: A002
    ) -> AdjustmentPayload | None:
        staff = staff_with(info, "ledger.add_adjustment")
        asked = parsed(ProposeInput, named(given(input), vendor="Vendor"))
        asked["vendor"] = references.get(Vendor.objects.all(), asked["vendor"])
        return _payload(services.propose_adjustment(actor=staff, **asked))

    @strawberry.mutation(
        description="By somebody else than who proposed it. It is booked at once. For staff."
    )
    def approve_adjustment(
        self, info: strawberry.Info, adjustment: strawberry.ID
    ) -> AdjustmentPayload | None:
        staff = staff_with(info, "ledger.change_adjustment")
        found = _adjustment(adjustment)
        return _payload(services.approve_adjustment(adjustment=found, actor=staff))

    @strawberry.mutation(description="Also by who proposed it. Nothing is booked. For staff.")
    def reject_adjustment(
        self, info: strawberry.Info, adjustment: strawberry.ID
    ) -> AdjustmentPayload | None:
        staff = staff_with(info, "ledger.change_adjustment")
        found = _adjustment(adjustment)
        return _payload(services.reject_adjustment(adjustment=found, actor=staff))
