"""Variants and images of products, as those who may change the product change them."""

from typing import cast

import strawberry
from strawberry_django.optimizer import optimize

from shop.accounts.graphql_parts import DonePayload
from shop.core import references
from shop.core.graphql.inputs import checked
from shop.products import models, services
from shop.products.graphql import Product, whole
from shop.products.graphql_inputs import ImageChanges, ImageInput, VariantChanges, VariantInput
from shop.products.graphql_parts import Image, Variant, showing_hidden
from shop.products.graphql_rights import editable, editable_part, seller
from shop.products.graphql_selling import DeletedGoodsPayload
from shop.products.serializers import ImageInput as ImageShape
from shop.products.serializers import ImagePatch, VariantPatch
from shop.products.serializers import VariantInput as VariantShape


@strawberry.type
class VariantPayload:
    row: strawberry.Private[models.Variant]

    @strawberry.field(description="As it is now.")
    def variant(self, info: strawberry.Info) -> Variant:
        with showing_hidden(info, self.row.product.vendor_id):
            found = references.get(optimize(models.Variant.objects.all(), info), self.row.pk)
        return cast("Variant", found)

    @strawberry.field(description="As it is now.")
    def product(self, info: strawberry.Info) -> Product:
        return cast("Product", whole(info, self.row.product_id, self.row.product.vendor_id))


@strawberry.type
class ImagePayload:
    row: strawberry.Private[models.ProductImage]

    @strawberry.field(description="As it is now.")
    def image(self, info: strawberry.Info) -> Image:
        found = references.get(optimize(models.ProductImage.objects.all(), info), self.row.pk)
        return cast("Image", found)

    @strawberry.field(description="As it is now.")
    def product(self, info: strawberry.Info) -> Product:
        return cast("Product", whole(info, self.row.product_id, self.row.product.vendor_id))


@strawberry.type
class ProductPartMutation:
    @strawberry.mutation(description="Placed last.")
    def create_variant(
        self,
        info: strawberry.Info,
        product: strawberry.ID,
        input: VariantInput,  # noqa: A002
    ) -> VariantPayload | None:
        permission = "products.add_variant"
        user = seller(info, permission)
        found = editable(user, product, permission)
        fields = checked(VariantShape, input)
        return VariantPayload(row=services.create_variant(product=found, actor=user, **fields))

    @strawberry.mutation(description="What is left out stays; `stock` sets how many can be bought.")
    def update_variant(
        self,
        info: strawberry.Info,
        variant: strawberry.ID,
        input: VariantChanges,  # noqa: A002
    ) -> VariantPayload | None:
        permission = "products.change_variant"
        user = seller(info, permission)
        found = editable_part(user, models.Variant, variant, permission)
        changes = checked(VariantPatch, input)
        row = services.update_variant(variant=found, changes=changes, actor=user)
        return VariantPayload(row=row)

    @strawberry.mutation(description="One that was ever ordered is switched off instead.")
    def delete_variant(
        self, info: strawberry.Info, variant: strawberry.ID
    ) -> DeletedGoodsPayload | None:
        permission = "products.delete_variant"
        user = seller(info, permission)
        found = editable_part(user, models.Variant, variant, permission)
        return DeletedGoodsPayload(is_gone=services.delete_variant(variant=found, actor=user))

    @strawberry.mutation(description="Placed last; the first image becomes the main one.")
    def add_image(
        self,
        info: strawberry.Info,
        product: strawberry.ID,
        input: ImageInput,  # noqa: A002
    ) -> ImagePayload | None:
        permission = "products.add_productimage"
        found = editable(seller(info, permission), product, permission)
        return ImagePayload(row=services.add_image(product=found, **checked(ImageShape, input)))

    @strawberry.mutation(description="What is left out stays.")
    def update_image(
        self,
        info: strawberry.Info,
        image: strawberry.ID,
        input: ImageChanges,  # noqa: A002
    ) -> ImagePayload | None:
        permission = "products.change_productimage"
        found = editable_part(seller(info, permission), models.ProductImage, image, permission)
        changes = checked(ImagePatch, input)
        return ImagePayload(row=services.update_image(image=found, changes=changes))

    @strawberry.mutation(description="The next one becomes the main one if this was.")
    def delete_image(self, info: strawberry.Info, image: strawberry.ID) -> DonePayload | None:
        permission = "products.delete_productimage"
        found = editable_part(seller(info, permission), models.ProductImage, image, permission)
        services.delete_image(image=found)
        return DonePayload()
