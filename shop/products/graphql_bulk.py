"""Up to 1,000 changes of products in one mutation, by staff and by sellers."""

from enum import Enum
from typing import Any, cast

import strawberry
from strawberry import UNSET

from shop.accounts.graphql import caller, staff_with
from shop.core.graphql.bulk import BulkProblem, in_graphql
from shop.core.graphql.inputs import OptionInput, given, reference
from shop.core.inputs import parsed
from shop.products import bulk_doors
from shop.products.bulk_items import OwnProductBulkInput, ProductBulkInput
from shop.products.models import Product
from shop.vendors.graphql_acting import acting


@strawberry.enum
class BulkProductAction(Enum):
    CREATE = "create"
    UPDATE = "update"
    ARCHIVE = "archive"


@strawberry.input(description="A variant of a new product: `options`, or a `size`.")
class BulkVariantItem:
    sku: str | None = UNSET
    options: list[OptionInput] | None = UNSET
    size: str | None = UNSET
    price: str | None = UNSET
    compare_at_price: str | None = UNSET
    stock: int | None = UNSET
    barcode: str | None = UNSET
    weight_grams: int | None = UNSET
    low_stock_threshold: int | None = UNSET


@strawberry.input(description="What is to be done; `product` is whose, unless it is new.")
class BulkProductItem:
    action: BulkProductAction
    product: strawberry.ID | None = UNSET
    name: str | None = UNSET
    category: strawberry.ID | None = UNSET
    price: str | None = UNSET
    description: str | None = UNSET
    slug: str | None = UNSET
    status: Product.Status | None = UNSET
    compare_at_price: str | None = UNSET
    stock: int | None = UNSET
    sku: str | None = UNSET
    tags: list[str] | None = UNSET
    meta_title: str | None = UNSET
    meta_description: str | None = UNSET
    vendor: strawberry.ID | None = strawberry.field(
        default=UNSET, description="For staff; sellers mean their own."
    )
    variants: list[BulkVariantItem] | None = UNSET


@strawberry.input
class BulkProductsInput:
    items: list[BulkProductItem]
    all_or_nothing: bool = strawberry.field(
        default=False, description="One refused item refuses all."
    )


@strawberry.type
class BulkProductReference:
    id: strawberry.ID
    name: str
    slug: str


@strawberry.type
class BulkProductResult:
    index: int
    status: str = strawberry.field(description="created, updated, archived or failed.")
    product: BulkProductReference | None
    errors: list[BulkProblem]


@strawberry.type
class BulkProductsPayload:
    succeeded: int
    failed: int
    results: list[BulkProductResult]


def _asked(wanted: BulkProductsInput) -> dict[str, Any]:
    return {
        "items": [_item(one) for one in wanted.items],
        "all_or_nothing": wanted.all_or_nothing,
    }


def _item(one: BulkProductItem) -> dict[str, Any]:
    """As the body of REST has it."""
    item: dict[str, Any] = given(one)
    item["action"] = one.action.value
    for name, kind in (("product", "Product"), ("category", "Category"), ("vendor", "Vendor")):
        if isinstance(item.get(name), str):
            item[name] = reference(kind, item[name])
    if isinstance(one.status, Product.Status):
        item["status"] = one.status.value
    return item


@strawberry.type
class ProductBulkMutation:
    @strawberry.mutation(description="Up to 1,000 in their order; each stands alone. For staff.")
    def bulk_products(
        self,
        info: strawberry.Info,
        input: BulkProductsInput,  # noqa: A002
    ) -> BulkProductsPayload | None:
        user = staff_with(info, bulk_doors.PERMISSION)
        asked = parsed(ProductBulkInput, _asked(input))
        return cast("BulkProductsPayload", in_graphql(bulk_doors.by_staff(user=user, **asked)))

    @strawberry.mutation(description="The same with the vendor's own goods, for its managers.")
    def bulk_vendor_products(
        self,
        info: strawberry.Info,
        input: BulkProductsInput,  # noqa: A002
    ) -> BulkProductsPayload | None:
        user, vendor = caller(info), acting(info).vendor
        asked = parsed(OwnProductBulkInput, _asked(input))
        answer = bulk_doors.by_seller(user=user, vendor=vendor, **asked)
        return cast("BulkProductsPayload", in_graphql(answer))
