"""Moving orders and single parcels of them, for staff."""

from collections.abc import Callable
from typing import Any, cast

import strawberry
from rest_framework.serializers import Serializer

from shop.accounts.graphql import staff_with
from shop.accounts.models import User
from shop.core.graphql.inputs import checked, reference, said
from shop.orders import models, part_querysets, querysets, services
from shop.orders.graphql import payload
from shop.orders.graphql_parts import OrderPayload, ParcelPayload, ShipInput
from shop.orders.serializers import MoveInput
from shop.orders.serializers import ShipInput as ShipShape

MOVES = "orders.change_order"


def _found(info: strawberry.Info, named: str) -> tuple[User, models.Order]:
    staff = staff_with(info, MOVES)
    return staff, querysets.visible_to(staff).find(reference("Order", named))


def _move_order(
    info: strawberry.Info,
    move: Callable[..., models.Order],
    named: str,
    words: Any,
    shape: type[Serializer[Any]] = MoveInput,
) -> OrderPayload:
    staff, order = _found(info, named)
    return payload(move(order=order, actor=staff, **checked(shape, words)))


def _move_parcel(
    info: strawberry.Info,
    move: Callable[..., models.VendorOrder],
    names: tuple[str, str],
    words: Any,
    shape: type[Serializer[Any]] = MoveInput,
) -> ParcelPayload:
    """`names` are those of the order and of its parcel."""
    staff, order = _found(info, names[0])
    part = part_querysets.find_of(order, names[1])
    move(part=part, actor=staff, **checked(shape, words))
    shown: Any = querysets.Orders().answer(order.pk)
    parcel = next(parcel for parcel in shown["parcels"] if parcel["id"] == part.pk)
    return ParcelPayload(parcel=cast("Any", parcel), order=shown)


@strawberry.type
class OrderStaffMutation:
    @strawberry.mutation(
        description="Begins to pack an order; one that is not paid yet when that is agreed. "
        "For staff."
    )
    def process_order(
        self, info: strawberry.Info, order: strawberry.ID, note: str | None = None
    ) -> OrderPayload | None:
        return _move_order(info, services.process_order, order, said(note=note))

    @strawberry.mutation(description="All parcels that are not ended. For staff.")
    def ship_order(
        self,
        info: strawberry.Info,
        order: strawberry.ID,
        input: ShipInput | None = None,  # noqa: A002
    ) -> OrderPayload | None:
        return _move_order(info, services.ship_order, order, input or {}, ShipShape)

    @strawberry.mutation(description="All parcels that are not ended. For staff.")
    def deliver_order(
        self, info: strawberry.Info, order: strawberry.ID, note: str | None = None
    ) -> OrderPayload | None:
        return _move_order(info, services.deliver_order, order, said(note=note))

    @strawberry.mutation(description="Begins to pack one parcel, by its `pk` or number. For staff.")
    def process_parcel(
        self,
        info: strawberry.Info,
        order: strawberry.ID,
        parcel: strawberry.ID,
        note: str | None = None,
    ) -> ParcelPayload | None:
        names = (order, parcel)
        return _move_parcel(info, services.process_part, names, said(note=note))

    @strawberry.mutation(description="For staff.")
    def ship_parcel(
        self,
        info: strawberry.Info,
        order: strawberry.ID,
        parcel: strawberry.ID,
        input: ShipInput | None = None,  # noqa: A002
    ) -> ParcelPayload | None:
        return _move_parcel(info, services.ship_part, (order, parcel), input or {}, ShipShape)

    @strawberry.mutation(description="For staff.")
    def deliver_parcel(
        self,
        info: strawberry.Info,
        order: strawberry.ID,
        parcel: strawberry.ID,
        note: str | None = None,
    ) -> ParcelPayload | None:
        names = (order, parcel)
        return _move_parcel(info, services.deliver_part, names, said(note=note))

    @strawberry.mutation(
        description="Of a paid order, while it has not shipped; what it cost is given back. "
        "For staff."
    )
    def cancel_parcel(
        self,
        info: strawberry.Info,
        order: strawberry.ID,
        parcel: strawberry.ID,
        note: str | None = None,
    ) -> ParcelPayload | None:
        names = (order, parcel)
        return _move_parcel(info, services.cancel_part, names, said(note=note))
