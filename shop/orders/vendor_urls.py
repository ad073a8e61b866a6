"""The routes under `/api/vendor/`."""

from django.urls import path
from rest_framework.routers import SimpleRouter

from shop.orders.export_views import VendorOrderExportViewSet
from shop.orders.vendor_views import VendorOrderViewSet, VendorSummaryViewSet

router = SimpleRouter()
router.register("orders", VendorOrderViewSet, basename="vendor-order")

urlpatterns = [
    path("orders/export/", VendorOrderExportViewSet.as_view({"get": "export"})),
    *router.urls,
    path("summary/", VendorSummaryViewSet.as_view({"get": "retrieve"}), name="vendor-summary"),
]
