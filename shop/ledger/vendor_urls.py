"""The routes under `/api/vendor/`."""

from rest_framework.routers import SimpleRouter

from shop.ledger.views import BalanceViewSet, StatementViewSet

router = SimpleRouter()
router.register("balance", BalanceViewSet, basename="vendor-balance")
router.register("ledger", StatementViewSet, basename="vendor-ledger")

urlpatterns = router.urls
