"""The REST interface of payments and refunds."""

from typing import cast

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView
from rest_framework.viewsets import GenericViewSet

from shop.accounts.models import User
from shop.core import references
from shop.core.errors import NotAllowed, NotFound
from shop.core.inputs import parsed
from shop.core.once_per_key import OncePerKey
from shop.core.openapi import documented
from shop.orders import errors as order_errors
from shop.orders import examples as order_examples
from shop.orders import querysets as orders
from shop.orders.querysets import Orders
from shop.orders.serializers import OrderOutput
from shop.payments import errors, examples, methods, querysets, services
from shop.payments.models import Payment
from shop.payments.provider import Outcome
from shop.payments.serializers import (
    ConfirmInput,
    MethodOutput,
    OpenPaymentInput,
    PaymentOutput,
    RefundInput,
    ResolveInput,
    payment_json,
)

ID = OpenApiParameter("id", OpenApiTypes.INT, OpenApiParameter.PATH)
ORDER = OpenApiParameter(
    "id", OpenApiTypes.STR, OpenApiParameter.PATH, description="The order's id or its number."
)
TAGS = ["Payments"]


class PaymentViewSet(OncePerKey, GenericViewSet[Payment]):
    """A customer sees payments of own orders only; staff with the right to view them see all."""

    queryset = Payment.objects.none()
    lookup_url_kwarg = "id"
    lookup_value_regex = "[0-9]+"
    serializer_class = PaymentOutput
    idempotent_in_steps = ("create", "confirm")

    @documented(
        "List payments, newest first",
        response=PaymentOutput(many=True),
        example=examples.SUCCEEDED,
        tags=TAGS,
    )
    def list(self, request: Request) -> Response:
        page = self.paginate_queryset(querysets.visible_to(_user(request))) or ()
        return self.get_paginated_response([payment_json(payment) for payment in page])

    @documented(
        "Open a payment for an order",
        request=OpenPaymentInput,
        response=PaymentOutput,
        status=201,
        body={"order": "NX-2026-000012", "method": "test"},
        example=examples.PAYMENT,
        refuses=[
            NotFound,
            errors.OrderIsCancelled,
            errors.AlreadyPaid,
            errors.MethodNotOffered,
            errors.PaymentIsHeld,
            errors.ProviderRefused,
            errors.ProviderAway,
        ],
        description=(
            "Asks for the whole price of one of your orders. The same method again answers the "
            "payment that is open; another method replaces it. Cash on delivery lets the shop "
            "pack at once; a bank transfer gives the order more time before it expires. `card` "
            "is offered where the shop has keys of Stripe: give `client_secret`, which every "
            "repeated request answers again, to Stripe's script in the shopper's browser."
        ),
        tags=TAGS,
    )
    def create(self, request: Request) -> Response:
        user, choices = _user(request), parsed(OpenPaymentInput, request.data)
        order = Orders(owner=user.pk).find(choices["order"])
        opening = services.open_payment(order=order, method=choices["method"], user=user)
        answer = payment_json(opening.payment, client_secret=opening.client_secret)
        return Response(answer, status.HTTP_201_CREATED)

    @documented(
        "Show a payment",
        response=PaymentOutput,
        example=examples.SUCCEEDED,
        refuses=[NotFound],
        parameters=[ID],
        tags=TAGS,
    )
    def retrieve(self, request: Request, id: str) -> Response:  # noqa: A002 (the path's name)
        payment = references.get(querysets.visible_to(_user(request)), id)
        return Response(payment_json(payment))

    @documented(
        "Say how a payment ended",
        request=ConfirmInput,
        response=PaymentOutput,
        body={"outcome": "succeed"},
        example=examples.SUCCEEDED,
        refuses=[
            NotFound,
            NotAllowed,
            errors.OrderIsCancelled,
            errors.PaymentClosed,
            errors.OutcomeNotAllowed,
            errors.ProviderAway,
        ],
        parameters=[ID],
        description=(
            "The method test: the payer says it, and `outcome` is required. `succeed` pays the "
            "order, `decline` lets it be paid again, `fail` cancels it. Cash and transfers: staff, "
            "or the house's members for its own goods, say that the money has arrived. Cards: "
            "without `outcome`, the payer or staff have the shop ask Stripe how it ended, at "
            "once instead of when Stripe's event comes."
        ),
        tags=TAGS,
    )
    @action(detail=True, methods=["post"])
    def confirm(self, request: Request, id: str) -> Response:  # noqa: A002
        user = _user(request)
        payment = querysets.confirmable(id, by=user)
        said = parsed(ConfirmInput, request.data).get("outcome")
        outcome = Outcome(said) if said else None
        payment = services.confirm_payment(payment=payment, actor=user, outcome=outcome)
        return Response(payment_json(payment))

    @documented(
        "Decide about a payment that is held",
        request=ResolveInput,
        response=PaymentOutput,
        body={"accept": True},
        example=examples.SUCCEEDED,
        refuses=[
            NotFound,
            NotAllowed,
            errors.PaymentNotHeld,
            errors.OrderIsCancelled,
            errors.AlreadyPaid,
        ],
        parameters=[ID],
        description=(
            "Staff. A payment is held when another amount or currency came than was asked for. "
            "Accepted, it pays the order as it is; refused, it is given back whole."
        ),
        tags=TAGS,
    )
    @action(detail=True, methods=["post"])
    def resolve(self, request: Request, id: str) -> Response:  # noqa: A002
        user = _user(request)
        payment = references.get(querysets.visible_to(user), id)
        if not querysets.is_clerk(user):
            raise NotAllowed
        accept = parsed(ResolveInput, request.data)["accept"]
        payment = services.resolve_payment(payment=payment, actor=user, accept=accept)
        return Response(payment_json(payment))

    @documented(
        "List the methods of payment that the shop offers",
        response=MethodOutput(many=True),
        example=examples.METHOD,
        operation_id="payments_methods_list",
        description=(
            "What the shop takes now, in the order to offer it in. `card` is there when the shop "
            "has keys of Stripe; its label says so when it is a simulation of Stripe."
        ),
        tags=TAGS,
    )
    @action(detail=False, methods=["get"], permission_classes=[AllowAny], pagination_class=None)
    def methods(self, request: Request) -> Response:
        return Response(methods.offered())


