"""The stock of the vendor that somebody acts for: read behind the wall, changed by the services."""

from typing import Any, cast

import strawberry
from strawberry_django.optimizer import optimize

from shop.accounts.graphql import caller
from shop.core import references, walls
from shop.core.graphql.connections import Connection, Page, connection
from shop.core.graphql.inputs import checked
from shop.inventory import models, querysets, services
from shop.inventory.graphql_parts import (
    AdjustStockInput,
    ReceiveStockInput,
    StockFilter,
    StockLevel,
    StockMovement,
    StockMovementFilter,
    StockPayload,
    VendorWarehouseChanges,
    VendorWarehouseInput,
    Warehouse,
    WarehousePayload,
    arguments,
    levels_asked_for,
    movements_asked_for,
)
from shop.inventory.serializers import (
    AdjustInput,
    OwnWarehouseInput,
    ReceiveInput,
    level_answer,
    own_movement_answer,
)
from shop.vendors.acting import Role
from shop.vendors.graphql_acting import RowsBehindWall, acting


def _usable(info: strawberry.Info, vendor: Any) -> Any:
    # The optimizer says itself what is joined.
    return optimize(querysets.warehouses_for(vendor).select_related(None), info)


@strawberry.type
class VendorStockQuery:
    @strawberry.field(description="How many of the vendor's goods lie where.")
    def vendor_inventory(
        self,
        info: strawberry.Info,
        filter: StockFilter | None = None,  # noqa: A002 (the argument's name)
        first: int | None = None,
        after: str | None = None,
        last: int | None = None,
        before: str | None = None,
    ) -> Connection[StockLevel] | None:
        vendor = acting(info, Role.FULFILLER).vendor
        page = Page(first=first, after=after, last=last, before=before)
        found = connection(
            Connection[StockLevel],
            RowsBehindWall(levels_asked_for(filter, vendor=vendor), vendor.pk),
            page,
            as_nodes=lambda rows: [level_answer(row) for row in rows],
        )
        return cast("Connection[StockLevel]", found)

    @strawberry.field(description="Every change of the vendor's stock, newest first.")
    def vendor_stock_movements(
        self,
        info: strawberry.Info,
        filter: StockMovementFilter | None = None,  # noqa: A002 (the argument's name)
        first: int | None = None,
        after: str | None = None,
        last: int | None = None,
        before: str | None = None,
    ) -> Connection[StockMovement] | None:
        vendor = acting(info, Role.FULFILLER).vendor
        colleagues = set(vendor.members.values_list("user_id", flat=True))
        page = Page(first=first, after=after, last=last, before=before)
        found = connection(
            Connection[StockMovement],
            RowsBehindWall(movements_asked_for(filter, vendor=vendor), vendor.pk),
            page,
            as_nodes=lambda rows: [own_movement_answer(row, colleagues=colleagues) for row in rows],
        )
        return cast("Connection[StockMovement]", found)

    @strawberry.field(description="Where the vendor may keep goods: its own, and the main one.")
    def vendor_warehouses(
        self,
        info: strawberry.Info,
        first: int | None = None,
        after: str | None = None,
        last: int | None = None,
        before: str | None = None,
    ) -> Connection[Warehouse] | None:
        vendor = acting(info, Role.FULFILLER).vendor
        rows = RowsBehindWall(_usable(info, vendor), vendor.pk)
        page = Page(first=first, after=after, last=last, before=before)
        return cast("Connection[Warehouse]", connection(Connection[Warehouse], rows, page))

    @strawberry.field(description="One of them, by its code or `pk`.")
    def vendor_warehouse(
        self,
        info: strawberry.Info,
        id: strawberry.ID,  # noqa: A002
    ) -> Warehouse | None:
        vendor = acting(info, Role.FULFILLER).vendor
        with walls.behind(vendor.pk):
            return cast("Warehouse", references.get(_usable(info, vendor), id, field="code"))


@strawberry.type
class VendorStockMutation:
    @strawberry.mutation(
        description="Puts goods that arrived into a warehouse of the vendor, or the main one."
    )
    def receive_vendor_stock(
        self,
        info: strawberry.Info,
        input: ReceiveStockInput,  # noqa: A002
    ) -> StockPayload | None:
        user, vendor = caller(info), acting(info, Role.FULFILLER).vendor
        with walls.behind(vendor.pk):
            fields = arguments(ReceiveInput, input, vendor=vendor)
        level = services.receive_stock(actor=user, **fields)
        with walls.behind(vendor.pk):
            return StockPayload.of(level)

    @strawberry.mutation(
        description="Corrects what is on hand of the vendor's goods, up or down, and says why."
    )
    def adjust_vendor_stock(
        self,
        info: strawberry.Info,
        input: AdjustStockInput,  # noqa: A002
    ) -> StockPayload | None:
        user, vendor = caller(info), acting(info, Role.FULFILLER).vendor
        with walls.behind(vendor.pk):
            fields = arguments(AdjustInput, input, vendor=vendor)
        level = services.adjust_stock(actor=user, **fields)
        with walls.behind(vendor.pk):
            return StockPayload.of(level)

    @strawberry.mutation(description="A warehouse of the vendor.")
    def create_vendor_warehouse(
        self,
        info: strawberry.Info,
        input: VendorWarehouseInput,  # noqa: A002
    ) -> WarehousePayload | None:
        vendor, fields = acting(info).vendor, checked(OwnWarehouseInput, input)
        warehouse = services.create_warehouse(vendor=vendor, **fields)
        return WarehousePayload(warehouse_id=warehouse.pk)

    @strawberry.mutation(description="The vendor's own; what is left out stays.")
    def change_vendor_warehouse(
        self,
        info: strawberry.Info,
        warehouse: strawberry.ID,
        input: VendorWarehouseChanges,  # noqa: A002
    ) -> WarehousePayload | None:
        vendor = acting(info).vendor
        fields = checked(OwnWarehouseInput, input, partial=True)
        with walls.behind(vendor.pk):
            own = models.Warehouse.objects.filter(vendor=vendor)
            found = references.get(own, warehouse, field="code")
        services.change_warehouse(warehouse_id=found.pk, **fields)
        return WarehousePayload(warehouse_id=found.pk)
