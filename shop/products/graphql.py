"""Goods and their categories, as everybody sees them.

The statement that chooses a page's products is the one of REST; the optimizer reads of them
what a query asks for, in one statement for each kind of object.
"""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any, cast

import strawberry
import strawberry_django
from django.db.models import (
    F,
    IntegerField,
    OuterRef,
    Prefetch,
    Subquery,
    Sum,
    Value,
)
from django.db.models.functions import Coalesce
from strawberry_django.optimizer import optimize

from shop.core import references
from shop.core.errors import NotFound
from shop.core.graphql.connections import Connection, Page, connection
from shop.core.graphql.inputs import reference
from shop.core.graphql.nodes import Node
from shop.inventory import querysets as inventory
from shop.inventory.models import StockLevel
from shop.products import filters, models, querysets
from shop.products.graphql_lists import (
    ProductFilter,
    ProductOrder,
    ProductRows,
    as_peers,
    in_order,
    wanted,
)
from shop.products.graphql_parts import (
    Category,
    Image,
    Variant,
    address,
    is_for_sale,
    showing_hidden,
)
from shop.products.graphql_rights import sees_hidden
from shop.vendors.graphql import Vendor

if TYPE_CHECKING:
    from shop.reviews.graphql import ReviewConnection


_STOCK_OF_PRODUCT = Coalesce(
    Subquery(
        StockLevel.objects.filter(variant__product_id=OuterRef("pk"), variant__is_active=True)
        .order_by()
        .values("variant__product_id")
        .annotate(total=Sum(inventory.AVAILABLE))
        .values("total")
    ),
    Value(0),
    output_field=IntegerField(),
)
_MAIN_IMAGE = Prefetch(
    "images", models.ProductImage.objects.filter(is_main=True), to_attr="main_images"
)
# What says whether something may be bought, whatever its stock.
_OF_PRODUCT: dict[str, Any] = {
    "stock_now": _STOCK_OF_PRODUCT,
    "vendor_status": F("vendor__status"),
}


@strawberry_django.type(models.Product, description="Something the shop sells.")
class Product(Node):
    name: str
    slug: str
    category: Category
    vendor: Vendor
    currency: str
    status: models.Product.Status
    description: str
    tags: list[str]
    meta_title: str
    meta_description: str
    review_count: int
    variants: list[Variant]
    images: list[Image]
    created_at: datetime
    updated_at: datetime

    @strawberry_django.field(only=["id"])
    def pk(self, row: strawberry.Parent[models.Product]) -> int:
        return row.pk

    @strawberry_django.field(only=["price"], description="The lowest price of an active variant.")
    def price(self, row: strawberry.Parent[models.Product]) -> str:
        return str(row.price)

    @strawberry_django.field(only=["compare_at_price"])
    def compare_at_price(self, row: strawberry.Parent[models.Product]) -> str | None:
        return None if row.compare_at_price is None else str(row.compare_at_price)

    @strawberry_django.field(
        annotate=_OF_PRODUCT, description="What is available of all active variants."
    )
    def stock(self, row: strawberry.Parent[Any]) -> int:
        return int(row.stock_now)

    @strawberry_django.field(
        only=["status"],
        annotate=_OF_PRODUCT,
        description="Whether something of it can be bought now.",
    )
    def in_stock(self, row: strawberry.Parent[Any]) -> bool:
        return row.stock_now > 0 and is_for_sale(row.status, row.vendor_status)

    @strawberry_django.field(only=["average_rating"], description="0 to 5.")
    def average_rating(self, row: strawberry.Parent[models.Product]) -> float:
        return float(row.average_rating)

    @strawberry_django.field(
        prefetch_related=[_MAIN_IMAGE], description="The address of the main image."
    )
    def image(self, row: strawberry.Parent[Any]) -> str | None:
        return address(row.main_images[0]) if row.main_images else None

    @strawberry_django.field(
        only=["submitted_at", "vendor_id"],
        description="Since when it waits until staff have looked at it. For its sellers and staff.",
    )
    def submitted_at(
        self, info: strawberry.Info, row: strawberry.Parent[models.Product]
    ) -> datetime | None:
        return row.submitted_at if sees_hidden(info, row.vendor_id) else None

    @strawberry_django.field(
        only=["decline_reason", "vendor_id"],
        description="Why staff declined it; empty: they did not. For its sellers and staff.",
    )
    def decline_reason(
        self, info: strawberry.Info, row: strawberry.Parent[models.Product]
    ) -> str | None:
        return row.decline_reason if sees_hidden(info, row.vendor_id) else None

    @strawberry_django.field(only=["review_count"], description="Newest first.")
    def reviews(
        self,
        info: strawberry.Info,
        row: strawberry.Parent[models.Product],
        first: int | None = None,
        after: str | None = None,
    ) -> Annotated["ReviewConnection", strawberry.lazy("shop.reviews.graphql")]:
        # Reviews stand above products: their own class knows how to find them.
        kind: Any = info.return_type
        page = Page(first=first, after=after)
        return cast("ReviewConnection", kind.resolve_type().of_product(info, row, page))


