"""Products as a file, for staff and for sellers."""

from django.http import FileResponse
from rest_framework.request import Request
from rest_framework.viewsets import GenericViewSet

from shop.core.exports import export_answer
from shop.core.files import CSV, JSON, XLSX, AnyAccept
from shop.core.openapi import FileAnswer, documented
from shop.core.permissions import StaffMay
from shop.products import examples, filters
from shop.products.exporting import export_of
from shop.products.models import Product
from shop.vendors.acting import VendorView

ANSWER = FileAnswer(CSV, or_else={JSON: examples.EXPORT_JSON, XLSX: "(a workbook)"})
WHOLE = (
    "By id, whatever the status. In `csv` (the default) and `xlsx` a line per variant, in the "
    "columns that an import takes: `stock` is what the main warehouse has available. In `json` an "
    "array of products with their variants and images. The file is made before it is sent."
)


class ProductExportViewSet(GenericViewSet[Product]):
    queryset = Product.objects.none()
    permission_classes = [StaffMay]
    permissions = {"export": "products.view_product"}
    pagination_class = None
    content_negotiation_class = AnyAccept

    @documented(
        "Export products",
        response=ANSWER,
        example=examples.EXPORT_CSV,
        parameters=[filters.ProductExportFilters, filters.OPTION_PARAMETER],
        operation_id="products_export",
        tags=["Products"],
        description=f"For staff. {WHOLE}",
    )
    def export(self, request: Request) -> FileResponse:
        products, file_format = filters.products_to_export(request.query_params)
        return export_answer(export_of(products), file_format)


class VendorProductExportViewSet(VendorView, GenericViewSet[Product]):
    queryset = Product.objects.none()
    pagination_class = None
    content_negotiation_class = AnyAccept

    @documented(
        "Export the vendor's products",
        response=ANSWER,
        example=examples.EXPORT_CSV,
        parameters=[filters.OwnProductExportFilters, filters.OPTION_PARAMETER],
        operation_id="vendor_products_export",
        tags=["Vendor back office"],
        description=WHOLE,
    )
    def export(self, request: Request) -> FileResponse:
        asked = request.query_params
        products, file_format = filters.own_products_to_export(asked, self.vendor)
        return export_answer(export_of(products, wall=self.behind_wall), file_format)
