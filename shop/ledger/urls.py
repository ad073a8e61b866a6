"""The routes of staff under `/api/store/`."""

from django.urls import path
from rest_framework.routers import SimpleRouter

from shop.core.files import AnyAccept
from shop.ledger.payout_views import PayoutViewSet
from shop.ledger.views import AdjustmentViewSet, EntryViewSet

router = SimpleRouter()
router.register("ledger", EntryViewSet, basename="ledger")
router.register("adjustments", AdjustmentViewSet, basename="adjustment")
router.register("payouts", PayoutViewSet, basename="payout")

urlpatterns = [
    *(
        path(
            f"payouts/<str:number>/statement.{kind}",
            PayoutViewSet.as_view(
                {"get": f"statement_{kind}"}, content_negotiation_class=AnyAccept
            ),
            name=f"payout-statement-{kind}",
        )
        for kind in ("csv", "pdf")
    ),
    *router.urls,
]
