"""Up to 1,000 stock levels in one mutation, by staff and by sellers."""

from typing import Any, cast

import strawberry
from strawberry import UNSET

from shop.accounts.graphql import caller, staff_with
from shop.core.graphql.bulk import BulkProblem, in_graphql
from shop.core.graphql.inputs import given
from shop.core.inputs import parsed
from shop.inventory.bulk_doors import PERMISSION, count_stock
from shop.inventory.bulk_items import StockBulkInput
from shop.vendors.acting import Role
from shop.vendors.graphql_acting import acting


@strawberry.input(description="Either `onHand` or `change`, of a variant in a warehouse.")
class BulkStockItem:
    variant: str = strawberry.field(description="Its sku, or its id.")
    warehouse: str | None = strawberry.field(
        default=UNSET, description="Its code, or its id; the default one when not said."
    )
    on_hand: int | None = UNSET
    change: int | None = strawberry.field(default=UNSET, description="Signed.")


@strawberry.input
class BulkStockInput:
    items: list[BulkStockItem]
    reason: str | None = strawberry.field(default=UNSET, description="Of every movement.")
    all_or_nothing: bool = strawberry.field(
        default=False, description="One refused item refuses all."
    )


@strawberry.type
class BulkStockPlace:
    pk: int
    sku: str = strawberry.field(resolver=lambda root: str(root["variant"]["sku"]))
    warehouse: str = strawberry.field(
        description="Its code.", resolver=lambda root: str(root["warehouse"]["code"])
    )
    on_hand: int
    reserved: int
    available: int


@strawberry.type
class BulkStockResult:
    index: int
    status: str = strawberry.field(description="done or failed.")
    level: BulkStockPlace | None
    errors: list[BulkProblem]


@strawberry.type
class BulkStockPayload:
    succeeded: int
    failed: int
    results: list[BulkStockResult]


def _asked(wanted: BulkStockInput) -> dict[str, Any]:
    return parsed(StockBulkInput, given(wanted))


@strawberry.type
class StockBulkMutation:
    @strawberry.mutation(description="Up to 1,000 levels; each stands alone. For staff.")
    def bulk_stock(
        self,
        info: strawberry.Info,
        input: BulkStockInput,  # noqa: A002
    ) -> BulkStockPayload | None:
        user = staff_with(info, PERMISSION)
        answer = count_stock(user=user, **_asked(input))
        return cast("BulkStockPayload", in_graphql(answer))

    @strawberry.mutation(description="The same for the vendor's own goods, for its members.")
    def bulk_vendor_stock(
        self,
        info: strawberry.Info,
        input: BulkStockInput,  # noqa: A002
    ) -> BulkStockPayload | None:
        user, vendor = caller(info), acting(info, Role.FULFILLER).vendor
        answer = count_stock(user=user, vendor=vendor, **_asked(input))
        return cast("BulkStockPayload", in_graphql(answer))
