from typing import Any, cast

from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import Serializer
from rest_framework.viewsets import GenericViewSet

from shop.accounts.models import User
from shop.core import references
from shop.core.errors import NotFound
from shop.core.once_per_key import OncePerKey
from shop.core.openapi import documented
from shop.products import answers, errors, examples, filters, services
from shop.products.expansions import OF_PRODUCT_LISTS, OF_PRODUCTS
from shop.products.facet_answers import facets_of
from shop.products.models import Product
from shop.products.outputs import FacetsOutput, ProductListItemOutput, ProductOutput
from shop.products.permissions import (
    SellersWrite,
    StaffApprove,
    check_vendor,
    editable_product,
    vendor_of_new_product,
)
from shop.products.serializers import DeclineInput, ProductInput, ProductPatch, ProductPut
from shop.products.views.bodies import checked
from shop.products.views.old_slugs import FollowsOldProductSlugs

TAGS = ["Products"]
CONFLICTS = [errors.SlugTaken, errors.SkuTaken, errors.HasVariants]


class ProductViewSet(OncePerKey, FollowsOldProductSlugs, GenericViewSet[Product]):
    """Everybody reads what is public; staff write everything, sellers their own."""

    queryset = Product.objects.all()
    serializer_class = ProductOutput
    permission_classes = [SellersWrite]
    lookup_field = "slug"

    def hold(self, request: Request, **named: Any) -> None:
        product = editable_product(request, self, named["slug"])
        services.hold_goods(product_id=product.pk)

    expansions = {"list": OF_PRODUCT_LISTS, "retrieve": OF_PRODUCTS}
    beside_results = {"list": {"facets": (FacetsOutput, examples.FACETS)}}

    @documented(
        "List products",
        response=ProductListItemOutput(many=True),
        example=examples.PRODUCT_LIST_ITEM,
        parameters=[filters.ProductFilters, filters.OPTION_PARAMETER],
        tags=TAGS,
    )
    def list(self, request: Request) -> Response:
        """Active goods of approved vendors, filtered, sorted, in pages."""
        found = filters.products_for(request.user, request.query_params)
        rows = answers.ProductList(found.products, found.order)
        response = self.get_paginated_response(self.paginate_queryset(cast("Any", rows)))
        if found.with_facets:
            response.data["facets"] = facets_of(found.among, found.wanted)
        return response

    @documented(
        "Show a product",
        response=ProductOutput,
        example=examples.PRODUCT,
        refuses=[NotFound],
        tags=TAGS,
    )
    def retrieve(self, request: Request, slug: str) -> Response:
        """By slug or id. A slug of former times answers 301 with the present address."""
        return Response(answers.product(slug, request.user))

    @documented(
        "Create a product",
        request=ProductInput,
        body=examples.PRODUCT_INPUT,
        response=ProductOutput,
        example=examples.PRODUCT,
        status=201,
        refuses=[*CONFLICTS, errors.DuplicateOptions],
        tags=TAGS,
    )
    def create(self, request: Request) -> Response:
        """Without `variants` it gets one, which takes `sku` and `stock`.

        `vendor` is the seller's own when left out; staff mean the house then.
        """
        given = checked(ProductInput, request)
        vendor = vendor_of_new_product(request, self, given.pop("vendor", None))
        product = services.create_product(vendor=vendor, actor=cast("User", request.user), **given)
        return Response(answers.product_for_editor(product.pk), status=201)

    @documented(
        "Replace a product's fields",
        request=ProductPut,
        body=examples.PRODUCT_CHANGE,
        response=ProductOutput,
        example=examples.PRODUCT,
        refuses=[NotFound, *CONFLICTS],
        tags=TAGS,
    )
    def update(self, request: Request, slug: str) -> Response:
        """Variants and images have addresses of their own; optional fields left out stay."""
        return self._change(request, slug, ProductPut)

    @documented(
        "Change a product",
        request=ProductPatch,
        body={"compare_at_price": "65.00", "status": "active"},
        response=ProductOutput,
        example={**examples.PRODUCT, "compare_at_price": "65.00"},
        refuses=[NotFound, *CONFLICTS],
        tags=TAGS,
    )
    def partial_update(self, request: Request, slug: str) -> Response:
        """A changed `slug` leaves a redirect at the old address."""
        return self._change(request, slug, ProductPatch)

    @documented("Delete a product", status=204, refuses=[NotFound], tags=TAGS)
    def destroy(self, request: Request, slug: str) -> Response:
        """One that was ever ordered is archived instead: orders keep what they show."""
        product = editable_product(request, self, slug)
        services.delete_product(product=product, actor=cast("User", request.user))
        return Response(status=204)

    @documented(
        "Approve a product",
        response=ProductOutput,
        example=examples.PRODUCT,
        refuses=[NotFound, errors.NotSubmitted],
        tags=TAGS,
    )
    @action(detail=True, methods=["post"], permission_classes=[StaffApprove])
    def approve(self, request: Request, slug: str) -> Response:
        """Of a vendor whose products need approval: the public sees it from now on."""
        product = references.get(Product.objects.only("pk"), slug)
        services.approve_product(product=product, actor=cast("User", request.user))
        return Response(answers.product_for_editor(product.pk))

    @documented(
        "Decline a product",
        request=DeclineInput,
        body={"reason": "The pictures are missing."},
        response=ProductOutput,
        example={**examples.PRODUCT, "status": "draft", "in_stock": False},
        refuses=[NotFound, errors.NotSubmitted],
        tags=TAGS,
    )
    @action(detail=True, methods=["post"], permission_classes=[StaffApprove])
    def decline(self, request: Request, slug: str) -> Response:
        """It stays a draft; its vendor reads why, and may submit it again."""
        product = references.get(Product.objects.only("pk"), slug)
        given = checked(DeclineInput, request)
        services.decline_product(product=product, actor=cast("User", request.user), **given)
        return Response(answers.product_for_editor(product.pk))

    def _change(self, request: Request, slug: str, kind: type[Serializer[Any]]) -> Response:
        product = editable_product(request, self, slug)
        changes = checked(kind, request)
        if "vendor" in changes:
            check_vendor(request, self, changes["vendor"])
        services.update_product(product=product, changes=changes, actor=cast("User", request.user))
        return Response(answers.product_for_editor(product.pk))
