from collections.abc import Sequence
from typing import Any, cast

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import Serializer
from rest_framework.viewsets import GenericViewSet

from shop.accounts.models import User
from shop.core import references
from shop.core.errors import NotFound
from shop.core.once_per_key import OncePerKey
from shop.core.openapi import documented
from shop.products import answers, errors, examples, services
from shop.products.models import Product, Variant
from shop.products.outputs import VariantOutput
from shop.products.permissions import SellersWrite, editable_product
from shop.products.serializers import VariantInput, VariantPatch
from shop.products.views.bodies import checked
from shop.products.views.old_slugs import FollowsOldProductSlugs
from shop.products.views.parameters import PRODUCT_SLUG

TAGS = ["Products"]
CONFLICTS = [errors.SkuTaken, errors.DuplicateOptions]


@extend_schema(parameters=[PRODUCT_SLUG])
class VariantViewSet(OncePerKey, FollowsOldProductSlugs, GenericViewSet[Variant]):
    """What can be bought of one product."""

    queryset = Variant.objects.all()
    serializer_class = VariantOutput
    permission_classes = [SellersWrite]
    slug_argument = "product_slug"
    lookup_value_converter = "int"

    def hold(self, request: Request, **named: Any) -> None:
        services.hold_goods(product_id=self.product(named["product_slug"]).pk)

    @documented(
        "List a product's variants",
        response=VariantOutput(many=True),
        example=examples.VARIANT,
        refuses=[NotFound],
        tags=TAGS,
    )
    def list(self, request: Request, product_slug: str) -> Response:
        """In their order. Inactive ones are shown to staff and to the vendor's members only."""
        variants = self.variants_of(product_slug)
        return self.get_paginated_response(self.paginate_queryset(cast("Any", variants)))

    @documented(
        "Show a variant",
        response=VariantOutput,
        example=examples.VARIANT,
        refuses=[NotFound],
        tags=TAGS,
    )
    def retrieve(self, request: Request, product_slug: str, pk: int) -> Response:
        return Response(answers.one_of(self.variants_of(product_slug), pk))

    @documented(
        "Add a variant",
        request=VariantInput,
        body=examples.VARIANT_INPUT,
        response=VariantOutput,
        example=examples.VARIANT,
        status=201,
        refuses=[NotFound, *CONFLICTS],
        tags=TAGS,
    )
    def create(self, request: Request, product_slug: str) -> Response:
        """Placed last. Without `sku` one is made up, without `price` the product's holds."""
        product = self.product(product_slug)
        given = checked(VariantInput, request)
        variant = services.create_variant(
            product=product, actor=cast("User", request.user), **given
        )
        return Response(self.answer(variant), status=201)

    @documented(
        "Replace a variant's fields",
        request=VariantInput,
        body=examples.VARIANT_INPUT,
        response=VariantOutput,
        example=examples.VARIANT,
        refuses=[NotFound, *CONFLICTS],
        tags=TAGS,
    )
    def update(self, request: Request, product_slug: str, pk: int) -> Response:
        """Optional fields left out stay."""
        return self._change(request, product_slug, pk, VariantInput)

    @documented(
        "Change a variant",
        request=VariantPatch,
        body={"price": "45.00", "stock": 12},
        response=VariantOutput,
        example={**examples.VARIANT, "price": "45.00", "stock": 12},
        refuses=[NotFound, *CONFLICTS, errors.LastVariant],
        tags=TAGS,
    )
    def partial_update(self, request: Request, product_slug: str, pk: int) -> Response:
        """`stock` sets what is available; `price: null` goes back to the product's price."""
        return self._change(request, product_slug, pk, VariantPatch)

    @documented("Delete a variant", status=204, refuses=[NotFound, errors.LastVariant], tags=TAGS)
    def destroy(self, request: Request, product_slug: str, pk: int) -> Response:
        """One that was ever ordered is switched off instead."""
        variant = self._variant(product_slug, pk)
        services.delete_variant(variant=variant, actor=cast("User", request.user))
        return Response(status=204)

    def _change(
        self, request: Request, product_slug: str, pk: int, kind: type[Serializer[Any]]
    ) -> Response:
        variant = self._variant(product_slug, pk)
        changes = checked(kind, request)
        if changes.get("sku", "") is None:
            # A new variant without a SKU gets one; this has one and keeps it.
            del changes["sku"]
        services.update_variant(variant=variant, changes=changes, actor=cast("User", request.user))
        return Response(self.answer(variant))

    def _variant(self, product_slug: str, pk: int) -> Variant:
        return references.get(Variant.objects.filter(product=self.product(product_slug)), pk)

    # Another door to the same goods answers these three in its own way.

    def variants_of(self, product_slug: str) -> Sequence[answers.Answer]:
        return answers.variants_of(product_slug, self.request.user)

    def product(self, product_slug: str) -> Product:
        return editable_product(self.request, self, product_slug)

    def answer(self, variant: Variant) -> answers.Answer:
        return answers.variant_for_editor(variant)
