"""Vendors in every state, and what staff decide about them."""

from typing import Any, cast

import strawberry

from shop.accounts.graphql import staff_with
from shop.core import references
from shop.core.graphql.connections import Connection, Page, connection
from shop.core.graphql.inputs import reference
from shop.core.inputs import parsed
from shop.vendors import answers, models, querysets, services
from shop.vendors.graphql_parts import VendorAccount, VendorAccountPayload, VendorChange
from shop.vendors.serializers import VendorApprovalInput, VendorReasonInput

DECIDES = "vendors.change_vendor"


def _vendor(named: str) -> models.Vendor:
    return references.get(models.Vendor.objects.all(), reference("Vendor", named))


def _payload(vendor: models.Vendor) -> VendorAccountPayload:
    return VendorAccountPayload(vendor=cast("VendorAccount", answers.for_staff(vendor)))


@strawberry.type
class VendorStaffQuery:
    @strawberry.field(description="The vendors in a state, by name. For staff who view vendors.")
    def vendor_accounts(
        self,
        info: strawberry.Info,
        status: models.Vendor.Status,
        first: int | None = None,
        after: str | None = None,
        last: int | None = None,
        before: str | None = None,
    ) -> Connection[VendorAccount] | None:
        staff_with(info, "vendors.view_vendor")
        page = Page(first=first, after=after, last=last, before=before)
        found = connection(
            Connection[VendorAccount],
            querysets.Vendors(status.value),
            page,
            as_nodes=lambda rows: [answers.private_json(row, None) for row in rows],
        )
        return cast("Connection[VendorAccount]", found)

    @strawberry.field(
        description="Who did what to a vendor and why, newest first. For staff who view changes."
    )
    def vendor_changes(
        self,
        info: strawberry.Info,
        vendor: strawberry.ID,
        first: int | None = None,
        after: str | None = None,
        last: int | None = None,
        before: str | None = None,
    ) -> Connection[VendorChange] | None:
        staff_with(info, "vendors.view_vendorchange")
        page = Page(first=first, after=after, last=last, before=before)
        found = connection(
            Connection[VendorChange],
            querysets.changes_of(_vendor(vendor)),
            page,
            as_nodes=lambda rows: [answers.change_json(row) for row in rows],
        )
        return cast("Connection[VendorChange]", found)


@strawberry.type
class VendorStaffMutation:
    @strawberry.mutation(description="For staff. Also one that was rejected or suspended.")
    def approve_vendor(
        self, info: strawberry.Info, vendor: strawberry.ID, reason: str | None = None
    ) -> VendorAccountPayload | None:
        staff, found = staff_with(info, DECIDES), _vendor(vendor)
        asked: dict[str, Any] = {} if reason is None else {"reason": reason}
        words = parsed(VendorApprovalInput, asked)
        return _payload(services.approve_vendor(vendor=found, actor=staff, **words))

    @strawberry.mutation(
        description="For staff. Its owners read the reason, and may apply once more."
    )
    def reject_vendor(
        self, info: strawberry.Info, vendor: strawberry.ID, reason: str
    ) -> VendorAccountPayload | None:
        staff, found = staff_with(info, DECIDES), _vendor(vendor)
        words = parsed(VendorReasonInput, {"reason": reason})
        return _payload(services.reject_vendor(vendor=found, actor=staff, **words))

    @strawberry.mutation(
        description="For staff. Its goods vanish, its members act no more; open orders go on."
    )
    def suspend_vendor(
        self, info: strawberry.Info, vendor: strawberry.ID, reason: str
    ) -> VendorAccountPayload | None:
        staff, found = staff_with(info, DECIDES), _vendor(vendor)
        words = parsed(VendorReasonInput, {"reason": reason})
        return _payload(services.suspend_vendor(vendor=found, actor=staff, **words))