def find(info: strawberry.Info, named: str) -> models.Product:
    """The product `named` by id or slug, if the caller may see it; else `NotFound`."""
    user = info.context.request.user
    found = models.Product.objects.filter(references.reference(reference("Product", named)))
    row = found.values("pk", "status", "vendor_id", "vendor__status").first()
    if row is None or not querysets.may_see(
        user,
        status=row["status"],
        vendor_id=row["vendor_id"],
        vendor_status=row["vendor__status"],
    ):
        raise NotFound
    if sees_hidden(info, row["vendor_id"]):
        return whole(info, row["pk"], row["vendor_id"])
    return _read(info, row["pk"])


def whole(info: strawberry.Info, product_id: int, vendor_id: int) -> models.Product:
    """The product of this vendor for people who may see, or change, all of it; else `NotFound`."""
    with showing_hidden(info, vendor_id):
        return _read(info, product_id)


def _read(info: strawberry.Info, product_id: int) -> models.Product:
    found = in_order([product_id], info)
    if not found:
        raise NotFound
    return found[0]


@strawberry.type
class ProductQuery:
    @strawberry.field(
        description="Active goods of approved vendors. Newest first, if nothing is said."
    )
    def products(
        self,
        info: strawberry.Info,
        search: str | None = None,
        filter: ProductFilter | None = None,  # noqa: A002 (the argument's name)
        order_by: ProductOrder | None = None,
        first: int | None = None,
        after: str | None = None,
        last: int | None = None,
        before: str | None = None,
    ) -> Connection[Product] | None:
        asked = wanted(search, filter, order_by)
        found = filters.products_for(info.context.request.user, asked)
        page = Page(first=first, after=after, last=last, before=before)
        rows = ProductRows(found.products, found.order, info)
        return cast(
            "Connection[Product]", connection(Connection[Product], rows, page, as_nodes=as_peers)
        )

    @strawberry.field(description="A product, by its id or slug.")
    def product(self, info: strawberry.Info, id: strawberry.ID) -> Product | None:  # noqa: A002
        return cast("Product", find(info, id))

    @strawberry.field(description="All categories, or the top ones alone.")
    def categories(
        self,
        info: strawberry.Info,
        top: bool = False,
        first: int | None = None,
        after: str | None = None,
        last: int | None = None,
        before: str | None = None,
    ) -> Connection[Category] | None:
        rows = models.Category.objects.order_by("position", "name", "id")
        rows = rows.filter(parent=None) if top else rows
        page = Page(first=first, after=after, last=last, before=before)
        return cast(
            "Connection[Category]", connection(Connection[Category], optimize(rows, info), page)
        )

    @strawberry.field(description="A category, by its id or slug.")
    def category(self, info: strawberry.Info, id: strawberry.ID) -> Category | None:  # noqa: A002
        return cast("Category", find_category(info, id))


def find_category(info: strawberry.Info, named: str) -> models.Category:
    return references.get(
        optimize(models.Category.objects.all(), info), reference("Category", named)
    )
