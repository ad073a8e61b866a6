"""Payouts: the vendor's own to read, and the staff's to run and follow."""

from typing import Any, cast

import strawberry

from shop.accounts.graphql import staff_with
from shop.core import walls
from shop.core.graphql.connections import Connection, Listed, Page, connection
from shop.core.graphql.inputs import given, named, reference, said
from shop.core.graphql.requests import IN_STEPS
from shop.core.inputs import parsed
from shop.ledger import models, payout_querysets, services
from shop.ledger.graphql_payout_parts import (
    Payout,
    PayoutDue,
    PayoutFilter,
    PayoutPayload,
    SchedulePayoutsInput,
    SchedulePayoutsPayload,
    VendorPayout,
)
from shop.ledger.payout_serializers import (
    FailInput,
    PayoutParameters,
    PreviewParameters,
    RunInput,
    SettleInput,
    StaffPayoutParameters,
    due_json,
    payout_json,
    run_json,
    staff_json,
)
from shop.vendors.graphql_acting import RowsBehindWall, acting

VIEWS, MOVES = "ledger.view_payout", "ledger.change_payout"


def _payout(named_so: str) -> models.Payout:
    return payout_querysets.find(payout_querysets.payouts(), named_so)


def _payload(payout: models.Payout) -> PayoutPayload:
    """With the payout as it is now."""
    return PayoutPayload(payout=cast("Payout", staff_json(_payout(str(payout.pk)))))


@strawberry.type
class VendorPayoutQuery:
    @strawberry.field(description="The vendor's own, newest first. For managers.")
    def vendor_payouts(
        self,
        info: strawberry.Info,
        status: models.Payout.Status | None = None,
        first: int | None = None,
        after: str | None = None,
        last: int | None = None,
        before: str | None = None,
    ) -> Connection[VendorPayout] | None:
        vendor, asked = acting(info).vendor, parsed(PayoutParameters, said(status=status))
        page = Page(first=first, after=after, last=last, before=before)
        found = connection(
            Connection[VendorPayout],
            RowsBehindWall(payout_querysets.payouts_of(vendor, **asked), vendor.pk),
            page,
            as_nodes=lambda rows: [payout_json(row) for row in rows],
        )
        return cast("Connection[VendorPayout]", found)

    @strawberry.field(
        description="One of them, by its `pk` or number. REST has its statement. For managers."
    )
    def vendor_payout(
        self,
        info: strawberry.Info,
        id: strawberry.ID,  # noqa: A002
    ) -> VendorPayout | None:
        vendor = acting(info).vendor
        with walls.behind(vendor.pk):
            found = payout_querysets.find(payout_querysets.payouts_of(vendor), id)
        return cast("VendorPayout", payout_json(found))


@strawberry.type
class PayoutQuery:
    @strawberry.field(description="All vendors' payouts, newest first. For staff.")
    def payouts(
        self,
        info: strawberry.Info,
        filter: PayoutFilter | None = None,  # noqa: A002 (the argument's name)
        first: int | None = None,
        after: str | None = None,
        last: int | None = None,
        before: str | None = None,
    ) -> Connection[Payout] | None:
        staff_with(info, VIEWS)
        asked = parsed(StaffPayoutParameters, named(said(filter), vendor="Vendor"))
        page = Page(first=first, after=after, last=last, before=before)
        found = connection(
            Connection[Payout],
            payout_querysets.payouts(**asked),
            page,
            as_nodes=lambda rows: [staff_json(row) for row in rows],
        )
        return cast("Connection[Payout]", found)

    @strawberry.field(
        description="One of them, by its `pk` or number. REST has its statement. For staff."
    )
    def payout(self, info: strawberry.Info, id: strawberry.ID) -> Payout | None:  # noqa: A002
        staff_with(info, VIEWS)
        return cast("Payout", staff_json(_payout(id)))

    @strawberry.field(
        description="What a run of all vendors on a day, or today, would pay, and why not the "
        "others; who has nothing is left out. For staff."
    )
    def payout_preview(
        self,
        info: strawberry.Info,
        on: str | None = None,
        first: int | None = None,
        after: str | None = None,
        last: int | None = None,
        before: str | None = None,
    ) -> Connection[PayoutDue] | None:
        staff_with(info, VIEWS)
        asked = parsed(PreviewParameters, said(on=on))
        page = Page(first=first, after=after, last=last, before=before)
        found = connection(
            Connection[PayoutDue],
            Listed(services.preview_payouts(**asked)),
            page,
            as_nodes=lambda judged: [due_json(one) for one in judged],
        )
        return cast("Connection[PayoutDue]", found)


@strawberry.type
class PayoutMutation:
    @strawberry.mutation(
        description="Pays out what is due, to all whose schedule has that day or to the given "
        "vendors; each day once. The payouts are scheduled: Stripe's are sent by the shop, the "
        "others by people. For staff."
    )
    def schedule_payouts(
        self,
        info: strawberry.Info,
        input: SchedulePayoutsInput | None = None,  # noqa: A002
    ) -> SchedulePayoutsPayload | None:
        staff = staff_with(info, "ledger.add_payout")
        asked: dict[str, Any] = given(input or {})
        if asked.get("vendors"):
            asked["vendors"] = [reference("Vendor", vendor) for vendor in asked["vendors"]]
        wish = {"on": services.today()} | parsed(RunInput, asked)
        done = services.schedule_payouts(actor=staff, **wish)
        return SchedulePayoutsPayload(**run_json(done.payouts, done.held_back))

    @strawberry.mutation(
        metadata=IN_STEPS,
        description="By hand: the bank was told to pay it. Stripe: transfer it now. For staff.",
    )
    def send_payout(self, info: strawberry.Info, payout: strawberry.ID) -> PayoutPayload | None:
        staff, found = staff_with(info, MOVES), _payout(payout)
        services.send_payout(payout=found, actor=staff)
        return _payload(found)

    @strawberry.mutation(
        description="It has arrived; `reference` is the bank's name of it. For staff."
    )
    def settle_payout(
        self, info: strawberry.Info, payout: strawberry.ID, reference: str | None = None
    ) -> PayoutPayload | None:
        staff = staff_with(info, MOVES)
        words, found = parsed(SettleInput, said(reference=reference)), _payout(payout)
        services.settle_payout(payout=found, actor=staff, **words)
        return _payload(found)

    @strawberry.mutation(
        metadata=IN_STEPS,
        description="It came back, or is given up: the amount is payable again. The vendor reads "
        "the reason. For staff.",
    )
    def fail_payout(
        self, info: strawberry.Info, payout: strawberry.ID, reason: str
    ) -> PayoutPayload | None:
        staff = staff_with(info, MOVES)
        words, found = parsed(FailInput, {"reason": reason}), _payout(payout)
        services.fail_payout(payout=found, actor=staff, **words)
        return _payload(found)
