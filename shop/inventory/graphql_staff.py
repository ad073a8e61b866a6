"""Stock and warehouses of the whole shop, for staff."""

from typing import Any, cast

import strawberry
from strawberry_django.optimizer import optimize

from shop.accounts.graphql import staff_with
from shop.core import references
from shop.core.graphql.connections import Connection, Page, connection
from shop.core.graphql.inputs import checked, given, named
from shop.inventory import models, services
from shop.inventory.graphql_parts import (
    AdjustStockInput,
    ReceiveStockInput,
    StockFilter,
    StockLevel,
    StockMovement,
    StockMovementFilter,
    StockPayload,
    Warehouse,
    WarehouseChanges,
    WarehouseInput,
    WarehousePayload,
    arguments,
    levels_asked_for,
    movements_asked_for,
)
from shop.inventory.serializers import (
    AdjustInput,
    ReceiveInput,
    level_answer,
    movement_answer,
)
from shop.inventory.serializers import WarehouseInput as WarehouseShape


def _warehouse(given_id: str) -> models.Warehouse:
    return references.get(models.Warehouse.objects.all(), given_id, field="code")


@strawberry.type
class StockQuery:
    @strawberry.field(description="How many of what lie where. For staff.")
    def stock_levels(
        self,
        info: strawberry.Info,
        filter: StockFilter | None = None,  # noqa: A002 (the argument's name)
        first: int | None = None,
        after: str | None = None,
        last: int | None = None,
        before: str | None = None,
    ) -> Connection[StockLevel] | None:
        staff_with(info, "inventory.view_stocklevel")
        page = Page(first=first, after=after, last=last, before=before)
        found = connection(
            Connection[StockLevel],
            levels_asked_for(filter),
            page,
            as_nodes=lambda rows: [level_answer(row) for row in rows],
        )
        return cast("Connection[StockLevel]", found)

    @strawberry.field(description="Every change of stock there ever was, newest first. For staff.")
    def stock_movements(
        self,
        info: strawberry.Info,
        filter: StockMovementFilter | None = None,  # noqa: A002 (the argument's name)
        first: int | None = None,
        after: str | None = None,
        last: int | None = None,
        before: str | None = None,
    ) -> Connection[StockMovement] | None:
        staff_with(info, "inventory.view_stockmovement")
        page = Page(first=first, after=after, last=last, before=before)
        found = connection(
            Connection[StockMovement],
            movements_asked_for(filter),
            page,
            as_nodes=lambda rows: [movement_answer(row) for row in rows],
        )
        return cast("Connection[StockMovement]", found)

    @strawberry.field(description="By name. For staff.")
    def warehouses(
        self,
        info: strawberry.Info,
        first: int | None = None,
        after: str | None = None,
        last: int | None = None,
        before: str | None = None,
    ) -> Connection[Warehouse] | None:
        staff_with(info, "inventory.view_warehouse")
        rows = optimize(models.Warehouse.objects.order_by("name", "id"), info)
        page = Page(first=first, after=after, last=last, before=before)
        return cast("Connection[Warehouse]", connection(Connection[Warehouse], rows, page))

    @strawberry.field(description="By its code or `pk`. For staff.")
    def warehouse(
        self,
        info: strawberry.Info,
        id: strawberry.ID,  # noqa: A002
    ) -> Warehouse | None:
        staff_with(info, "inventory.view_warehouse")
        found: Any = optimize(models.Warehouse.objects.all(), info)
        return cast("Warehouse", references.get(found, id, field="code"))


@strawberry.type
class StockMutation:
    @strawberry.mutation(description="Puts goods that arrived into a warehouse. For staff.")
    def receive_stock(
        self,
        info: strawberry.Info,
        input: ReceiveStockInput,  # noqa: A002
    ) -> StockPayload | None:
        user = staff_with(info, "inventory.change_stocklevel")
        level = services.receive_stock(actor=user, **arguments(ReceiveInput, input))
        return StockPayload.of(level)

    @strawberry.mutation(
        description="Corrects what is on hand, up or down, and says why. For staff."
    )
    def adjust_stock(
        self,
        info: strawberry.Info,
        input: AdjustStockInput,  # noqa: A002
    ) -> StockPayload | None:
        user = staff_with(info, "inventory.change_stocklevel")
        level = services.adjust_stock(actor=user, **arguments(AdjustInput, input))
        return StockPayload.of(level)

    @strawberry.mutation(
        description="As the default it takes that role from the one that has it. For staff."
    )
    def create_warehouse(
        self,
        info: strawberry.Info,
        input: WarehouseInput,  # noqa: A002
    ) -> WarehousePayload | None:
        staff_with(info, "inventory.add_warehouse")
        fields = checked(WarehouseShape, named(given(input), vendor="Vendor"))
        return WarehousePayload(warehouse_id=services.create_warehouse(**fields).pk)

    @strawberry.mutation(description="What is left out stays. For staff.")
    def change_warehouse(
        self,
        info: strawberry.Info,
        warehouse: strawberry.ID,
        input: WarehouseChanges,  # noqa: A002
    ) -> WarehousePayload | None:
        staff_with(info, "inventory.change_warehouse")
        found = _warehouse(warehouse)
        asked = named(given(input), vendor="Vendor")
        changes = checked(WarehouseShape, asked, partial=True)
        services.change_warehouse(warehouse_id=found.pk, **changes)
        return WarehousePayload(warehouse_id=found.pk)
