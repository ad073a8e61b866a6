from rest_framework.routers import SimpleRouter

from shop.commissions.views import CommissionViewSet

router = SimpleRouter()
router.register("commissions", CommissionViewSet, basename="commission")

urlpatterns = router.urls
