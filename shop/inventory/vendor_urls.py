"""The routes under `/api/vendor/`."""

from django.urls import path
from rest_framework.routers import SimpleRouter

from shop.inventory import vendor_views as views
from shop.inventory.bulk_views import VendorStockBulkViewSet

router = SimpleRouter()
router.register("inventory/movements", views.VendorMovementViewSet, "vendor-movement")
router.register("inventory/warehouses", views.VendorWarehouseViewSet, "vendor-warehouse")
router.register("inventory", views.VendorStockViewSet, "vendor-stock")

urlpatterns = [
    path("inventory/bulk/", VendorStockBulkViewSet.as_view({"post": "bulk"})),
    *router.urls,
]
