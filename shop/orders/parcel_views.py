"""The parcels of one order: what its buyer follows, and what staff go on with.

Nobody acts for a vendor that is suspended, and its open parts go on all the same.
"""

from collections.abc import Callable
from typing import Any, cast

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import Serializer
from rest_framework.viewsets import GenericViewSet

from shop.accounts.models import User
from shop.core.errors import NotAllowed, NotFound
from shop.core.inputs import parsed
from shop.core.once_per_key import OncePerKey
from shop.core.openapi import documented
from shop.orders import errors, examples, part_querysets, querysets, services
from shop.orders.models import Order, VendorOrder
from shop.orders.serializers import MoveInput, ParcelOutput, ShipInput
from shop.orders.vendor_examples import SHIPMENT
from shop.vendors.expansions import VENDOR

TAGS = ["Orders"]
ORDER = OpenApiParameter(
    "order_id", OpenApiTypes.STR, OpenApiParameter.PATH, description="The order's id or number."
)
PARCEL = OpenApiParameter(
    "id", OpenApiTypes.STR, OpenApiParameter.PATH, description="The parcel's id or its number."
)
MOVES = [NotFound, NotAllowed, errors.IllegalMove, errors.OrderNotPaid]


@extend_schema(parameters=[ORDER])
class ParcelViewSet(OncePerKey, GenericViewSet[VendorOrder]):
    """The parts of an order, one per vendor; its owner and staff read them, staff move them."""

    queryset = VendorOrder.objects.none()
    serializer_class = ParcelOutput
    expansions = {"list": {"vendor": VENDOR}}
    lookup_url_kwarg = "id"
    lookup_value_regex = "[^/]+"

    @documented(
        "List the parcels of an order",
        response=ParcelOutput(many=True),
        example=examples.PARCEL,
        refuses=[NotFound],
        operation_id="orders_parcels_list",
        tags=TAGS,
    )
    def list(self, request: Request, order_id: str) -> Response:
        parcels = querysets.visible_to(self._user).answer(order_id)["parcels"]
        page = cast("list[Any]", self.paginate_queryset(parcels))
        return self.get_paginated_response(page)

    @documented(
        "Begin to pack one parcel",
        request=MoveInput,
        response=ParcelOutput,
        body={},
        example=examples.PARCEL | {"status": "PROCESSING"},
        refuses=MOVES,
        parameters=[PARCEL],
        description="Staff.",
        operation_id="orders_parcels_process",
        tags=TAGS,
    )
    @action(detail=True, methods=["post"])
    def process(self, request: Request, order_id: str, id: str) -> Response:  # noqa: A002
        return self._move(services.process_part, order_id, id, MoveInput)

    @documented(
        "Ship one parcel",
        request=ShipInput,
        response=ParcelOutput,
        body=SHIPMENT,
        example=examples.PARCEL
        | SHIPMENT
        | {"status": "SHIPPED", "shipped_at": "2026-11-21T08:00:00Z"},
        refuses=MOVES,
        parameters=[PARCEL],
        description="Staff.",
        operation_id="orders_parcels_ship",
        tags=TAGS,
    )
    @action(detail=True, methods=["post"])
    def ship(self, request: Request, order_id: str, id: str) -> Response:  # noqa: A002
        return self._move(services.ship_part, order_id, id, ShipInput)

    @documented(
        "Mark one parcel as delivered",
        request=MoveInput,
        response=ParcelOutput,
        body={},
        example=examples.PARCEL
        | SHIPMENT
        | {
            "status": "DELIVERED",
            "shipped_at": "2026-11-21T08:00:00Z",
            "delivered_at": "2026-11-23T11:00:00Z",
        },
        refuses=MOVES,
        parameters=[PARCEL],
        description="Staff.",
        operation_id="orders_parcels_deliver",
        tags=TAGS,
    )
    @action(detail=True, methods=["post"])
    def deliver(self, request: Request, order_id: str, id: str) -> Response:  # noqa: A002
        return self._move(services.deliver_part, order_id, id, MoveInput)

    @documented(
        "Cancel one parcel of a paid order",
        request=MoveInput,
        response=ParcelOutput,
        body={"note": "The vendor is gone."},
        example=examples.PARCEL | {"status": "CANCELLED", "cancelled_at": "2026-11-20T16:00:00Z"},
        refuses=MOVES,
        parameters=[PARCEL],
        description="Staff, while it has not shipped; what it cost is given back.",
        operation_id="orders_parcels_cancel",
        tags=TAGS,
    )
    @action(detail=True, methods=["post"])
    def cancel(self, request: Request, order_id: str, id: str) -> Response:  # noqa: A002
        return self._move(services.cancel_part, order_id, id, MoveInput)

    @property
    def _user(self) -> User:
        return cast("User", self.request.user)

    def _move(
        self,
        move: Callable[..., VendorOrder],
        order_id: str,
        reference: str,
        shape: type[Serializer[Any]],
    ) -> Response:
        if not (self._user.is_staff and self._user.has_perm("orders.change_order")):
            raise NotAllowed
        order = querysets.visible_to(self._user).find(order_id)
        part = part_querysets.find_of(order, reference)
        move(part=part, actor=self._user, **parsed(shape, self.request.data))
        return Response(self._parcel(order, part))

    def _parcel(self, order: Order, part: VendorOrder) -> dict[str, Any]:
        parcels = querysets.Orders().answer(order.pk)["parcels"]
        return next(parcel for parcel in parcels if parcel["id"] == part.pk)
