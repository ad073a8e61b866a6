"""What narrows a list down, and what a search box suggests: read from what REST answers."""

from typing import cast

import strawberry

from shop.core.inputs import parsed
from shop.products import facet_answers, filters, suggestions
from shop.products.graphql_lists import ProductFilter, wanted
from shop.products.serializers import SuggestInput


@strawberry.type
class CategoryFacet:
    pk: int
    name: str
    slug: str
    parent: int | None = strawberry.field(
        description="The number of the one above, which is before it in the list."
    )
    count: int = strawberry.field(description="With the products of its descendants.")


@strawberry.type(description="For `minPrice` and `maxPrice`: both ends are included.")
class PriceFacet:
    min: str
    max: str
    count: int


@strawberry.type
class OptionValueFacet:
    value: str
    count: int


@strawberry.type
class OptionFacet:
    name: str
    values: list[OptionValueFacet]


@strawberry.type
class RatingFacet:
    value: int = strawberry.field(description="At least so many stars.")
    count: int


@strawberry.type
class VendorFacet:
    pk: int
    name: str
    slug: str
    count: int


@strawberry.type
class StockFacet:
    value: bool
    count: int


@strawberry.type(
    description="Each counts the products that fulfil all filters but its own. Largest first; "
    "sizes from small to large, prices from low to high, ratings from high to low."
)
class ProductFacets:
    categories: list[CategoryFacet]
    prices: list[PriceFacet]
    options: list[OptionFacet]
    ratings: list[RatingFacet]
    vendors: list[VendorFacet]
    in_stock: list[StockFacet]


@strawberry.type
class SuggestedProduct:
    pk: int
    name: str
    slug: str
    price: str = strawberry.field(description="The lowest price of an active variant.")
    currency: str
    image: str | None = strawberry.field(description="The address of the main image.")


@strawberry.type
class SuggestedName:
    pk: int
    name: str
    slug: str


@strawberry.type(description="At most ten in all.")
class Suggestions:
    products: list[SuggestedProduct]
    categories: list[SuggestedName]
    vendors: list[SuggestedName]


@strawberry.type
class SearchQuery:
    @strawberry.field(description="What narrows down the `products` of the same arguments.")
    def product_facets(
        self,
        info: strawberry.Info,
        search: str | None = None,
        filter: ProductFilter | None = None,  # noqa: A002 (the argument's name)
    ) -> ProductFacets | None:
        found = filters.products_for(info.context.request.user, wanted(search, filter, None))
        return cast("ProductFacets", facet_answers.facets_of(found.among, found.wanted))

    @strawberry.field(
        description="Names whose words begin so or, if there are none, are alike. Nothing for less "
        "than two letters."
    )
    def suggest(self, q: str = "") -> Suggestions | None:
        asked = parsed(SuggestInput, {"q": q})
        return cast("Suggestions", suggestions.suggest(asked["q"]))
