"""The routes of staff under `/api/store/`."""

from rest_framework.routers import SimpleRouter

from shop.ledger.views import AdjustmentViewSet, EntryViewSet

router = SimpleRouter()
router.register("ledger", EntryViewSet, basename="ledger")
router.register("adjustments", AdjustmentViewSet, basename="adjustment")

urlpatterns = router.urls
