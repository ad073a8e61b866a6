"""What GraphQL takes in about the catalogue. What is left out of changes stays."""

import strawberry
from strawberry import UNSET

from shop.core.graphql.inputs import OptionInput
from shop.products import models


@strawberry.input
class CategoryFields:
    slug: str | None = UNSET
    parent: strawberry.ID | None = strawberry.field(
        default=UNSET, description="Id or slug; null: at the top."
    )
    description: str | None = strawberry.field(default=UNSET, description="HTML; it is sanitized.")
    position: int | None = UNSET


@strawberry.input
class CategoryInput(CategoryFields):
    name: str


@strawberry.input(description="Another `parent` moves it with everything below it.")
class CategoryChanges(CategoryFields):
    name: str | None = UNSET
    remove_image: bool = strawberry.field(
        default=False, description="Takes its picture away; REST uploads another."
    )


@strawberry.input(description="With `options` or a `size`.")
class VariantInput:
    sku: str | None = strawberry.field(default=UNSET, description="Left out, one is made up.")
    options: list[OptionInput] | None = UNSET
    size: str | None = strawberry.field(default=UNSET, description="Short for the option `size`.")
    price: str | None = strawberry.field(default=UNSET, description="null: the product's price.")
    compare_at_price: str | None = UNSET
    stock: int | None = strawberry.field(default=UNSET, description="How many can be bought.")
    barcode: str | None = UNSET
    weight_grams: int | None = UNSET
    low_stock_threshold: int | None = strawberry.field(
        default=UNSET, description="null: the shop's."
    )


@strawberry.input
class VariantChanges(VariantInput):
    is_active: bool | None = strawberry.field(
        default=UNSET, description="false takes it off the shelf."
    )


@strawberry.input
class ProductFields:
    description: str | None = strawberry.field(default=UNSET, description="HTML; it is sanitized.")
    slug: str | None = UNSET
    status: models.Product.Status | None = UNSET
    compare_at_price: str | None = UNSET
    stock: int | None = strawberry.field(default=UNSET, description="Of its only variant.")
    sku: str | None = strawberry.field(default=UNSET, description="Of its only variant.")
    tags: list[str] | None = UNSET
    meta_title: str | None = UNSET
    meta_description: str | None = UNSET
    vendor: strawberry.ID | None = strawberry.field(
        default=UNSET,
        description="Id or slug. Left out: the one that a seller manages; of staff, the house.",
    )


@strawberry.input(description="Without `variants` it gets one, which takes `sku` and `stock`.")
class ProductInput(ProductFields):
    name: str
    category: strawberry.ID = strawberry.field(description="Id or slug.")
    price: str
    variants: list[VariantInput] | None = UNSET


@strawberry.input(description="Variants and images have mutations of their own.")
class ProductChanges(ProductFields):
    name: str | None = UNSET
    category: strawberry.ID | None = strawberry.field(default=UNSET, description="Id or slug.")
    price: str | None = UNSET


@strawberry.input
class ImageChanges:
    alt_text: str | None = UNSET
    position: int | None = UNSET
    is_main: bool | None = strawberry.field(
        default=UNSET, description="true takes that mark from the image that has it."
    )


@strawberry.input(description="A picture that is kept elsewhere; REST takes uploads.")
class ImageInput(ImageChanges):
    remote_url: str
