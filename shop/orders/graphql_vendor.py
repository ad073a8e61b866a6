"""The orders of the vendor that somebody acts for: read behind the wall, moved by the services."""

from collections.abc import Callable
from typing import Annotated, Any, cast

import strawberry
from rest_framework.serializers import Serializer

from shop.accounts.graphql import caller
from shop.core import walls
from shop.core.graphql.connections import Connection, Listed, Page, connection
from shop.core.graphql.inputs import checked, said
from shop.core.inputs import parsed
from shop.orders import models, part_querysets, services, summary
from shop.orders.graphql_parts import ShipInput
from shop.orders.graphql_vendor_parts import (
    VendorOrder,
    VendorOrderChange,
    VendorOrderFilter,
    VendorOrderPayload,
    VendorSummary,
)
from shop.orders.part_querysets import Parts
from shop.orders.serializers import MoveInput
from shop.orders.serializers import ShipInput as ShipShape
from shop.orders.vendor_serializers import SummaryParameters, VendorOrderParameters
from shop.vendors.acting import Role
from shop.vendors.graphql_acting import RowsBehindWall, acting


def _move(
    info: strawberry.Info,
    move: Callable[..., models.VendorOrder],
    named: str,
    words: Any,
    *,
    shape: type[Serializer[Any]] = MoveInput,
    least: Role = Role.FULFILLER,
) -> VendorOrderPayload:
    user, vendor_id = caller(info), acting(info, least).vendor_id
    parts = Parts(vendor=vendor_id)
    with walls.behind(vendor_id):
        part = parts.find(named)
    move(part=part, actor=user, **checked(shape, words))
    with walls.behind(vendor_id):
        return VendorOrderPayload(vendor_order=cast("VendorOrder", parts.answer(part.pk)))


@strawberry.type
class VendorOrderQuery:
    @strawberry.field(description="The vendor's own parts of orders, newest first.")
    def vendor_orders(
        self,
        info: strawberry.Info,
        filter: VendorOrderFilter | None = None,  # noqa: A002 (the argument's name)
        first: int | None = None,
        after: str | None = None,
        last: int | None = None,
        before: str | None = None,
    ) -> Connection[VendorOrder] | None:
        vendor_id = acting(info, Role.FULFILLER).vendor_id
        asked = parsed(VendorOrderParameters, said(filter))
        rows = RowsBehindWall(Parts(vendor=vendor_id, **asked), vendor_id)
        page = Page(first=first, after=after, last=last, before=before)
        return cast("Connection[VendorOrder]", connection(Connection[VendorOrder], rows, page))

    @strawberry.field(description="One of them, by its `pk` or number.")
    def vendor_order(
        self,
        info: strawberry.Info,
        id: strawberry.ID,  # noqa: A002
    ) -> VendorOrder | None:
        vendor_id = acting(info, Role.FULFILLER).vendor_id
        with walls.behind(vendor_id):
            return cast("VendorOrder", Parts(vendor=vendor_id).answer(id))

    @strawberry.field(description="Who moved one of them, and when; oldest first.")
    def vendor_order_history(
        self,
        info: strawberry.Info,
        vendor_order: strawberry.ID,
        first: int | None = None,
        after: str | None = None,
        last: int | None = None,
        before: str | None = None,
    ) -> Connection[VendorOrderChange] | None:
        vendor_id = acting(info, Role.FULFILLER).vendor_id
        with walls.behind(vendor_id):
            part = Parts(vendor=vendor_id).find(vendor_order)
            rows = Listed(part_querysets.history_of(part))
        page = Page(first=first, after=after, last=last, before=before)
        found = connection(Connection[VendorOrderChange], rows, page)
        return cast("Connection[VendorOrderChange]", found)

    @strawberry.field(
        description="Sales, refunds and reviews, day by day, both days included: 2026-11-20. "
        "Without `from`, 30 days; without `to`, until today (UTC). For managers."
    )
    def vendor_summary(
        self,
        info: strawberry.Info,
        first: Annotated[str | None, strawberry.argument(name="from")] = None,
        to: str | None = None,
    ) -> VendorSummary | None:
        vendor_id = acting(info).vendor_id
        days = parsed(SummaryParameters, said({"from": first}, to=to))
        with walls.behind(vendor_id):
            found: Any = summary.of_days(vendor_id=vendor_id, **days)
        return cast("VendorSummary", found)


@strawberry.type
class VendorOrderMutation:
    @strawberry.mutation(description="Begins to pack one of the vendor's orders.")
    def process_vendor_order(
        self, info: strawberry.Info, vendor_order: strawberry.ID, note: str | None = None
    ) -> VendorOrderPayload | None:
        return _move(info, services.process_part, vendor_order, said(note=note))

    @strawberry.mutation
    def ship_vendor_order(
        self,
        info: strawberry.Info,
        vendor_order: strawberry.ID,
        input: ShipInput | None = None,  # noqa: A002
    ) -> VendorOrderPayload | None:
        return _move(info, services.ship_part, vendor_order, input or {}, shape=ShipShape)

    @strawberry.mutation
    def deliver_vendor_order(
        self, info: strawberry.Info, vendor_order: strawberry.ID, note: str | None = None
    ) -> VendorOrderPayload | None:
        return _move(info, services.deliver_part, vendor_order, said(note=note))

    @strawberry.mutation(
        description="While it is paid and has not been shipped; the buyer gets the money of this "
        "part back. For managers."
    )
    def cancel_vendor_order(
        self, info: strawberry.Info, vendor_order: strawberry.ID, note: str | None = None
    ) -> VendorOrderPayload | None:
        words = said(note=note)
        return _move(info, services.cancel_part, vendor_order, words, least=Role.MANAGER)
