"""Orders: what REST answers of them, and the moves of shoppers and staff."""

from typing import Any, cast

import strawberry
from rest_framework.exceptions import ValidationError

from shop.accounts.graphql import caller, staff_with
from shop.core.graphql.connections import Connection, Page, connection
from shop.core.graphql.inputs import given, reference, said
from shop.core.inputs import parsed
from shop.orders import models, querysets, services
from shop.orders.graphql_parts import (
    Order,
    OrderPayload,
    PlaceOrderFields,
    StatusChange,
)
from shop.orders.serializers import MoveInput, PlaceOrderInput, change_json


def _choices(wanted: PlaceOrderFields | None) -> dict[str, Any]:
    """As the body of REST has it: an address, or its id, under one name."""
    asked = given(wanted) if wanted else {}
    for name in ("shipping_address", "billing_address"):
        pk = asked.pop(f"{name}_pk", None)
        if pk is None:
            continue
        if asked.get(name) is not None:
            raise ValidationError({name: "Give an address, or one of the address book."}, "invalid")
        asked[name] = pk
    return parsed(PlaceOrderInput, asked)


def find(info: strawberry.Info, named: str) -> Any:
    """The order `named` by id or number, as it is answered, if the caller may see it."""
    return querysets.visible_to(caller(info)).answer(reference("Order", named))


def _order(info: strawberry.Info, named: str) -> models.Order:
    return querysets.visible_to(caller(info)).find(reference("Order", named))


def payload(order: models.Order) -> OrderPayload:
    return OrderPayload(order=cast("Order", querysets.Orders().answer(order.pk)))


@strawberry.type
class OrderQuery:
    @strawberry.field(description="The caller's orders, newest first; staff who view orders: all.")
    def orders(
        self,
        info: strawberry.Info,
        status: models.Order.Status | None = None,
        first: int | None = None,
        after: str | None = None,
        last: int | None = None,
        before: str | None = None,
    ) -> Connection[Order] | None:
        rows = querysets.visible_to(caller(info), status=status and status.value)
        page = Page(first=first, after=after, last=last, before=before)
        return cast("Connection[Order]", connection(Connection[Order], rows, page))

    @strawberry.field(description="An order, by its id or number.")
    def order(self, info: strawberry.Info, id: strawberry.ID) -> Order | None:  # noqa: A002
        return cast("Order", find(info, id))

    @strawberry.field(description="Who moved an order, and when; oldest first.")
    def order_history(
        self,
        info: strawberry.Info,
        order: strawberry.ID,
        first: int | None = None,
        after: str | None = None,
        last: int | None = None,
        before: str | None = None,
    ) -> Connection[StatusChange] | None:
        viewer, found = caller(info), _order(info, order)
        page = Page(first=first, after=after, last=last, before=before)
        return cast(
            "Connection[StatusChange]",
            connection(
                Connection[StatusChange],
                querysets.history_of(found),
                page,
                as_nodes=lambda rows: [
                    change_json(row, order=found, viewer=viewer) for row in rows
                ],
            ),
        )


@strawberry.type
class OrderMutation:
    @strawberry.mutation(description="Turns the cart into an order. Pay it before `expiresAt`.")
    def place_order(
        self,
        info: strawberry.Info,
        input: PlaceOrderFields | None = None,  # noqa: A002
    ) -> OrderPayload | None:
        user = caller(info)
        return payload(services.place_order(user=user, **_choices(input)))

    @strawberry.mutation(description="While nothing has shipped; what was paid is given back.")
    def cancel_order(
        self, info: strawberry.Info, order: strawberry.ID, note: str | None = None
    ) -> OrderPayload | None:
        user, found = caller(info), _order(info, order)
        if found.user_id != user.pk:
            staff_with(info, "orders.change_order")
        words = parsed(MoveInput, said(note=note))
        return payload(services.cancel_order(order=found, actor=user, **words))
