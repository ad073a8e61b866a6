"""Attempts to pay an order."""

from datetime import datetime
from typing import Any, cast

import strawberry
from strawberry import UNSET

from shop.accounts.graphql import caller
from shop.core import references
from shop.core.graphql.connections import Connection, Page, connection
from shop.core.graphql.inputs import known_key, reference
from shop.core.graphql.nodes import Node
from shop.core.graphql.requests import IN_STEPS
from shop.orders.graphql_parts import Order, Refund
from shop.orders.querysets import Orders
from shop.payments import methods, models, querysets, services
from shop.payments.provider import Outcome
from shop.payments.serializers import payment_json

strawberry.enum(models.Payment.Status, name="PaymentStatus")
strawberry.enum(models.Payment.Method, name="PaymentMethod")
strawberry.enum(Outcome, name="PaymentOutcome")


@strawberry.type(description="One attempt to pay an order by one method.")
class Payment(Node):
    pk: int
    order_number: str
    method: models.Payment.Method
    provider: str
    status: models.Payment.Status
    amount: str
    captured_amount: str | None = strawberry.field(description="What really arrived.")
    captured_currency: str
    refunded_amount: str
    currency: str
    client_secret: str | None = strawberry.field(
        description="For the shopper's browser; only when the payment is opened."
    )
    instructions: str
    failure_reason: str
    paid_at: datetime | None
    refunds: list[Refund] = strawberry.field(description="Newest first.")
    created_at: datetime
    updated_at: datetime

    @classmethod
    def is_type_of(cls, obj: Any, info: Any) -> bool:
        return isinstance(obj, dict) and "captured_amount" in obj


@strawberry.type
class OfferedMethod:
    method: models.Payment.Method
    label: str
    publishable_key: str | None = strawberry.field(
        description="For the provider's script in the shopper's browser."
    )


@strawberry.type
class PaymentPayload:
    payment: Payment

    @strawberry.field(description="As it is now.")
    def order(self) -> Order:
        payment = cast("Any", self.payment)
        return cast("Order", Orders().answer(payment["order"]))


@strawberry.input
class OpenPaymentInput:
    order: strawberry.ID = strawberry.field(description="Its id or number.")
    method: models.Payment.Method


@strawberry.input
class ConfirmPaymentInput:
    payment: strawberry.ID
    outcome: Outcome | None = strawberry.field(
        default=UNSET, description="Of the method TEST; others need not say it."
    )


def find(info: strawberry.Info, named: str) -> Any:
    """The payment with this id, as it is answered, if the caller may see it; else `NotFound`."""
    return payment_json(
        references.get(querysets.visible_to(caller(info)), known_key("Payment", named))
    )


def payload(payment: models.Payment, *, client_secret: str | None = None) -> PaymentPayload:
    answer = payment_json(payment, client_secret=client_secret)
    return PaymentPayload(payment=cast("Payment", answer))


@strawberry.type
class PaymentQuery:
    @strawberry.field(description="Of the caller's orders, newest first; staff who view them: all.")
    def payments(
        self,
        info: strawberry.Info,
        first: int | None = None,
        after: str | None = None,
        last: int | None = None,
        before: str | None = None,
    ) -> Connection[Payment] | None:
        rows = querysets.visible_to(caller(info))
        page = Page(first=first, after=after, last=last, before=before)
        found = connection(
            Connection[Payment],
            rows,
            page,
            as_nodes=lambda some: [payment_json(one) for one in some],
        )
        return cast("Connection[Payment]", found)

    @strawberry.field
    def payment(self, info: strawberry.Info, id: strawberry.ID) -> Payment | None:  # noqa: A002
        return cast("Payment", find(info, id))

    @strawberry.field(description="What the shop takes now, in the order to offer it in.")
    def payment_methods(self) -> list[OfferedMethod]:
        return cast("list[OfferedMethod]", methods.offered())


@strawberry.type
class PaymentMutation:
    @strawberry.mutation(
        metadata=IN_STEPS,
        description="Asks for the whole price. The same method again answers the open payment.",
    )
    def open_payment(self, info: strawberry.Info, input: OpenPaymentInput) -> PaymentPayload | None:  # noqa: A002
        user = caller(info)
        order = Orders(owner=user.pk).find(reference("Order", input.order))
        opening = services.open_payment(order=order, method=input.method.value, user=user)
        return payload(opening.payment, client_secret=opening.client_secret)

    @strawberry.mutation(
        metadata=IN_STEPS,
        description="Says how a payment ended: the payer of TEST; staff or the vendor, of cash "
        "and transfers. Of a card the shop asks its provider.",
    )
    def confirm_payment(
        self,
        info: strawberry.Info,
        input: ConfirmPaymentInput,  # noqa: A002
    ) -> PaymentPayload | None:
        user, outcome = caller(info), input.outcome or None
        payment = querysets.confirmable(str(known_key("Payment", input.payment)), by=user)
        return payload(services.confirm_payment(payment=payment, actor=user, outcome=outcome))
