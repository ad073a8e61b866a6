"""The routes under `/api/vendor/`."""

from django.urls import path
from rest_framework.routers import SimpleRouter

from shop.core.files import AnyAccept
from shop.ledger.payout_views import VendorPayoutViewSet
from shop.ledger.views import BalanceViewSet, StatementViewSet

router = SimpleRouter()
router.register("balance", BalanceViewSet, basename="vendor-balance")
router.register("ledger", StatementViewSet, basename="vendor-ledger")
router.register("payouts", VendorPayoutViewSet, basename="vendor-payout")

urlpatterns = [
    *(
        path(
            f"payouts/<str:number>/statement.{kind}",
            VendorPayoutViewSet.as_view(
                {"get": f"statement_{kind}"}, content_negotiation_class=AnyAccept
            ),
            name=f"vendor-payout-statement-{kind}",
        )
        for kind in ("csv", "pdf")
    ),
    *router.urls,
]
