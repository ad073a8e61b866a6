from django.urls import path
from rest_framework.routers import SimpleRouter

from shop.orders.export_views import OrderExportViewSet
from shop.orders.parcel_views import ParcelViewSet
from shop.orders.views import OrderViewSet

router = SimpleRouter()
router.register("orders", OrderViewSet, basename="order")
router.register(r"orders/(?P<order_id>[^/]+)/parcels", ParcelViewSet, basename="parcel")

urlpatterns = [
    path("orders/export/", OrderExportViewSet.as_view({"get": "export"})),
    *router.urls,
]
