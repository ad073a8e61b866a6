"""Products, as staff change all of them, and the managers of a vendor its own."""

from typing import cast

import strawberry

from shop.core import references
from shop.core.graphql.inputs import checked, given, named, reference
from shop.products import models, services
from shop.products.graphql import Product, whole
from shop.products.graphql_inputs import ProductChanges, ProductInput
from shop.products.graphql_rights import editable, seller, writer
from shop.products.permissions import check_owner, new_owner
from shop.products.serializers import DeclineInput, ProductPatch
from shop.products.serializers import ProductInput as ProductShape
from shop.products.services.approval import PERMISSION

KINDS = {"category": "Category", "vendor": "Vendor"}


@strawberry.type
class ProductPayload:
    row: strawberry.Private[models.Product]

    @strawberry.field(description="As it is now.")
    def product(self, info: strawberry.Info) -> Product:
        return cast("Product", whole(info, self.row.pk, self.row.vendor_id))


@strawberry.type
class DeletedGoodsPayload:
    is_gone: bool = strawberry.field(
        description="false: it was ordered once, so it is only hidden from shoppers."
    )


@strawberry.input
class DeclineProductInput:
    reason: str = strawberry.field(description="Its vendor reads it.")


def _to_decide(product: str) -> models.Product:
    return references.get(models.Product.objects.only("pk"), reference("Product", product))


@strawberry.type
class ProductMutation:
    @strawberry.mutation(
        description="Where the shop looks at new goods first, it becomes a draft that is submitted."
    )
    def create_product(
        self,
        info: strawberry.Info,
        input: ProductInput,  # noqa: A002
    ) -> ProductPayload | None:
        permission = "products.add_product"
        user = seller(info, permission)
        fields = checked(ProductShape, named(given(input), **KINDS))
        vendor = new_owner(user, fields.pop("vendor", None), permission=permission)
        return ProductPayload(row=services.create_product(vendor=vendor, actor=user, **fields))

    @strawberry.mutation(
        description="What is left out stays. A status `ACTIVE` submits it where the shop looks at "
        "new goods first; `INACTIVE` takes a submitted one back."
    )
    def update_product(
        self,
        info: strawberry.Info,
        product: strawberry.ID,
        input: ProductChanges,  # noqa: A002
    ) -> ProductPayload | None:
        permission = "products.change_product"
        user = seller(info, permission)
        found = editable(user, product, permission)
        changes = checked(ProductPatch, named(given(input), **KINDS))
        if "vendor" in changes:
            check_owner(user, changes["vendor"], permission=permission)
        row = services.update_product(product=found, changes=changes, actor=user)
        return ProductPayload(row=row)

    @strawberry.mutation(description="One that was ever ordered is archived instead.")
    def delete_product(
        self, info: strawberry.Info, product: strawberry.ID
    ) -> DeletedGoodsPayload | None:
        permission = "products.delete_product"
        user = seller(info, permission)
        found = editable(user, product, permission)
        return DeletedGoodsPayload(is_gone=services.delete_product(product=found, actor=user))

    @strawberry.mutation(description="The public sees it from now on. For staff.")
    def approve_product(
        self, info: strawberry.Info, product: strawberry.ID
    ) -> ProductPayload | None:
        user = writer(info, PERMISSION)
        row = services.approve_product(product=_to_decide(product), actor=user)
        return ProductPayload(row=row)

    @strawberry.mutation(description="It stays a draft, and may be submitted again. For staff.")
    def decline_product(
        self,
        info: strawberry.Info,
        product: strawberry.ID,
        input: DeclineProductInput,  # noqa: A002
    ) -> ProductPayload | None:
        user = writer(info, PERMISSION)
        found = _to_decide(product)
        words = checked(DeclineInput, input)
        return ProductPayload(row=services.decline_product(product=found, actor=user, **words))
