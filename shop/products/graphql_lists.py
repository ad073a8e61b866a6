"""Lists of products: what they can be asked for, and their rows."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any, TypeVar

import strawberry
from django.db import DEFAULT_DB_ALIAS
from django.db.models import Model, QuerySet
from strawberry import UNSET
from strawberry_django.optimizer import optimize

from shop.core import sql
from shop.core.graphql.inputs import OptionInput, given
from shop.core.graphql.selections import asked_for
from shop.products import counts, filters, models, querysets, rows
from shop.products.graphql_parts import showing_hidden
from shop.products.rows import Row
from shop.vendors.models import Vendor

strawberry.enum(models.Product.Status, name="ProductStatus")

Loaded = TypeVar("Loaded", bound=Model)

_OF_PARTS = ("id", "name", "slug")
_OWN = (
    *_OF_PARTS,
    *("status", "price", "compare_at_price", "currency"),
    *("average_rating", "review_count", "created_at", "updated_at"),
)
# What a row of REST's lists holds: of each model, in the order of its columns.
_COLUMNS: dict[type[Model], tuple[str, ...]] = {
    model: tuple(field.name for field in model._meta.concrete_fields if field.name in names)
    for model, names in (
        (models.Product, _OWN),
        (models.Category, _OF_PARTS),
        (Vendor, _OF_PARTS),
        (models.ProductImage, ("file", "remote_url")),
    )
}
# The same, by the names that it has in queries.
ON_LISTS = {
    *("__typename", "id", "pk", "name", "slug", "status", "price", "compareAtPrice", "currency"),
    *("stock", "inStock", "averageRating", "reviewCount", "image", "createdAt", "updatedAt"),
    *(f"{part}.{name}" for part in ("category", "vendor") for name in ("pk", *_OF_PARTS)),
    *("category.__typename", "vendor.__typename"),
}


class ProductOrder(Enum):
    """The orderings of REST."""

    NEWEST = "-created_at"
    OLDEST = "created_at"
    PRICE_ASC = "price"
    PRICE_DESC = "-price"
    NAME_ASC = "name"
    NAME_DESC = "-name"
    RATING_ASC = "rating"
    RATING_DESC = "-rating"
    RELEVANCE = "relevance"


strawberry.enum(ProductOrder, description="RELEVANCE needs `search`, and is its default.")


@strawberry.input
class GoodsFilter:
    """What every list of products can be asked for."""

    category: str | None = strawberry.field(
        default=UNSET, description="Slug or id; goods of its descendants included."
    )
    min_price: str | None = UNSET
    max_price: str | None = UNSET
    size: str | None = UNSET
    options: list[OptionInput] | None = strawberry.field(
        default=UNSET, description="One variant has them all."
    )
    rating: float | None = strawberry.field(
        default=UNSET, description="The average is at least this."
    )
    in_stock: bool | None = UNSET
    tag: str | None = UNSET


@strawberry.input(
    description="Goods that fulfil all of it; as the query of `/api/store/products/`."
)
class ProductFilter(GoodsFilter):
    vendor: str | None = strawberry.field(default=UNSET, description="Slug or id.")
    status: models.Product.Status | None = strawberry.field(
        default=UNSET, description="For staff; others see what is active."
    )
    submitted: bool | None = strawberry.field(
        default=UNSET, description="For staff: whether it waits for approval."
    )


@strawberry.input(
    description="Goods that fulfil all of it; as the query of `/api/vendor/products/`."
)
class OwnProductFilter(GoodsFilter):
    status: models.Product.Status | None = UNSET
    needs_approval: bool | None = strawberry.field(
        default=UNSET, description="Whether it waits until staff have looked at it."
    )


@dataclass
class ProductRows:
    """The products of a list, for a connection.

    Where no more is asked for than lists of REST show, they are read by its statement. Otherwise
    that finds the ids, and the optimizer reads what the query asks for.
    """

    products: QuerySet[models.Product]
    order: querysets.Order
    info: strawberry.Info

    def __post_init__(self) -> None:
        self._found, self._params = self.products.order_by().values("pk").query.sql_with_params()

    def count(self) -> int:
        return counts.count(self._found, self._params)

    def __getitem__(self, page: slice) -> Sequence[models.Product]:
        ordered = f"{self._found} ORDER BY {self.order.sql}"
        params = [*self._params, *self.order.params]
        if asked_for(self.info, "edges", "node") <= ON_LISTS:
            return _listed(rows.page_of(ordered, params, page))
        window = [page.stop - page.start, page.start]
        found = sql.rows(f"{ordered} LIMIT %s OFFSET %s", [*params, *window])
        return in_order([next(iter(row.values())) for row in found], self.info)


@dataclass
class OwnProductRows(ProductRows):
    """For the members of their vendor: all of each, and counted as they are at this moment."""

    vendor_id: int

    def count(self) -> int:
        return counts.exact(self._found, self._params)

    def __getitem__(self, page: slice) -> Sequence[models.Product]:
        with showing_hidden(self.info, self.vendor_id):
            return super().__getitem__(page)


def _listed(page: Sequence[Row]) -> list[models.Product]:
    """Products of which only what lists show is loaded."""
    category = _one_of_each(models.Category, "category_")
    vendor = _one_of_each(Vendor, "vendor_")
    found = []
    for row in page:
        product = _loaded(models.Product, row)
        product.category, product.vendor = category(row), vendor(row)
        shown: Any = product
        shown.stock_now, shown.vendor_status = row["stock"], row["vendor_status"]
        # Both are NULL when no image is the main one.
        has_image = row["file"] or row["remote_url"]
        shown.main_images = [_loaded(models.ProductImage, row)] if has_image else []
        found.append(product)
    return found


def _one_of_each(model: type[Loaded], prefix: str) -> Callable[[Row], Loaded]:
    """Products of a page share their categories and vendors."""
    known: dict[int, Loaded] = {}

    def of(row: Row) -> Loaded:
        pk = row[f"{prefix}id"]
        if pk not in known:
            known[pk] = _loaded(model, row, prefix)
        return known[pk]

    return of


def _loaded(model: type[Loaded], row: Row, prefix: str = "") -> Loaded:
    names = _COLUMNS[model]
    return model.from_db(DEFAULT_DB_ALIAS, names, [row[prefix + name] for name in names])


def in_order(ids: Sequence[int], info: strawberry.Info) -> list[models.Product]:
    """The products with these `ids`, in this order, each with what the query asks for."""
    found = optimize(models.Product.objects.filter(pk__in=ids), info) if ids else ()
    by_id = {product.pk: product for product in found}
    return [by_id[pk] for pk in ids if pk in by_id]


def wanted(
    search: str | None, where: GoodsFilter | None, order: ProductOrder | None
) -> dict[str, str]:
    """As the query string of REST has it."""
    asked: dict[str, Any] = given(where) if where else {}
    options = asked.pop("options", None) or {}
    asked |= {f"{filters.OPTION}{name}": value for name, value in options.items()}
    asked |= {"search": search, "ordering": order and order.value}
    return {name: _text(value) for name, value in asked.items() if value is not None}


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return str(value.value) if isinstance(value, Enum) else str(value)


def as_peers(products: Sequence[models.Product]) -> Sequence[models.Product]:
    """Lets each know the others of its page, so that what stands above reads for all at once."""
    ids = [product.pk for product in products]
    for product in products:
        product.peer_ids = ids  # type: ignore[attr-defined]
    return products
