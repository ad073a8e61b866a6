"""The goods of the vendor that somebody acts for: read behind the wall, written by the services.

Variants and images are the store's views with another door: `OwnParts`.
"""

from collections.abc import Sequence
from typing import Any, ClassVar, cast

from drf_spectacular.utils import OpenApiExample, extend_schema, extend_schema_view
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import Serializer
from rest_framework.viewsets import GenericViewSet

from shop.core import references
from shop.core.errors import NotFound
from shop.core.openapi import documented
from shop.products import answers, errors, examples, filters, services
from shop.products.expansions import OF_PRODUCT_LISTS, OF_PRODUCTS
from shop.products.importing.catalogue import Behalf
from shop.products.importing.report import Report
from shop.products.importing.uploads import import_upload
from shop.products.models import Product, ProductImage, Variant
from shop.products.outputs import ImportOutput, OwnProductListItemOutput, OwnProductOutput
from shop.products.serializers import (
    ImportInput,
    OwnProductInput,
    OwnProductPatch,
    OwnProductPut,
)
from shop.products.views import ImageViewSet, VariantViewSet
from shop.products.views.bodies import checked
from shop.vendors.acting import VendorView

TAGS = ["Vendor back office"]
CONFLICTS = [errors.SlugTaken, errors.SkuTaken, errors.HasVariants]
WAITING = {"submitted_at": "2026-11-20T12:00:00Z", "decline_reason": ""}
PRODUCT = {**examples.PRODUCT, "submitted_at": None, "decline_reason": ""}
SUBMITTED = {**PRODUCT, **WAITING, "status": "draft", "in_stock": False}

IMPORT = OpenApiExample(
    "Request",
    value={"file": "goods.csv", "dry_run": True},
    media_type=MultiPartParser.media_type,
    request_only=True,
)


class OwnGoods(VendorView):
    """Finds products of the acting vendor, by slug or id; others are not there."""

    def own_product(self, slug: str) -> Product:
        """Only its id is read: services look at the rest after they locked the row."""
        with self.behind_wall():
            return references.get(Product.objects.filter(vendor=self.vendor).only("pk"), slug)


class VendorProductViewSet(OwnGoods, GenericViewSet[Product]):
    queryset = Product.objects.none()
    serializer_class = OwnProductOutput
    lookup_field = "slug"

    def hold(self, request: Request, **named: Any) -> None:
        services.hold_goods(product_id=self.own_product(named["slug"]).pk)

    expansions = {"list": OF_PRODUCT_LISTS, "retrieve": OF_PRODUCTS}

    @documented(
        "List the vendor's products",
        response=OwnProductListItemOutput(many=True),
        example={**examples.PRODUCT_LIST_ITEM, "submitted_at": None},
        parameters=[filters.OwnProductFilters, filters.OPTION_PARAMETER],
        tags=TAGS,
    )
    def list(self, request: Request) -> Response:
        """In every status; filtered and sorted as the public list."""
        asked = filters.own_products_asked_for(request.query_params, self.vendor)
        return self.page_of(answers.OwnProductList(asked.products, asked.order))

    @documented(
        "Show a product of the vendor",
        response=OwnProductOutput,
        example=PRODUCT,
        refuses=[NotFound],
        tags=TAGS,
    )
    def retrieve(self, request: Request, slug: str) -> Response:
        """By slug or id, whatever its status, with its inactive variants."""
        return self._answer(slug)

    @documented(
        "Create a product of the vendor",
        request=OwnProductInput,
        body=examples.PRODUCT_INPUT,
        response=OwnProductOutput,
        example=SUBMITTED,
        status=201,
        refuses=[*CONFLICTS, errors.DuplicateOptions],
        tags=TAGS,
    )
    def create(self, request: Request) -> Response:
        """Where the shop looks at new goods first, it becomes a draft that is submitted."""
        given = checked(OwnProductInput, request)
        product = services.create_product(vendor=self.vendor, actor=self.user, **given)
        return self._answer(product.pk, status=201)

    @documented(
        "Replace the fields of a vendor's product",
        request=OwnProductPut,
        body=examples.PRODUCT_CHANGE,
        response=OwnProductOutput,
        example=PRODUCT,
        refuses=[NotFound, *CONFLICTS],
        tags=TAGS,
    )
    def update(self, request: Request, slug: str) -> Response:
        """Variants and images have addresses of their own; optional fields left out stay."""
        return self._change(request, slug, OwnProductPut)

    @documented(
        "Change a product of the vendor",
        request=OwnProductPatch,
        body={"status": "active"},
        response=OwnProductOutput,
        example=SUBMITTED,
        refuses=[NotFound, *CONFLICTS],
        tags=TAGS,
    )
    def partial_update(self, request: Request, slug: str) -> Response:
        """`status: active` submits it where the shop looks at new goods first.

        An active product stays so while it is changed; `inactive` takes a submitted one back.
        """
        return self._change(request, slug, OwnProductPatch)

    @documented("Delete a product of the vendor", status=204, refuses=[NotFound], tags=TAGS)
    def destroy(self, request: Request, slug: str) -> Response:
        """One that was ever ordered is archived instead: orders keep what they show."""
        services.delete_product(product=self.own_product(slug), actor=self.user)
        return Response(status=204)

    def _change(self, request: Request, slug: str, kind: type[Serializer[Any]]) -> Response:
        product = self.own_product(slug)
        changes = checked(kind, request)
        services.update_product(product=product, changes=changes, actor=self.user)
        return self._answer(product.pk)

    def _answer(self, named: str | int, status: int = 200) -> Response:
        with self.behind_wall():
            return Response(answers.own_product(str(named), self.vendor), status=status)


