"""What GraphQL shows of stock, and takes in: for staff, and for each vendor of its own."""

from datetime import datetime
from typing import Any, cast

import strawberry
import strawberry_django
from rest_framework.exceptions import ErrorDetail, ValidationError
from rest_framework.serializers import Serializer
from strawberry import UNSET
from strawberry_django.optimizer import optimize

from shop.core import references
from shop.core.graphql.inputs import given, global_id, named, said
from shop.core.graphql.nodes import Option, options_of
from shop.core.inputs import parsed
from shop.inventory import models, querysets
from shop.inventory.serializers import (
    AdjustInput,
    MovementParameters,
    ReceiveInput,
    StockParameters,
    level_answer,
)
from shop.vendors.graphql import Vendor
from shop.vendors.models import Vendor as VendorModel

strawberry.enum(models.StockMovement.Kind, name="StockMovementKind")

# --- Out --------------------------------------------------------------------------------------


@strawberry_django.type(models.Warehouse, description="A place that holds stock.")
class Warehouse:
    name: str
    code: str
    vendor: Vendor | None = strawberry_django.field(description="null: the shop's own.")
    is_default: bool = strawberry_django.field(
        description="Receives stock when no warehouse is named."
    )
    created_at: datetime
    updated_at: datetime

    @strawberry_django.field(only=["id"])
    def pk(self, row: strawberry.Parent[models.Warehouse]) -> int:
        return row.pk


@strawberry.type
class StockProduct:
    pk: int
    name: str
    slug: str

    @strawberry.field(description="Of the Product.")
    def id(self) -> strawberry.ID:
        return global_id("Product", cast("Any", self)["id"])


@strawberry.type
class StockVariant:
    pk: int
    sku: str

    @strawberry.field
    def options(self) -> list[Option]:
        return options_of(cast("Any", self)["options"])


@strawberry.type
class StockWarehouse:
    pk: int
    code: str
    name: str


@strawberry.type(description="How many of a variant a warehouse holds.")
class StockLevel:
    pk: int
    product: StockProduct
    variant: StockVariant
    warehouse: StockWarehouse
    on_hand: int
    reserved: int = strawberry.field(description="Promised to orders.")
    available: int = strawberry.field(description="`onHand` - `reserved`")
    low: bool = strawberry.field(description="Whether the variant's threshold is reached.")
    updated_at: datetime


@strawberry.type(description="Who changed the stock.")
class StockActor:
    pk: int
    email: str


@strawberry.type(description="One change of a stock level.")
class StockMovement:
    pk: int
    kind: models.StockMovement.Kind
    quantity: int = strawberry.field(
        description="Signed; RESERVE and RELEASE move `reserved`, the others `onHand`."
    )
    product: StockProduct
    variant: StockVariant
    warehouse: StockWarehouse
    reference: str
    reason: str
    actor: StockActor | None = strawberry.field(
        description="null: the shop by itself; sellers are not told names of the shop's staff."
    )
    created_at: datetime


@strawberry.type
class StockPayload:
    level: StockLevel

    @classmethod
    def of(cls, level: models.StockLevel) -> "StockPayload":
        """With the level as it is now."""
        return cls(level=cast("StockLevel", level_answer(querysets.level_row(level.pk))))


@strawberry.type
class WarehousePayload:
    warehouse_id: strawberry.Private[int]

    @strawberry.field(description="As it is now.")
    def warehouse(self, info: strawberry.Info) -> Warehouse:
        found = optimize(models.Warehouse.objects.all(), info)
        return cast("Warehouse", references.get(found, self.warehouse_id))


# --- In ---------------------------------------------------------------------------------------


@strawberry.input(description="Stock levels that fulfil all of it.")
class StockFilter:
    sku: str | None = UNSET
    product: strawberry.ID | None = strawberry.field(default=UNSET, description="Id or slug.")
    warehouse: strawberry.ID | None = strawberry.field(default=UNSET, description="Code or `pk`.")
    low: bool | None = strawberry.field(
        default=UNSET, description="Whether the variant's threshold is reached."
    )


@strawberry.input(description="Movements that fulfil all of it.")
class StockMovementFilter:
    variant: str | None = strawberry.field(default=UNSET, description="Sku or `pk`.")
    kind: models.StockMovement.Kind | None = UNSET
    warehouse: strawberry.ID | None = strawberry.field(default=UNSET, description="Code or `pk`.")
    reference: str | None = strawberry.field(
        default=UNSET, description='What it was for, such as "order:123".'
    )


@strawberry.input
class StockChange:
    """Of which goods, and where."""

    variant: int | None = strawberry.field(default=UNSET, description="Its `pk`; or give its sku.")
    sku: str | None = UNSET
    warehouse: strawberry.ID | None = strawberry.field(
        default=UNSET, description="Code or `pk`; the shop's main one when not said."
    )


@strawberry.input
class ReceiveStockInput(StockChange):
    quantity: int
    reason: str | None = UNSET


@strawberry.input
class AdjustStockInput(StockChange):
    change: int = strawberry.field(description="Signed, not 0.")
    reason: str


@strawberry.input
class VendorWarehouseInput:
    name: str
    code: str = strawberry.field(description="Letters, digits, - and _; not digits alone.")


@strawberry.input
class WarehouseInput(VendorWarehouseInput):
    vendor: strawberry.ID | None = strawberry.field(
        default=UNSET, description="Id or slug; null: the shop."
    )
    is_default: bool | None = UNSET


@strawberry.input
class VendorWarehouseChanges:
    name: str | None = UNSET
    code: str | None = UNSET


@strawberry.input
class WarehouseChanges(VendorWarehouseChanges):
    vendor: strawberry.ID | None = strawberry.field(
        default=UNSET, description="Id or slug; null: the shop."
    )
    is_default: bool | None = strawberry.field(
        default=UNSET, description="true takes that role from the one that has it."
    )


def levels_asked_for(
    wanted: StockFilter | None, *, vendor: VendorModel | None = None
) -> querysets.Rows:
    """The rows that the filter asks for; with `vendor`, among its own."""
    asked = named(said(wanted), product="Product")
    return querysets.level_rows(vendor=vendor, **parsed(StockParameters, asked))


def movements_asked_for(
    wanted: StockMovementFilter | None, *, vendor: VendorModel | None = None
) -> querysets.Rows:
    return querysets.movement_rows(vendor=vendor, **parsed(MovementParameters, said(wanted)))


def arguments(
    shape: type[ReceiveInput] | type[AdjustInput],
    wanted: StockChange,
    *,
    vendor: VendorModel | None = None,
) -> dict[str, Any]:
    """What the service wants to know, as `shape.arguments` has it."""
    asked = given(wanted)
    pk, sku = asked.pop("variant", None), asked.pop("sku", None)
    if pk is not None and sku is not None:
        raise ValidationError({"sku": ErrorDetail("Give either variant or sku.", "invalid")})
    variant = sku if pk is None else pk
    body: Serializer[Any] = shape(data=asked if variant is None else asked | {"variant": variant})
    body.is_valid(raise_exception=True)
    return cast("ReceiveInput | AdjustInput", body).arguments(vendor)
