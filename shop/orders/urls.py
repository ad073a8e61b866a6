from rest_framework.routers import SimpleRouter

from shop.orders.parcel_views import ParcelViewSet
from shop.orders.views import OrderViewSet

router = SimpleRouter()
router.register("orders", OrderViewSet, basename="order")
router.register(r"orders/(?P<order_id>[^/]+)/parcels", ParcelViewSet, basename="parcel")

urlpatterns = router.urls