class OwnParts(OwnGoods):
    """The store's views of a product's parts, for the acting vendor's products only."""

    def product(self, product_slug: str) -> Product:
        return self.own_product(product_slug)

    def variants_of(self, product_slug: str) -> Sequence[answers.Answer]:
        with self.behind_wall():
            return answers.own_variants_of(product_slug, self.vendor)

    def images_of(self, product_slug: str) -> Sequence[answers.Answer]:
        with self.behind_wall():
            return answers.own_images_of(product_slug, self.vendor)

    def slug_now(self, old_slug: str) -> str | None:
        """Nobody is sent on: slugs of former times may be those of other vendors' goods."""
        return None


_ACTIONS = ("list", "retrieve", "create", "update", "partial_update", "destroy")
_tagged = extend_schema_view(**{name: extend_schema(tags=TAGS) for name in _ACTIONS})


@_tagged
class VendorVariantViewSet(OwnParts, VariantViewSet):
    permission_classes = VendorView.permission_classes

    def answer(self, variant: Variant) -> answers.Answer:
        with self.behind_wall():
            return super().answer(variant)


@_tagged
class VendorImageViewSet(OwnParts, ImageViewSet):
    permission_classes = VendorView.permission_classes

    def answer(self, image: ProductImage) -> answers.Answer:
        with self.behind_wall():
            return super().answer(image)


class VendorImportViewSet(VendorView, GenericViewSet[Product]):
    queryset = Product.objects.none()
    serializer_class = ImportOutput
    parser_classes = [MultiPartParser]
    # Each batch is a transaction of its own: no shopper waits for all of them.
    idempotent_in_steps: ClassVar[tuple[str, ...]] = ("create",)

    @extend_schema(examples=[IMPORT])
    @documented(
        "Import products of the vendor",
        request=ImportInput,
        response=ImportOutput,
        example={
            "format": "nexus-csv",
            "dry_run": False,
            "created": 118,
            "updated": 0,
            "skipped": 0,
            "refused": 1,
            "problems": [
                {"line": 14, "handle": "blue-mug", "reason": "the price '-5' is negative"}
            ],
        },
        refuses=[errors.FileNotAcceptable, errors.ImportTooLarge, errors.ImportRunning],
        tags=TAGS,
    )
    def create(self, request: Request) -> Response:
        """At most 2,000 products with 10,000 variants; the answer names what was refused.

        The file is one that `manage.py import_products` takes. Its categories must be there,
        its pictures stay at their addresses, and its stock lies in the shop's main warehouse.
        """
        given = checked(ImportInput, request)
        behalf = Behalf(vendor=self.vendor, actor=self.user, category=given.pop("category", None))
        report = import_upload(behalf=behalf, **given)
        return Response(_report(report, is_dry=given.get("dry_run", False)))


def _report(report: Report, *, is_dry: bool) -> dict[str, Any]:
    problems = [
        {"line": refusal.line, "handle": refusal.handle, "reason": refusal.reason}
        for refusal in report.in_order()
    ]
    fates = cast("dict[str, Any]", report.counts)
    return {"format": report.format, "dry_run": is_dry, **fates, "problems": problems}
