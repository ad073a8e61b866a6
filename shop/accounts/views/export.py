"""Customers as a file, for staff."""

from typing import Any

from django.http import FileResponse
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.viewsets import GenericViewSet

from shop.accounts.exporting import export_of_customers
from shop.accounts.models import User
from shop.accounts.views import examples
from shop.core.exports import ExportParameters, export_answer
from shop.core.files import CSV, JSON, XLSX, AnyAccept
from shop.core.inputs import parsed
from shop.core.openapi import FileAnswer, documented
from shop.core.permissions import StaffMay


class CustomerExportParameters(ExportParameters):
    joined_after = serializers.DateTimeField(required=False, help_text="From this moment on.")
    joined_before = serializers.DateTimeField(required=False, help_text="Before this moment.")


class CustomerExportViewSet(GenericViewSet[User]):
    queryset = User.objects.none()
    permission_classes = [StaffMay]
    permissions = {"export": "accounts.view_user"}
    pagination_class = None
    content_negotiation_class = AnyAccept

    @documented(
        "Export customers",
        response=FileAnswer(CSV, or_else={JSON: [examples.CUSTOMER], XLSX: "(a workbook)"}),
        example=examples.CUSTOMERS_CSV,
        parameters=[CustomerExportParameters],
        operation_id="customers_export",
        tags=["Account"],
        description=(
            "For staff; who joined first comes first. Staff themselves and erased accounts are "
            "left out. In `csv` (the default), `xlsx`, or as an array in `json`. The file is "
            "made before it is sent."
        ),
    )
    def export(self, request: Request) -> FileResponse:
        asked: dict[str, Any] = parsed(CustomerExportParameters, request.query_params.dict())
        file_format = asked.pop("file_format")
        return export_answer(export_of_customers(**asked), file_format)
