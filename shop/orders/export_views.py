"""Orders as a file, for staff and for sellers."""

from django.http import FileResponse
from rest_framework.request import Request
from rest_framework.viewsets import GenericViewSet

from shop.core.exports import ExportParameters, export_answer
from shop.core.files import CSV, JSON, XLSX, AnyAccept
from shop.core.inputs import parsed
from shop.core.openapi import FileAnswer, documented
from shop.core.permissions import StaffMay
from shop.orders import examples, vendor_examples
from shop.orders.exporting import export_of_orders, export_of_parts
from shop.orders.models import Order, VendorOrder
from shop.orders.part_querysets import Parts
from shop.orders.vendor_serializers import OrderPeriod, VendorOrderParameters
from shop.vendors.acting import Role, VendorView

BOOK = "(a workbook)"


class OrderExportParameters(ExportParameters, OrderPeriod):
    pass


class VendorOrderExportParameters(ExportParameters, VendorOrderParameters):
    pass


class OrderExportViewSet(GenericViewSet[Order]):
    queryset = Order.objects.none()
    permission_classes = [StaffMay]
    permissions = {"export": "orders.view_order"}
    pagination_class = None
    content_negotiation_class = AnyAccept

    @documented(
        "Export orders",
        response=FileAnswer(
            CSV, or_else={JSON: [examples.ORDER | {"customer": examples.BUYER}], XLSX: BOOK}
        ),
        example=examples.EXPORT_CSV,
        parameters=[OrderExportParameters],
        operation_id="orders_export",
        tags=["Orders"],
        description=(
            "For staff; the oldest first. In `csv` (the default) and `xlsx` a line per order, in "
            "`json` an array of what the API answers of each, with its `customer`. The file is "
            "made before it is sent."
        ),
    )
    def export(self, request: Request) -> FileResponse:
        asked = parsed(OrderExportParameters, request.query_params.dict())
        file_format = asked.pop("file_format")
        return export_answer(export_of_orders(**asked), file_format)


class VendorOrderExportViewSet(VendorView, GenericViewSet[VendorOrder]):
    queryset = VendorOrder.objects.none()
    pagination_class = None
    content_negotiation_class = AnyAccept
    least_role = {"export": Role.FULFILLER}

    @documented(
        "Export the vendor's orders",
        response=FileAnswer(CSV, or_else={JSON: [vendor_examples.PART], XLSX: BOOK}),
        example=vendor_examples.EXPORT_CSV,
        parameters=[VendorOrderExportParameters],
        operation_id="vendor_orders_export",
        tags=["Vendor back office"],
        description=(
            "Its own parts of orders, the oldest first: nothing of other vendors, nothing of the "
            "payment. The formats are those of the shop's export."
        ),
    )
    def export(self, request: Request) -> FileResponse:
        asked = parsed(VendorOrderExportParameters, request.query_params.dict())
        file_format = asked.pop("file_format")
        parts = Parts(vendor=self.vendor.pk, **asked)
        return export_answer(export_of_parts(parts, wall=self.behind_wall), file_format)
