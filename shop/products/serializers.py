"""What clients send about the catalogue.

`validated_data` holds the keyword arguments of the service of the same name; an input
for a change holds only what was sent.
"""

from typing import Any

from rest_framework import serializers

from shop.products.fields import (
    CategoryReferenceField,
    FlagField,
    HtmlField,
    IntegerField,
    OptionsField,
    PriceField,
    SlugField,
    TextField,
    VendorReferenceField,
    WebAddressField,
)
from shop.products.importing.formats import FORMATS
from shop.products.models import Product
from shop.products.options import MAX_OPTIONS
from shop.products.services import NewVariant
from shop.products.suggestions import MAX_LENGTH

MAX_STOCK = 1_000_000_000
MAX_VARIANTS = 250
MAX_POSITION = 1_000_000

Input = serializers.Serializer[Any]


class ChangesOnly(serializers.Serializer[Any]):
    """Every field may be left out: what is not sent stays as it is."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs | {"partial": True})


class CategoryInput(Input):
    name = TextField(max_length=150)
    slug = SlugField(max_length=150, required=False)
    parent = CategoryReferenceField(  # type: ignore[assignment]  # a field, not the attribute
        required=False, allow_null=True
    )
    description = HtmlField(required=False, allow_blank=True)
    image = serializers.FileField(required=False, allow_null=True, help_text="PNG, JPEG or WebP.")
    position = IntegerField(required=False, min_value=0, max_value=MAX_POSITION)


class CategoryPatch(ChangesOnly, CategoryInput):
    """Changes of a category; another `parent` moves it with everything below it."""


class VariantInput(Input):
    sku = TextField(max_length=100, required=False, allow_null=True)
    options = OptionsField(required=False)
    size = TextField(max_length=100, required=False, help_text="Short for the option `size`.")
    price = PriceField(required=False, allow_null=True, help_text="null: the product's price.")
    compare_at_price = PriceField(required=False, allow_null=True)
    stock = IntegerField(required=False, min_value=0, max_value=MAX_STOCK)
    barcode = TextField(max_length=50, required=False, allow_blank=True)
    weight_grams = IntegerField(
        required=False, allow_null=True, min_value=0, max_value=1_000_000_000
    )
    low_stock_threshold = IntegerField(
        required=False, allow_null=True, min_value=0, max_value=MAX_STOCK
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if "size" in attrs:
            attrs["options"] = self._with_size(attrs.get("options", {}), attrs.pop("size"))
        if "options" not in attrs and not self.partial:
            raise serializers.ValidationError(
                {"options": "Give options or a size."}, code="required"
            )
        return attrs

    @staticmethod
    def _with_size(options: dict[str, str], size: str) -> dict[str, str]:
        merged = {"size": size} | options
        if merged["size"] != size or len(merged) > MAX_OPTIONS:
            raise serializers.ValidationError(
                {"size": "It contradicts the options."}, code="invalid_options"
            )
        return merged


class VariantPatch(ChangesOnly, VariantInput):
    """Changes of a variant; `is_active: false` takes it off the shelf."""

    sku = TextField(max_length=100, required=False)
    is_active = FlagField(required=False)


class ProductFields(Input):
    """The fields that a product has when it is made and keeps when it is changed."""

    name = TextField(max_length=200)
    category = CategoryReferenceField()
    price = PriceField()
    description = HtmlField(required=False, allow_blank=True)
    slug = SlugField(max_length=220, required=False)
    status = serializers.ChoiceField(Product.Status.choices, required=False)
    compare_at_price = PriceField(required=False, allow_null=True)
    stock = IntegerField(required=False, min_value=0, max_value=MAX_STOCK)
    sku = TextField(max_length=100, required=False)
    tags = serializers.ListField(child=TextField(max_length=50), required=False, max_length=50)
    meta_title = TextField(max_length=200, required=False, allow_blank=True)
    meta_description = TextField(max_length=500, required=False, allow_blank=True)
    vendor = VendorReferenceField(required=False)

    def validate_tags(self, tags: list[str]) -> list[str]:
        return list(dict.fromkeys(tags))


class ProductInput(ProductFields):
    variants = VariantInput(  # type: ignore[call-arg]  # the stubs know ListSerializer's not
        many=True, required=False, allow_empty=False, max_length=MAX_VARIANTS
    )

    def validate_variants(self, variants: list[dict[str, Any]]) -> list[NewVariant]:
        return [NewVariant(**variant) for variant in variants]


class ProductPut(ProductFields):
    """A product's own fields; variants and images have addresses of their own."""


class ProductPatch(ChangesOnly, ProductFields):
    """Changes of a product's own fields."""


class SuggestInput(Input):
    empty_is_absent = True

    q = serializers.CharField(
        required=False,
        allow_blank=True,
        max_length=MAX_LENGTH,
        help_text="What is typed so far; nothing is suggested for less than two letters.",
    )


class DeclineInput(Input):
    reason = TextField(max_length=500)


class OwnProductInput(ProductInput):
    """A new product of the vendor that the caller acts for."""

    vendor = None  # type: ignore[assignment]  # takes the field out


class OwnProductPut(ProductPut):
    vendor = None  # type: ignore[assignment]


class OwnProductPatch(ProductPatch):
    vendor = None  # type: ignore[assignment]


class ImportInput(Input):
    file = serializers.FileField(help_text="A CSV of Nexus or of Shopify, or JSON Lines of Nexus.")
    format = serializers.ChoiceField(
        sorted(FORMATS), required=False, help_text="What it looks like, when not said."
    )
    category = CategoryReferenceField(
        required=False,
        help_text="Where new products go whose category the shop has not; else they are refused.",
    )
    dry_run = FlagField(required=False, help_text="Check all, write nothing.")


class ImageInput(Input):
    """An upload (multipart, `image`) or the address of a picture kept elsewhere (`remote_url`)."""

    image = serializers.FileField(required=False, help_text="PNG, JPEG or WebP, at most 8 MB.")
    remote_url = WebAddressField(required=False, max_length=500)
    alt_text = TextField(max_length=300, required=False, allow_blank=True)
    is_main = FlagField(required=False)
    position = IntegerField(required=False, min_value=0, max_value=MAX_POSITION)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if ("image" in attrs) == ("remote_url" in attrs):
            raise serializers.ValidationError(
                {"image": "Give either an image or a remote_url."}, code="required"
            )
        if "image" in attrs:
            attrs["file"] = attrs.pop("image")
        return attrs


class ImagePatch(ChangesOnly):
    alt_text = TextField(max_length=300, required=False, allow_blank=True)
    is_main = FlagField(required=False)
    position = IntegerField(required=False, min_value=0, max_value=MAX_POSITION)
