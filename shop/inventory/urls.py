from django.urls import path
from rest_framework.routers import SimpleRouter

from shop.inventory.bulk_views import StockBulkViewSet
from shop.inventory.views import StockMovementViewSet, StockViewSet, WarehouseViewSet

router = SimpleRouter()
router.register("stock/movements", StockMovementViewSet, basename="stock-movement")
router.register("stock", StockViewSet, basename="stock")
router.register("warehouses", WarehouseViewSet, basename="warehouse")

urlpatterns = [
    path("stock/bulk/", StockBulkViewSet.as_view({"post": "bulk"})),
    *router.urls,
]
