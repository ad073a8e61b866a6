"""The routes under `/api/vendor/`."""

from django.urls import path
from rest_framework.routers import SimpleRouter

from shop.orders.vendor_views import VendorOrderViewSet, VendorSummaryViewSet

router = SimpleRouter()
router.register("orders", VendorOrderViewSet, basename="vendor-order")

urlpatterns = [
    *router.urls,
    path("summary/", VendorSummaryViewSet.as_view({"get": "retrieve"}), name="vendor-summary"),
]
