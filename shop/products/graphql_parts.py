"""Categories, and the parts of products. `graphql.py` has the products themselves."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import strawberry
import strawberry_django
from django.db.models import Case, F, Q, QuerySet, When

from shop.core.graphql.nodes import Node, Option, options_of
from shop.inventory import querysets as inventory
from shop.products import models
from shop.products.images import image_url, thumbnail_urls
from shop.products.options import SIZES, Options
from shop.vendors.models import Vendor as VendorModel

# XS S M L XL XXL in their order; other and missing sizes come after.
_BY_SIZE = Case(
    *(When(options__size__iexact=size, then=rank) for rank, size in enumerate(SIZES)),
    default=len(SIZES),
)
# What a request remembers: the vendor whose inactive variants the caller sees.
SHOWS_HIDDEN = "products.shows_hidden"
# What says whether something may be bought, whatever its stock.
_OF_VARIANT: dict[str, Any] = {
    "stock_now": inventory.available_of_variant(),
    "product_status": F("product__status"),
    "vendor_status": F("product__vendor__status"),
}


@contextmanager
def showing_hidden(info: strawberry.Info, vendor_id: int) -> Iterator[None]:
    """What is optimized in here shows the inactive variants of this vendor too."""
    info.context.remembered[SHOWS_HIDDEN] = vendor_id
    try:
        yield
    finally:
        del info.context.remembered[SHOWS_HIDDEN]


def is_for_sale(status: str, vendor_status: str) -> bool:
    is_active = status == models.Product.Status.ACTIVE
    return is_active and vendor_status == VendorModel.Status.APPROVED


# --- Categories -------------------------------------------------------------------------------


@strawberry_django.type(models.Category, description="A node of the tree of goods.")
class Category(Node):
    name: str
    slug: str
    description: str
    position: int
    parent: "Category | None"
    children: list["Category"]
    created_at: datetime
    updated_at: datetime

    @strawberry_django.field(only=["id"])
    def pk(self, parent_row: strawberry.Parent[models.Category]) -> int:
        return parent_row.pk

    @strawberry_django.field(only=["image"])
    def image(self, row: strawberry.Parent[models.Category]) -> str | None:
        return image_url(file=row.image.name or "", remote_url="") or None


# --- Parts of products ------------------------------------------------------------------------


@strawberry.type(description="Addresses; the longest side has 160, 480 and 960 pixels.")
class Thumbnails:
    small: str
    medium: str
    large: str


@strawberry_django.type(models.ProductImage)
class Image:
    alt_text: str
    position: int
    is_main: bool

    @strawberry_django.field(only=["id"])
    def pk(self, row: strawberry.Parent[models.ProductImage]) -> int:
        return row.pk

    @strawberry_django.field(only=["file", "remote_url"])
    def image(self, row: strawberry.Parent[models.ProductImage]) -> str:
        return address(row)

    @strawberry_django.field(only=["file", "remote_url"])
    def thumbnails(self, row: strawberry.Parent[models.ProductImage]) -> Thumbnails:
        return Thumbnails(**thumbnail_urls(file=row.file.name or "", remote_url=row.remote_url))


def address(image: models.ProductImage) -> str:
    return image_url(file=image.file.name or "", remote_url=image.remote_url)


@strawberry_django.type(models.Variant, description="What is bought.")
class Variant:
    sku: str
    barcode: str
    weight_grams: int | None
    position: int
    is_active: bool

    @classmethod
    def get_queryset(
        cls, queryset: QuerySet[models.Variant], info: strawberry.Info, **_: Any
    ) -> QuerySet[models.Variant]:
        """By size, and only the active ones but for who may see the others of a vendor."""
        shown = Q(is_active=True)
        if (vendor_id := info.context.remembered.get(SHOWS_HIDDEN)) is not None:
            shown |= Q(product__vendor_id=vendor_id)
        return queryset.filter(shown).order_by(_BY_SIZE, "position", "id")

    @strawberry_django.field(only=["id"])
    def pk(self, row: strawberry.Parent[models.Variant]) -> int:
        return row.pk

    @strawberry_django.field(only=["options"])
    def size(self, row: strawberry.Parent[models.Variant]) -> str | None:
        return Options(row.options).size

    @strawberry_django.field(only=["options"])
    def options(self, row: strawberry.Parent[models.Variant]) -> list[Option]:
        return options_of(row.options)

    @strawberry_django.field(
        only=["own_price"], annotate={"product_price": F("product__base_price")}
    )
    def price(self, row: strawberry.Parent[Any]) -> str:
        return str(row.product_price if row.own_price is None else row.own_price)

    @strawberry_django.field(only=["compare_at_price"])
    def compare_at_price(self, row: strawberry.Parent[models.Variant]) -> str | None:
        return None if row.compare_at_price is None else str(row.compare_at_price)

    @strawberry_django.field(annotate={"product_currency": F("product__currency")})
    def currency(self, row: strawberry.Parent[Any]) -> str:
        return str(row.product_currency)

    @strawberry_django.field(annotate=_OF_VARIANT)
    def stock(self, row: strawberry.Parent[Any]) -> int:
        return int(row.stock_now)

    @strawberry_django.field(only=["is_active"], annotate=_OF_VARIANT)
    def in_stock(self, row: strawberry.Parent[Any]) -> bool:
        is_offered = row.is_active and is_for_sale(row.product_status, row.vendor_status)
        return bool(is_offered and row.stock_now > 0)
