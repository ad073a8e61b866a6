"""Giving money back, and deciding about money that came otherwise than asked: for staff."""

import strawberry
from strawberry import UNSET

from shop.accounts.graphql import caller, staff_with
from shop.core import references
from shop.core.errors import NotAllowed
from shop.core.graphql.inputs import checked, known_key, reference
from shop.core.graphql.requests import IN_STEPS
from shop.orders import querysets as orders
from shop.orders.graphql import payload as order_payload
from shop.orders.graphql_parts import OrderPayload
from shop.payments import querysets, services
from shop.payments.graphql import PaymentPayload, payload
from shop.payments.serializers import RefundInput


@strawberry.input(description="So many of a line.")
class RefundItemInput:
    item: int = strawberry.field(description="The `pk` of the order's line.")
    quantity: int


@strawberry.input(description="`amount`, or `items`, or `part`; without them all that is left.")
class RefundOrderInput:
    amount: str | None = UNSET
    items: list[RefundItemInput] | None = strawberry.field(
        default=UNSET, description="Each at its price less its share of the order's discount."
    )
    part: strawberry.ID | None = strawberry.field(
        default=UNSET, description="All that is left of a parcel, by its `pk` or number."
    )
    currency: str | None = strawberry.field(
        default=UNSET, description="To be sure: refused unless it is the payment's."
    )
    reason: str | None = UNSET
    restock: bool | None = strawberry.field(
        default=UNSET,
        description="Whether the goods go back on the shelf; null: what has not left.",
    )


@strawberry.type
class PaymentStaffMutation:
    @strawberry.mutation(
        metadata=IN_STEPS,
        description="Never more than was paid. A refund that the provider has not finished is "
        "pending in the answer. For cash and transfers it states that the money was handed over. "
        "For staff.",
    )
    def refund_order(
        self,
        info: strawberry.Info,
        order: strawberry.ID,
        input: RefundOrderInput | None = None,  # noqa: A002
    ) -> OrderPayload | None:
        staff = staff_with(info, "payments.add_refund")
        found = orders.visible_to(staff).find(reference("Order", order))
        wish = checked(RefundInput, input or {})
        if "part" in wish:
            wish["part"] = orders.part_of(found, wish["part"])
        services.refund_order(order=found, actor=staff, **wish)
        return order_payload(found)

    @strawberry.mutation(
        description="Of a payment that is held, as another amount or currency came than was "
        "asked for. Accepted, it pays the order; else it is given back whole. For staff."
    )
    def resolve_payment(
        self,
        info: strawberry.Info,
        payment: strawberry.ID,
        accept: bool,
    ) -> PaymentPayload | None:
        user = caller(info)
        found = references.get(querysets.visible_to(user), known_key("Payment", payment))
        if not querysets.is_clerk(user):
            raise NotAllowed
        return payload(services.resolve_payment(payment=found, actor=user, accept=accept))