class StripeWebhookView(APIView):
    """Stripe tells us something. Whoever it is, the signature says whether to believe it."""

    authentication_classes = ()
    permission_classes = (AllowAny,)

    @documented(
        "Receive an event of Stripe",
        status=200,
        refuses=[NotFound, errors.WebhookRefused],
        operation_id="payments_webhooks_stripe",
        description=(
            "Called by Stripe, with its `Stripe-Signature`. Answered at once, processed after. "
            "404 where the shop has no keys of Stripe."
        ),
        auth=[],
        tags=TAGS,
    )
    def post(self, request: Request) -> Response:
        services.receive_event(
            provider="stripe",
            body=request.body,
            signature=request.headers.get("Stripe-Signature", ""),
        )
        return Response({"received": True})


class RefundView(OncePerKey):
    """Staff give money back for an order."""

    idempotent_in_steps = ("post",)

    @documented(
        "Refund an order",
        request=RefundInput,
        response=OrderOutput,
        body={
            "items": [{"item": order_examples.ITEM["id"], "quantity": 1}],
            "reason": "One came torn.",
            "restock": False,
        },
        example=order_examples.PARTLY_REFUNDED,
        refuses=[
            NotFound,
            NotAllowed,
            errors.NothingToRefund,
            errors.RefundTooLarge,
            errors.QuantityTooLarge,
            errors.RefundFailed,
            errors.AmountOrItems,
            errors.NoSuchItem,
            order_errors.NoSuchPart,
            errors.ItemTwice,
            errors.WrongCurrency,
            errors.RestockNeedsFullRefund,
        ],
        parameters=[ORDER],
        description=(
            "Staff. All that is left of the price, or `amount` of it, or `items`: each at its "
            "price less its share of the order's discount, or all that is left of the parcel "
            "`part`. Never more than was paid. The order is REFUNDED when nothing is left, and so "
            "is one parcel of several. A refund that the provider has not finished is "
            "`pending` in the answer, and is finished by the shop. For cash and transfers it "
            "states that the money was handed over."
        ),
        tags=["Orders"],
    )
    def post(self, request: Request, id: str) -> Response:  # noqa: A002
        user = _user(request)
        if not (user.is_staff and user.has_perm("payments.add_refund")):
            raise NotAllowed
        order, wish = orders.visible_to(user).find(id), parsed(RefundInput, request.data)
        if "part" in wish:
            wish["part"] = orders.part_of(order, wish["part"])
        services.refund_order(order=order, actor=user, **wish)
        return Response(Orders().answer(order.pk))


def _user(request: Request) -> User:
    return cast("User", request.user)
