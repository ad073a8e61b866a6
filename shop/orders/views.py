"""The REST interface of orders."""

from collections.abc import Callable
from typing import Any, cast

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import Serializer, ValidationError
from rest_framework.viewsets import GenericViewSet

from shop.accounts.models import User
from shop.core.errors import NotAllowed, NotFound
from shop.core.inputs import parsed
from shop.core.once_per_key import OncePerKey
from shop.core.openapi import documented
from shop.orders import errors, examples, querysets, services
from shop.orders.models import Order
from shop.orders.serializers import (
    MoveInput,
    OrderItemOutput,
    OrderOutput,
    PlaceOrderInput,
    ShipInput,
    StatusChangeOutput,
    change_json,
)
from shop.products.expansions import PRODUCT
from shop.vendors.expansions import VENDOR

REFERENCE = OpenApiParameter(
    "id", OpenApiTypes.STR, OpenApiParameter.PATH, description="The order's id or its number."
)
STATUS = OpenApiParameter(
    "status", OpenApiTypes.STR, enum=Order.Status.values, description="Upper or lower case."
)
TAGS = ["Orders"]
OF_ORDERS = {"items.product": PRODUCT, "items.vendor": VENDOR, "parcels.vendor": VENDOR}


class OrderViewSet(OncePerKey, GenericViewSet[Order]):
    """A customer sees own orders only; staff with the right to view orders see all."""

    queryset = Order.objects.none()
    lookup_url_kwarg = "id"
    lookup_value_regex = "[^/]+"
    serializer_class = OrderOutput
    expansions = {
        **dict.fromkeys(("list", "retrieve"), OF_ORDERS),
        "items": {"product": PRODUCT, "vendor": VENDOR},
    }

    @documented(
        "List orders, newest first",
        response=OrderOutput(many=True),
        example=examples.ORDER,
        parameters=[STATUS],
        tags=TAGS,
    )
    def list(self, request: Request) -> Response:
        wanted = request.query_params.get("status", "").upper() or None
        if wanted not in (None, *Order.Status.values):
            raise ValidationError({"status": "There is no such status."}, "invalid_choice")
        return self._page(querysets.visible_to(_user(request), status=wanted))

    @documented(
        "Place an order of what is in the cart",
        request=PlaceOrderInput,
        response=OrderOutput,
        status=201,
        body={"shipping_address": 3, "note": "Please ring twice."},
        example=examples.ORDER,
        refuses=[
            errors.CartIsEmpty,
            errors.OutOfStock,
            errors.LinesNotBuyable,
            errors.TotalTooLarge,
            errors.AddressDoesNotExist,
        ],
        description=(
            "Reserves the stock, closes the cart and answers the order. Repeated while the first "
            "request is on its way, it answers the same order. Pay it before `expires_at`."
        ),
        tags=TAGS,
    )
    def create(self, request: Request) -> Response:
        choices = parsed(PlaceOrderInput, request.data)
        order = services.place_order(user=_user(request), **choices)
        return _answer(order, status.HTTP_201_CREATED)

    @documented(
        "Show an order",
        response=OrderOutput,
        example=examples.ORDER,
        refuses=[NotFound],
        parameters=[REFERENCE],
        tags=TAGS,
    )
    def retrieve(self, request: Request, id: str) -> Response:  # noqa: A002 (the path's name)
        return Response(querysets.visible_to(_user(request)).answer(id))

    @documented(
        "List an order's lines",
        response=OrderItemOutput(many=True),
        example=examples.ITEM,
        refuses=[NotFound],
        parameters=[REFERENCE],
        operation_id="orders_items_list",
        tags=TAGS,
    )
    @action(detail=True, methods=["get"])
    def items(self, request: Request, id: str) -> Response:  # noqa: A002
        return self._page(querysets.visible_to(_user(request)).answer(id)["items"])

    @documented(
        "List who moved an order, and when",
        response=StatusChangeOutput(many=True),
        example=examples.CHANGE,
        refuses=[NotFound],
        parameters=[REFERENCE],
        operation_id="orders_history_list",
        tags=TAGS,
    )
    @action(detail=True, methods=["get"])
    def history(self, request: Request, id: str) -> Response:  # noqa: A002
        order, viewer = self._visible(id), _user(request)
        changes = querysets.history_of(order)
        return self._page(changes, lambda one: change_json(one, order=order, viewer=viewer))

    @documented(
        "Cancel an order",
        request=MoveInput,
        response=OrderOutput,
        body={"note": "Ordered twice."},
        example=examples.order(
            status="CANCELLED", expires_at=None, cancelled_at="2026-11-20T14:10:00Z"
        ),
        refuses=[NotFound, NotAllowed, errors.IllegalMove],
        parameters=[REFERENCE],
        description=(
            "By its owner or by staff while nothing has shipped. Stock is free again; what was "
            "paid is given back."
        ),
        tags=TAGS,
    )
    @action(detail=True, methods=["post"])
    def cancel(self, request: Request, id: str) -> Response:  # noqa: A002
        user, order = _user(request), self._visible(id)
        if order.user_id != user.pk:
            _require_staff(request)
        words = parsed(MoveInput, request.data)
        return _answer(services.cancel_order(order=order, actor=user, **words))

    @documented(
        "Begin to pack an order",
        request=MoveInput,
        response=OrderOutput,
        body={},
        example=examples.paid_order(status="PROCESSING"),
        refuses=[NotFound, NotAllowed, errors.IllegalMove],
        parameters=[REFERENCE],
        description="Staff. An order that is not paid yet can be packed when that is agreed.",
        tags=TAGS,
    )
    @action(detail=True, methods=["post"])
    def process(self, request: Request, id: str) -> Response:  # noqa: A002
        return self._staff_moves(services.process_order, request, id, MoveInput)

    @documented(
        "Ship an order",
        request=ShipInput,
        response=OrderOutput,
        body={"carrier": "DHL", "tracking_number": "00340434161094042557"},
        example=examples.shipped_order(),
        refuses=[NotFound, NotAllowed, errors.IllegalMove],
        parameters=[REFERENCE],
        description="Staff.",
        tags=TAGS,
    )
    @action(detail=True, methods=["post"])
    def ship(self, request: Request, id: str) -> Response:  # noqa: A002
        return self._staff_moves(services.ship_order, request, id, ShipInput)

    @documented(
        "Mark an order as delivered",
        request=MoveInput,
        response=OrderOutput,
        body={},
        example=examples.shipped_order(status="DELIVERED", delivered_at="2026-11-23T11:00:00Z"),
        refuses=[NotFound, NotAllowed, errors.IllegalMove],
        parameters=[REFERENCE],
        description="Staff.",
        tags=TAGS,
    )
    @action(detail=True, methods=["post"])
    def deliver(self, request: Request, id: str) -> Response:  # noqa: A002
        return self._staff_moves(services.deliver_order, request, id, MoveInput)

    def _visible(self, reference: str) -> Order:
        return querysets.visible_to(_user(self.request)).find(reference)

    def _staff_moves(
        self,
        move: Callable[..., Order],
        request: Request,
        reference: str,
        shape: type[Serializer[Any]],
    ) -> Response:
        _require_staff(request)
        order = self._visible(reference)
        return _answer(move(order=order, actor=_user(request), **parsed(shape, request.data)))

    def _page(self, rows: Any, as_json: Callable[[Any], Any] = lambda row: row) -> Response:
        page = cast("list[Any]", self.paginate_queryset(rows))
        return self.get_paginated_response([as_json(row) for row in page])


def _user(request: Request) -> User:
    return cast("User", request.user)


def _require_staff(request: Request) -> None:
    user = _user(request)
    if not (user.is_staff and user.has_perm("orders.change_order")):
        raise NotAllowed


def _answer(order: Order, code: int = status.HTTP_200_OK) -> Response:
    return Response(querysets.Orders().answer(order.pk), code)
