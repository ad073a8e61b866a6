"""The stock of the vendor that somebody acts for: read behind the wall, changed by the services."""

from typing import Any

from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from shop.core import references
from shop.core.errors import NotFound
from shop.core.openapi import documented
from shop.inventory import querysets, services
from shop.inventory.errors import BelowReserved, StockLimitReached, WarehouseCodeTaken
from shop.inventory.examples import LEVEL, MOVEMENT, WAREHOUSE
from shop.inventory.models import StockLevel, StockMovement, Warehouse
from shop.inventory.serializers import (
    AdjustInput,
    MovementParameters,
    OwnWarehouseInput,
    ReceiveInput,
    StockLevelOutput,
    StockMovementOutput,
    StockParameters,
    WarehouseOutput,
    level_answer,
    own_movement_answer,
)
from shop.vendors.acting import Role, VendorView

TAGS = ["Vendor back office"]
OWN_WAREHOUSE = WAREHOUSE | {"vendor": "veras-vases"}


class VendorStockViewSet(VendorView, GenericViewSet[StockLevel]):
    queryset = StockLevel.objects.none()
    serializer_class = StockLevelOutput
    least_role = dict.fromkeys(("list", "receive", "adjust"), Role.FULFILLER)

    @documented(
        "List the vendor's stock levels",
        response=StockLevelOutput(many=True),
        example=LEVEL,
        tags=TAGS,
        parameters=[StockParameters],
    )
    def list(self, request: Request) -> Response:
        asked = StockParameters(data=request.query_params.dict())
        asked.is_valid(raise_exception=True)
        rows = querysets.level_rows(vendor=self.vendor, **asked.validated_data)
        return self.page_of(rows, level_answer)

    @documented(
        "Receive goods of the vendor",
        request=ReceiveInput,
        body={"variant": "OBS-M", "quantity": 20, "reason": "delivery 4711"},
        response=StockLevelOutput,
        example=LEVEL,
        refuses=[NotFound, StockLimitReached],
        tags=TAGS,
    )
    @action(detail=False, methods=["post"])
    def receive(self, request: Request) -> Response:
        """Into a warehouse of the vendor, or the shop's main one when none is said."""
        given = self._arguments(ReceiveInput(data=request.data))
        return self._answer(services.receive_stock(actor=self.user, **given))

    @documented(
        "Adjust stock of the vendor",
        request=AdjustInput,
        body={"variant": "OBS-M", "change": -1, "reason": "damaged"},
        response=StockLevelOutput,
        example=LEVEL,
        refuses=[NotFound, BelowReserved, StockLimitReached],
        tags=TAGS,
    )
    @action(detail=False, methods=["post"])
    def adjust(self, request: Request) -> Response:
        """Correct what is on hand, up or down, and say why."""
        given = self._arguments(AdjustInput(data=request.data))
        return self._answer(services.adjust_stock(actor=self.user, **given))

    def _arguments(self, asked: ReceiveInput | AdjustInput) -> dict[str, Any]:
        asked.is_valid(raise_exception=True)
        with self.behind_wall():
            return asked.arguments(self.vendor)

    def _answer(self, level: StockLevel) -> Response:
        with self.behind_wall():
            return Response(level_answer(querysets.level_row(level.pk)))


class VendorMovementViewSet(VendorView, GenericViewSet[StockMovement]):
    queryset = StockMovement.objects.none()
    serializer_class = StockMovementOutput
    least_role = {"list": Role.FULFILLER}

    @documented(
        "List the vendor's stock movements",
        response=StockMovementOutput(many=True),
        example=MOVEMENT | {"actor": {"id": 7, "email": "vera@nexus.test"}},
        tags=TAGS,
        parameters=[MovementParameters],
    )
    def list(self, request: Request) -> Response:
        """The newest first. `actor` is a member of the vendor; null: the shop."""
        asked = MovementParameters(data=request.query_params.dict())
        asked.is_valid(raise_exception=True)
        rows = querysets.movement_rows(vendor=self.vendor, **asked.validated_data)
        members = set(self.vendor.members.values_list("user_id", flat=True))
        return self.page_of(rows, lambda row: own_movement_answer(row, colleagues=members))


class VendorWarehouseViewSet(VendorView, GenericViewSet[Warehouse]):
    """Where the vendor may keep its goods. Paths take the code or the id."""

    queryset = Warehouse.objects.none()
    serializer_class = WarehouseOutput
    lookup_value_regex = "[-a-zA-Z0-9_]+"
    least_role = {"list": Role.FULFILLER, "retrieve": Role.FULFILLER}

    @documented(
        "List the vendor's warehouses",
        response=WarehouseOutput(many=True),
        example=OWN_WAREHOUSE,
        tags=TAGS,
    )
    def list(self, request: Request) -> Response:
        """Its own, and the shop's main one."""
        rows = querysets.warehouses_for(self.vendor)
        return self.page_of(rows, lambda row: WarehouseOutput(row).data)

    @documented(
        "Show a warehouse of the vendor",
        response=WarehouseOutput,
        example=OWN_WAREHOUSE,
        refuses=[NotFound],
        tags=TAGS,
    )
    def retrieve(self, request: Request, pk: str) -> Response:
        with self.behind_wall():
            found = references.get(querysets.warehouses_for(self.vendor), pk, field="code")
            return Response(WarehouseOutput(found).data)

    @documented(
        "Open a warehouse of the vendor",
        request=OwnWarehouseInput,
        body={"name": "Harbor", "code": "harbor"},
        response=WarehouseOutput,
        example=OWN_WAREHOUSE,
        status=201,
        refuses=[WarehouseCodeTaken],
        tags=TAGS,
    )
    def create(self, request: Request) -> Response:
        asked = OwnWarehouseInput(data=request.data)
        asked.is_valid(raise_exception=True)
        warehouse = services.create_warehouse(vendor=self.vendor, **asked.validated_data)
        return Response(WarehouseOutput(warehouse).data, status=201)

    @documented(
        "Change a warehouse of the vendor",
        request=OwnWarehouseInput(partial=True),
        body={"name": "Harbor side"},
        response=WarehouseOutput,
        example=OWN_WAREHOUSE | {"name": "Harbor side"},
        refuses=[NotFound, WarehouseCodeTaken],
        tags=TAGS,
    )
    def partial_update(self, request: Request, pk: str) -> Response:
        """Its own only: the shop's main one is not there."""
        asked = OwnWarehouseInput(data=request.data, partial=True)
        asked.is_valid(raise_exception=True)
        found = self._own(pk)
        warehouse = services.change_warehouse(warehouse_id=found.pk, **asked.validated_data)
        return Response(WarehouseOutput(warehouse).data)

    def hold(self, request: Request, **named: Any) -> None:
        services.hold_warehouse(warehouse_id=self._own(named["pk"]).pk)

    def _own(self, pk: str) -> Warehouse:
        with self.behind_wall():
            own = Warehouse.objects.filter(vendor=self.vendor)
            return references.get(own, pk, field="code")
