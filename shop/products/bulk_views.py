"""Up to 1,000 changes of products in one request, by staff and by sellers."""

from typing import Any, cast

from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from shop.accounts.models import User
from shop.core.bulk import NamedTwice
from shop.core.errors import NotAllowed, NotFound
from shop.core.inputs import parsed
from shop.core.once_per_key import OncePerKey
from shop.core.openapi import documented
from shop.core.parsers import BulkJSONParser
from shop.inventory.permissions import StaffMay
from shop.products import bulk_doors, errors, examples
from shop.products.bulk_items import OwnProductBulkInput, ProductBulkInput, ProductBulkOutput
from shop.products.models import Product
from shop.vendors.acting import VendorView

REFUSES = [
    *(NotFound, errors.SlugTaken, errors.SkuTaken, errors.HasVariants, errors.DuplicateOptions),
    NamedTwice,
]


class ProductBulkViewSet(OncePerKey, GenericViewSet[Product]):
    """All products, for staff who may change them."""

    queryset = Product.objects.none()
    serializer_class = ProductBulkOutput
    permission_classes = [StaffMay]
    parser_classes = [BulkJSONParser]
    permissions = {"bulk": bulk_doors.PERMISSION}

    @documented(
        "Change many products",
        request=ProductBulkInput,
        body=examples.BULK,
        response=ProductBulkOutput,
        example=examples.BULK_ANSWER,
        refuses=[NotAllowed, *REFUSES],
        tags=["Products"],
        description=(
            "Creates, updates and archives, up to 1,000 in all and in their order. Each item is "
            "what a single request would send, and stands alone: `results` has what became of "
            "it. With `all_or_nothing` the first refused one decides the status of the request, "
            "`errors` names all, and nothing was done. Archived is `inactive`. Without an "
            "`Idempotency-Key` 100 items share a transaction, with one all of them do."
        ),
    )
    def bulk(self, request: Request) -> Response:
        given = parsed(ProductBulkInput, request.data)
        user = cast("User", request.user)
        return Response(bulk_doors.by_staff(user=user, **given))


class VendorProductBulkViewSet(VendorView, GenericViewSet[Product]):
    """The vendor's own products, for its managers and owners."""

    queryset = Product.objects.none()
    serializer_class = ProductBulkOutput
    parser_classes = [BulkJSONParser]

    @documented(
        "Change many products of the vendor",
        request=OwnProductBulkInput,
        body=examples.BULK,
        response=ProductBulkOutput,
        example=examples.BULK_ANSWER,
        refuses=REFUSES,
        tags=["Vendor back office"],
        description=(
            "As the shop's staff do it, with its own goods: those of others are not there. What "
            "the shop looks at first becomes a draft that is submitted."
        ),
    )
    def bulk(self, request: Request) -> Response:
        given: dict[str, Any] = parsed(OwnProductBulkInput, request.data)
        return Response(bulk_doors.by_seller(user=self.user, vendor=self.vendor, **given))
