"""The routes under `/api/vendor/`."""

from rest_framework.routers import SimpleRouter

from shop.inventory import vendor_views as views

router = SimpleRouter()
router.register("inventory/movements", views.VendorMovementViewSet, "vendor-movement")
router.register("inventory/warehouses", views.VendorWarehouseViewSet, "vendor-warehouse")
router.register("inventory", views.VendorStockViewSet, "vendor-stock")

urlpatterns = router.urls
