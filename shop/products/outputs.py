"""The shapes of `answers.py` and `category_answers.py`, for the OpenAPI document."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from shop.products.models import Product


class _Money(serializers.DecimalField):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_digits=12, decimal_places=3, **kwargs)


class CategoryReference(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    name = serializers.CharField()
    slug = serializers.CharField()


class ProductVendorReference(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    name = serializers.CharField()
    slug = serializers.CharField()


class CategoryOutput(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    name = serializers.CharField()
    slug = serializers.CharField()
    parent = CategoryReference(allow_null=True)
    description = serializers.CharField()
    image = serializers.URLField(allow_null=True)
    position = serializers.IntegerField()
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()


@extend_schema_field(
    {"type": "array", "items": {"$ref": "#/components/schemas/CategoryListItemOutput"}}
)
class _Children(serializers.ListField):
    pass


class CategoryListItemOutput(CategoryOutput):
    children = _Children(required=False, help_text="Only with `tree=true`: categories like this.")


class CategoryListParameters(serializers.Serializer[Any]):
    empty_is_absent = True

    tree = serializers.BooleanField(
        required=False,
        help_text="All categories on one page: the top ones, with their `children` inside.",
    )


class ThumbnailsOutput(serializers.Serializer[Any]):
    """Addresses of smaller versions; the longest side has 160, 480 and 960 pixels."""

    small = serializers.URLField()
    medium = serializers.URLField()
    large = serializers.URLField()


class ImageOutput(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    image = serializers.URLField()
    thumbnails = ThumbnailsOutput()
    alt_text = serializers.CharField()
    position = serializers.IntegerField()
    is_main = serializers.BooleanField()


class VariantOutput(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    sku = serializers.CharField()
    size = serializers.CharField(allow_null=True)
    options = serializers.DictField(child=serializers.CharField())
    price = _Money()
    compare_at_price = _Money(allow_null=True)
    currency = serializers.CharField()
    stock = serializers.IntegerField()
    in_stock = serializers.BooleanField()
    barcode = serializers.CharField()
    weight_grams = serializers.IntegerField(allow_null=True)
    position = serializers.IntegerField()
    is_active = serializers.BooleanField(help_text="Others than staff and the vendor see true.")


class _ProductOutput(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    name = serializers.CharField()
    slug = serializers.CharField()
    category = CategoryReference()
    vendor = ProductVendorReference()
    price = _Money(help_text="The lowest price of an active variant.")
    compare_at_price = _Money(allow_null=True)
    currency = serializers.CharField()
    stock = serializers.IntegerField(help_text="What is available of all active variants.")
    in_stock = serializers.BooleanField(help_text="Whether something of it can be bought now.")
    status = serializers.ChoiceField(Product.Status.choices)
    average_rating = serializers.FloatField(min_value=0, max_value=5)
    review_count = serializers.IntegerField()
    image = serializers.URLField(allow_null=True, help_text="The address of the main image.")
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()


class ProductListItemOutput(_ProductOutput):
    variants = VariantOutput(many=True, required=False, help_text="Only with `expand=variants`.")
    images = ImageOutput(many=True, required=False, help_text="Only with `expand=images`.")


class CategoryFacet(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    name = serializers.CharField()
    slug = serializers.CharField()
    parent = serializers.IntegerField(  # type: ignore[assignment]  # a field, not the attribute
        allow_null=True, help_text="The id of the one above, which is before it in the list."
    )
    count = serializers.IntegerField(help_text="With the products of its descendants.")


class PriceFacet(serializers.Serializer[Any]):
    """For `min_price` and `max_price`: both ends are included."""

    min = _Money()
    max = _Money()
    count = serializers.IntegerField()


class OptionValueFacet(serializers.Serializer[Any]):
    value = serializers.CharField()
    count = serializers.IntegerField()


class OptionFacet(serializers.Serializer[Any]):
    name = serializers.CharField(help_text="For `option.<name>`.")
    values = OptionValueFacet(many=True)


class RatingFacet(serializers.Serializer[Any]):
    value = serializers.IntegerField(help_text="At least so many stars.")
    count = serializers.IntegerField()


class VendorFacet(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    name = serializers.CharField()
    slug = serializers.CharField()
    count = serializers.IntegerField()


class StockFacet(serializers.Serializer[Any]):
    value = serializers.BooleanField()
    count = serializers.IntegerField()


class FacetsOutput(serializers.Serializer[Any]):
    """Only with `facets=true`. Each counts the products that fulfil all filters but its own.

    Largest first; sizes from small to large, prices from low to high, ratings from high to low.
    At most 100 values of each; those of no product are left out, but of ratings and stock.
    """

    categories = CategoryFacet(many=True)
    prices = PriceFacet(many=True)
    options = OptionFacet(many=True)
    ratings = RatingFacet(many=True)
    vendors = VendorFacet(many=True)
    in_stock = StockFacet(many=True)


class SuggestedProduct(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    name = serializers.CharField()
    slug = serializers.CharField()
    price = _Money(help_text="The lowest price of an active variant.")
    currency = serializers.CharField()
    image = serializers.URLField(allow_null=True, help_text="The address of the main image.")


class SuggestionsOutput(serializers.Serializer[Any]):
    products = SuggestedProduct(many=True)
    categories = CategoryReference(many=True)
    vendors = ProductVendorReference(many=True)


class ProductOutput(_ProductOutput):
    description = serializers.CharField(help_text="Sanitized HTML.")
    tags = serializers.ListField(child=serializers.CharField())
    meta_title = serializers.CharField()
    meta_description = serializers.CharField()
    variants = VariantOutput(many=True)
    images = ImageOutput(many=True)


class _Submitted(serializers.Serializer[Any]):
    submitted_at = serializers.DateTimeField(
        allow_null=True, help_text="Since when it waits until staff have looked at it."
    )


class OwnProductListItemOutput(ProductListItemOutput, _Submitted):
    pass


class OwnProductOutput(ProductOutput, _Submitted):
    decline_reason = serializers.CharField(help_text="Why staff declined it; empty: they did not.")


class ImportProblemOutput(serializers.Serializer[Any]):
    line = serializers.IntegerField()
    handle = serializers.CharField()
    reason = serializers.CharField()


class ImportOutput(serializers.Serializer[Any]):
    """How many products of the file met which fate; `problems` are the refused ones."""

    format = serializers.CharField()
    dry_run = serializers.BooleanField()
    created = serializers.IntegerField()
    updated = serializers.IntegerField()
    skipped = serializers.IntegerField(help_text="Nothing differs.")
    refused = serializers.IntegerField()
    problems = ImportProblemOutput(many=True)
