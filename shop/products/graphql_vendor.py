"""The goods of the vendor that somebody acts for, in every status: read behind the wall."""

from typing import cast

import strawberry

from shop.core import references, walls
from shop.core.graphql.connections import Connection, Page, connection
from shop.core.graphql.inputs import reference
from shop.products import filters, models
from shop.products.graphql import Product, whole
from shop.products.graphql_lists import (
    OwnProductFilter,
    OwnProductRows,
    ProductOrder,
    as_peers,
    wanted,
)
from shop.vendors.graphql_acting import RowsBehindWall, acting


@strawberry.type
class VendorProductQuery:
    @strawberry.field(
        description="Of the vendor that the caller acts for. Newest first, if nothing is said."
    )
    def vendor_products(
        self,
        info: strawberry.Info,
        search: str | None = None,
        filter: OwnProductFilter | None = None,  # noqa: A002 (the argument's name)
        order_by: ProductOrder | None = None,
        first: int | None = None,
        after: str | None = None,
        last: int | None = None,
        before: str | None = None,
    ) -> Connection[Product] | None:
        vendor, asked = acting(info).vendor, wanted(search, filter, order_by)
        found = filters.own_products_asked_for(asked, vendor)
        page = Page(first=first, after=after, last=last, before=before)
        rows = RowsBehindWall(
            OwnProductRows(found.products, found.order, info, vendor.pk), vendor.pk
        )
        return cast(
            "Connection[Product]", connection(Connection[Product], rows, page, as_nodes=as_peers)
        )

    @strawberry.field(description="A product of that vendor, by its id or slug.")
    def vendor_product(
        self,
        info: strawberry.Info,
        id: strawberry.ID,  # noqa: A002
    ) -> Product | None:
        vendor_id = acting(info).vendor_id
        with walls.behind(vendor_id):
            own = models.Product.objects.filter(vendor_id=vendor_id).only("pk")
            found = references.get(own, reference("Product", id))
            return cast("Product", whole(info, found.pk, vendor_id))
