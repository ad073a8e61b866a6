"""Up to 1,000 stock levels in one request, by staff and by sellers."""

from typing import cast

from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from shop.accounts.models import User
from shop.core.bulk import NamedTwice
from shop.core.errors import NotFound
from shop.core.inputs import parsed
from shop.core.once_per_key import OncePerKey
from shop.core.openapi import documented
from shop.core.parsers import BulkJSONParser
from shop.inventory import examples
from shop.inventory.bulk_doors import PERMISSION, count_stock
from shop.inventory.bulk_items import StockBulkInput, StockBulkOutput
from shop.inventory.errors import BelowReserved, StockLimitReached
from shop.inventory.models import StockLevel
from shop.inventory.permissions import StaffMay
from shop.vendors.acting import Role, VendorView

REFUSES = [NotFound, BelowReserved, StockLimitReached, NamedTwice]


class StockBulkViewSet(OncePerKey, GenericViewSet[StockLevel]):
    queryset = StockLevel.objects.none()
    serializer_class = StockBulkOutput
    permission_classes = [StaffMay]
    parser_classes = [BulkJSONParser]
    permissions = {"bulk": PERMISSION}

    @documented(
        "Set many stock levels",
        request=StockBulkInput,
        body=examples.BULK,
        response=StockBulkOutput,
        example=examples.BULK_ANSWER,
        refuses=REFUSES,
        tags=["Inventory"],
        description=(
            "Each item says how many a warehouse has `on_hand` of a variant, or by how many that "
            "changes, and stands alone: `results` has what became of it. Every level that "
            "changes gets a movement. With `all_or_nothing` the first refused item decides the "
            "status of the request, `errors` names all, and nothing was done. Without an "
            "`Idempotency-Key` 100 items share a transaction, with one all of them do."
        ),
    )
    def bulk(self, request: Request) -> Response:
        given = parsed(StockBulkInput, request.data)
        return Response(count_stock(user=cast("User", request.user), **given))


class VendorStockBulkViewSet(VendorView, GenericViewSet[StockLevel]):
    queryset = StockLevel.objects.none()
    serializer_class = StockBulkOutput
    parser_classes = [BulkJSONParser]
    least_role = {"bulk": Role.FULFILLER}

    @documented(
        "Set many stock levels of the vendor",
        request=StockBulkInput,
        body=examples.BULK,
        response=StockBulkOutput,
        example=examples.BULK_ANSWER,
        refuses=REFUSES,
        tags=["Vendor back office"],
        description=(
            "As the shop's staff do it, of its own goods, in its own warehouses and the shop's "
            "main one: others are not there."
        ),
    )
    def bulk(self, request: Request) -> Response:
        given = parsed(StockBulkInput, request.data)
        return Response(count_stock(user=self.user, vendor=self.vendor, **given))
