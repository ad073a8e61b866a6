"""The public pages of vendors."""

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from shop.core import references
from shop.core.errors import NotFound
from shop.core.openapi import documented
from shop.vendors import querysets
from shop.vendors.models import Vendor
from shop.vendors.serializers import VendorOutput

_EXAMPLE = {
    "id": 2,
    "name": "Vera's Vases",
    "slug": "veras-vases",
    "description": "Hand-thrown stoneware.",
    "created_at": "2026-11-20T09:30:00Z",
}
_SLUG = OpenApiParameter(
    "slug", OpenApiTypes.STR, OpenApiParameter.PATH, description="The vendor's slug or id."
)


class VendorViewSet(GenericViewSet[Vendor]):
    """What everybody may know of those who sell here."""

    permission_classes = [AllowAny]
    serializer_class = VendorOutput
    queryset = Vendor.objects.none()
    lookup_field = "slug"

    @documented(
        "List the shop's vendors",
        response=VendorOutput(many=True),
        example=_EXAMPLE,
        tags=["Vendors"],
    )
    def list(self, request: Request) -> Response:
        page = self.paginate_queryset(querysets.public())
        return self.get_paginated_response(VendorOutput(page, many=True).data)

    @documented(
        "Show a vendor",
        response=VendorOutput,
        example=_EXAMPLE,
        refuses=[NotFound],
        tags=["Vendors"],
        parameters=[_SLUG],
    )
    def retrieve(self, request: Request, slug: str) -> Response:
        return Response(VendorOutput(references.get(querysets.public(), slug)).data)
