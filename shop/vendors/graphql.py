"""Sellers, as everybody sees them."""

from datetime import datetime
from decimal import Decimal
from typing import Any, cast

import strawberry
import strawberry_django
from django.db.models import DecimalField, F, Q, Sum
from django.db.models.functions import Coalesce, NullIf, Round
from strawberry_django.optimizer import optimize

from shop.core import references
from shop.core.graphql.connections import Connection, Page, connection
from shop.core.graphql.inputs import global_id, reference
from shop.core.graphql.nodes import Node
from shop.core.images import image_url
from shop.vendors import models, querysets

_RATED = Q(products__review_count__gt=0)
_COUNT = Coalesce(Sum("products__review_count", filter=_RATED), 0)
_STARS = Sum(
    F("products__average_rating") * F("products__review_count"),
    filter=_RATED,
    output_field=DecimalField(),
)
_AVERAGE = Coalesce(
    Round(_STARS / NullIf(_COUNT, 0), 2, output_field=DecimalField()),
    Decimal("0.00"),
    output_field=DecimalField(),
)


@strawberry_django.type(models.Vendor, description="Who sells.")
class Vendor(Node):
    name: str
    slug: str
    description: str
    country: str
    created_at: datetime

    @strawberry_django.field(only=["id"])
    def pk(self, parent: strawberry.Parent[models.Vendor]) -> int:
        return parent.pk

    @strawberry_django.field(only=["logo"])
    def logo(self, parent: strawberry.Parent[models.Vendor]) -> str | None:
        return image_url(file=parent.logo.name or "") or None

    @strawberry_django.field(annotate={"stars": _AVERAGE}, description="Of its goods, 0 to 5.")
    def average_rating(self, parent: strawberry.Parent[Any]) -> float:
        return float(parent.stars)

    @strawberry_django.field(annotate={"reviews": _COUNT})
    def review_count(self, parent: strawberry.Parent[Any]) -> int:
        return int(parent.reviews)


@strawberry.type(description="A vendor by its name.")
class VendorReference:
    pk: int
    name: str
    slug: str

    @strawberry.field(description="Of the Vendor.")
    def id(self) -> strawberry.ID:
        return global_id("Vendor", cast("Any", self)["id"])


def find(info: strawberry.Info, named: str) -> models.Vendor:
    """The approved vendor `named` by id or slug, with what the query asks for; else `NotFound`."""
    return references.get(optimize(querysets.public(), info), reference("Vendor", named))


@strawberry.type
class VendorQuery:
    @strawberry.field(description="The approved vendors, by name.")
    def vendors(
        self,
        info: strawberry.Info,
        first: int | None = None,
        after: str | None = None,
        last: int | None = None,
        before: str | None = None,
    ) -> Connection[Vendor] | None:
        page = Page(first=first, after=after, last=last, before=before)
        rows = optimize(querysets.public(), info)
        return cast("Connection[Vendor]", connection(Connection[Vendor], rows, page))

    @strawberry.field(description="An approved vendor, by its id or slug.")
    def vendor(self, info: strawberry.Info, id: strawberry.ID) -> Vendor | None:  # noqa: A002
        return cast("Vendor", find(info, id))
