from typing import Any, cast

from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from shop.core import references
from shop.core.errors import NotFound
from shop.core.once_per_key import OncePerKey
from shop.core.openapi import documented
from shop.core.shaping import ShapedReads
from shop.inventory import querysets, services
from shop.inventory.errors import (
    BelowReserved,
    DefaultWarehouseNeeded,
    StockLimitReached,
    WarehouseCodeTaken,
)
from shop.inventory.examples import LEVEL, MOVEMENT, WAREHOUSE
from shop.inventory.models import StockLevel, StockMovement, Warehouse
from shop.inventory.permissions import StaffMay
from shop.inventory.serializers import (
    AdjustInput,
    MovementParameters,
    ReceiveInput,
    StockLevelOutput,
    StockMovementOutput,
    StockParameters,
    WarehouseInput,
    WarehouseOutput,
    level_answer,
    movement_answer,
)

TAGS = ["Inventory"]


class StockViewSet(OncePerKey, GenericViewSet[StockLevel]):
    """How many of what lie where; staff only."""

    queryset = StockLevel.objects.all()
    serializer_class = StockLevelOutput
    permission_classes = [StaffMay]
    permissions = {
        "list": "inventory.view_stocklevel",
        "receive": "inventory.change_stocklevel",
        "adjust": "inventory.change_stocklevel",
    }

    @documented(
        "List stock levels",
        response=StockLevelOutput(many=True),
        example=LEVEL,
        tags=TAGS,
        parameters=[StockParameters],
    )
    def list(self, request: Request) -> Response:
        asked = StockParameters(data=request.query_params.dict())
        asked.is_valid(raise_exception=True)
        rows: Any = querysets.level_rows(**asked.validated_data)
        page = cast("list[Any]", self.paginate_queryset(rows))
        return self.get_paginated_response([level_answer(row) for row in page])

    @documented(
        "Receive goods",
        request=ReceiveInput,
        body={"variant": "OBS-M", "quantity": 20, "reason": "delivery 4711"},
        response=StockLevelOutput,
        example=LEVEL,
        refuses=[NotFound, StockLimitReached],
        tags=TAGS,
    )
    @action(detail=False, methods=["post"])
    def receive(self, request: Request) -> Response:
        asked = ReceiveInput(data=request.data)
        asked.is_valid(raise_exception=True)
        level = services.receive_stock(actor=cast("Any", request.user), **asked.arguments())
        return self._answer(level)

    @documented(
        "Adjust stock",
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
        asked = AdjustInput(data=request.data)
        asked.is_valid(raise_exception=True)
        level = services.adjust_stock(actor=cast("Any", request.user), **asked.arguments())
        return self._answer(level)

    @staticmethod
    def _answer(level: StockLevel) -> Response:
        return Response(level_answer(querysets.level_row(level.pk)))


class StockMovementViewSet(ShapedReads, GenericViewSet[StockMovement]):
    """Every change of stock there ever was; staff only."""

    queryset = StockMovement.objects.all()
    serializer_class = StockMovementOutput
    permission_classes = [StaffMay]
    permissions = {"list": "inventory.view_stockmovement"}

    @documented(
        "List stock movements",
        response=StockMovementOutput(many=True),
        example=MOVEMENT,
        tags=TAGS,
        parameters=[MovementParameters],
    )
    def list(self, request: Request) -> Response:
        """The newest first."""
        asked = MovementParameters(data=request.query_params.dict())
        asked.is_valid(raise_exception=True)
        rows: Any = querysets.movement_rows(**asked.validated_data)
        page = cast("list[Any]", self.paginate_queryset(rows))
        return self.get_paginated_response([movement_answer(row) for row in page])


class WarehouseViewSet(OncePerKey, GenericViewSet[Warehouse]):
    """The places that hold stock; staff only. Paths take the code or the id."""

    queryset = Warehouse.objects.select_related("vendor").order_by("name", "id")
    serializer_class = WarehouseOutput
    permission_classes = [StaffMay]
    lookup_value_regex = "[-a-zA-Z0-9_]+"
    permissions = {
        "list": "inventory.view_warehouse",
        "retrieve": "inventory.view_warehouse",
        "create": "inventory.add_warehouse",
        "partial_update": "inventory.change_warehouse",
    }

    @documented(
        "List warehouses", response=WarehouseOutput(many=True), example=WAREHOUSE, tags=TAGS
    )
    def list(self, request: Request) -> Response:
        page = self.paginate_queryset(self.get_queryset())
        return self.get_paginated_response(WarehouseOutput(page, many=True).data)

    @documented(
        "Show a warehouse",
        response=WarehouseOutput,
        example=WAREHOUSE,
        refuses=[NotFound],
        tags=TAGS,
    )
    def retrieve(self, request: Request, pk: str) -> Response:
        return Response(WarehouseOutput(self._warehouse(pk)).data)

    @documented(
        "Open a warehouse",
        request=WarehouseInput,
        body={"name": "Harbor", "code": "harbor"},
        response=WarehouseOutput,
        example=WAREHOUSE,
        status=201,
        refuses=[WarehouseCodeTaken],
        tags=TAGS,
    )
    def create(self, request: Request) -> Response:
        """As the default it takes that role from the one that has it."""
        asked = WarehouseInput(data=request.data)
        asked.is_valid(raise_exception=True)
        warehouse = services.create_warehouse(**asked.validated_data)
        return Response(WarehouseOutput(warehouse).data, status=201)

    @documented(
        "Change a warehouse",
        request=WarehouseInput(partial=True),
        body={"is_default": True},
        response=WarehouseOutput,
        example=WAREHOUSE | {"is_default": True},
        refuses=[NotFound, WarehouseCodeTaken, DefaultWarehouseNeeded],
        tags=TAGS,
    )
    def partial_update(self, request: Request, pk: str) -> Response:
        asked = WarehouseInput(data=request.data, partial=True)
        asked.is_valid(raise_exception=True)
        warehouse_id = self._warehouse(pk).pk
        warehouse = services.change_warehouse(warehouse_id=warehouse_id, **asked.validated_data)
        return Response(WarehouseOutput(warehouse).data)

    def hold(self, request: Request, **named: Any) -> None:
        services.hold_warehouse(warehouse_id=self._warehouse(named["pk"]).pk)

    def _warehouse(self, value: str) -> Warehouse:
        return references.get(self.get_queryset(), value, field="code")
