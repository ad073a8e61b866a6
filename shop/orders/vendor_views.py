"""What vendors see of orders, and do with their part of them."""

from collections.abc import Callable
from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import Serializer
from rest_framework.viewsets import GenericViewSet

from shop.core.errors import NotFound
from shop.core.inputs import parsed
from shop.core.openapi import documented
from shop.orders import errors, part_querysets, services, summary
from shop.orders import vendor_examples as examples
from shop.orders.models import VendorOrder
from shop.orders.part_querysets import Parts
from shop.orders.serializers import MoveInput, ShipInput
from shop.orders.vendor_serializers import (
    SummaryOutput,
    SummaryParameters,
    VendorOrderChangeOutput,
    VendorOrderOutput,
    VendorOrderParameters,
)
from shop.products.expansions import PRODUCT
from shop.vendors.acting import Role, VendorView
from shop.vendors.errors import (
    NoSuchVendor,
    NotAVendor,
    RoleTooLow,
    VendorNotApproved,
    VendorNotNamed,
    VendorSuspended,
)

TAGS = ["Vendor back office"]
REFERENCE = OpenApiParameter(
    "id", OpenApiTypes.STR, OpenApiParameter.PATH, description="The part's id or its number."
)
REFUSES = [VendorNotNamed, NotAVendor, VendorNotApproved, VendorSuspended]
OF_ONE = [*REFUSES, NotFound, NoSuchVendor]
MOVES = [*OF_ONE, errors.IllegalMove, errors.OrderNotPaid]


class VendorOrderViewSet(VendorView, GenericViewSet[VendorOrder]):
    """The vendor's own parts of orders: no other vendor's lines, nothing of the payment."""

    queryset = VendorOrder.objects.none()
    serializer_class = VendorOrderOutput
    expansions = {"list": {"items.product": PRODUCT}, "retrieve": {"items.product": PRODUCT}}
    lookup_url_kwarg = "id"
    lookup_value_regex = "[^/]+"
    least_role = dict.fromkeys(
        ("list", "retrieve", "history", "process", "ship", "deliver"), Role.FULFILLER
    )

    @documented(
        "List the vendor's orders, newest first",
        response=VendorOrderOutput(many=True),
        example=examples.PART,
        refuses=REFUSES,
        parameters=[VendorOrderParameters],
        operation_id="vendor_orders_list",
        tags=TAGS,
    )
    def list(self, request: Request) -> Response:
        asked = parsed(VendorOrderParameters, request.query_params.dict())
        return self.page_of(Parts(vendor=self.vendor.pk, **asked))

    @documented(
        "Show one of the vendor's orders",
        response=VendorOrderOutput,
        example=examples.PART,
        refuses=OF_ONE,
        parameters=[REFERENCE],
        operation_id="vendor_orders_retrieve",
        tags=TAGS,
    )
    def retrieve(self, request: Request, id: str) -> Response:  # noqa: A002 (the path's name)
        return self._answer(id)

    @documented(
        "List who moved one of the vendor's orders, and when",
        response=VendorOrderChangeOutput(many=True),
        example=examples.CHANGE,
        refuses=OF_ONE,
        parameters=[REFERENCE],
        operation_id="vendor_orders_history_list",
        tags=TAGS,
    )
    @action(detail=True, methods=["get"])
    def history(self, request: Request, id: str) -> Response:  # noqa: A002
        with self.behind_wall():
            changes = part_querysets.history_of(self._parts.find(id))
        return self.page_of(changes)

    @documented(
        "Begin to pack",
        request=MoveInput,
        response=VendorOrderOutput,
        body={},
        example=examples.part(status="PROCESSING"),
        refuses=MOVES,
        parameters=[REFERENCE],
        operation_id="vendor_orders_process",
        tags=TAGS,
    )
    @action(detail=True, methods=["post"])
    def process(self, request: Request, id: str) -> Response:  # noqa: A002
        return self._move(services.process_part, id, MoveInput)

    @documented(
        "Ship",
        request=ShipInput,
        response=VendorOrderOutput,
        body=examples.SHIPMENT,
        example=examples.SHIPPED,
        refuses=MOVES,
        parameters=[REFERENCE],
        operation_id="vendor_orders_ship",
        tags=TAGS,
    )
    @action(detail=True, methods=["post"])
    def ship(self, request: Request, id: str) -> Response:  # noqa: A002
        return self._move(services.ship_part, id, ShipInput)

    @documented(
        "Mark as delivered",
        request=MoveInput,
        response=VendorOrderOutput,
        body={},
        example=examples.SHIPPED | {"status": "DELIVERED", "delivered_at": "2026-11-23T11:00:00Z"},
        refuses=MOVES,
        parameters=[REFERENCE],
        operation_id="vendor_orders_deliver",
        tags=TAGS,
    )
    @action(detail=True, methods=["post"])
    def deliver(self, request: Request, id: str) -> Response:  # noqa: A002
        return self._move(services.deliver_part, id, MoveInput)

    @documented(
        "Cancel the vendor's part of an order",
        request=MoveInput,
        response=VendorOrderOutput,
        body={"note": "The last one broke."},
        example=examples.part(status="CANCELLED", cancelled_at="2026-11-20T16:00:00Z"),
        refuses=[*MOVES, RoleTooLow],
        parameters=[REFERENCE],
        description=(
            "Managers, while it is paid and has not been shipped. The buyer gets the money of "
            "this part back; the other vendors' parts go on."
        ),
        operation_id="vendor_orders_cancel",
        tags=TAGS,
    )
    @action(detail=True, methods=["post"])
    def cancel(self, request: Request, id: str) -> Response:  # noqa: A002
        return self._move(services.cancel_part, id, MoveInput)

    @property
    def _parts(self) -> Parts:
        return Parts(vendor=self.vendor.pk)

    def _answer(self, reference: str | int) -> Response:
        with self.behind_wall():
            return Response(self._parts.answer(reference))

    def _move(
        self, move: Callable[..., VendorOrder], reference: str, shape: type[Serializer[Any]]
    ) -> Response:
        with self.behind_wall():
            part = self._parts.find(reference)
        move(part=part, actor=self.user, **parsed(shape, self.request.data))
        return self._answer(part.pk)


class VendorSummaryViewSet(VendorView, GenericViewSet[VendorOrder]):
    """How the vendor's days went, for its managers."""

    queryset = VendorOrder.objects.none()
    serializer_class = SummaryOutput
    pagination_class = None

    @documented(
        "Sum up the vendor's days",
        response=SummaryOutput,
        example=examples.SUMMARY,
        refuses=[*REFUSES, RoleTooLow],
        parameters=[SummaryParameters],
        description="Sales, refunds and reviews day by day, in the shop's currency.",
        operation_id="vendor_summary_retrieve",
        tags=TAGS,
    )
    def retrieve(self, request: Request) -> Response:
        days = parsed(SummaryParameters, request.query_params.dict())
        with self.behind_wall():
            return Response(summary.of_days(vendor_id=self.vendor.pk, **days))
