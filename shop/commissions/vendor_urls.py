"""The routes under `/api/vendor/`."""

from rest_framework.routers import SimpleRouter

from shop.commissions.views import VendorCommissionViewSet

router = SimpleRouter()
router.register("commissions", VendorCommissionViewSet, basename="vendor-commission")

urlpatterns = router.urls
