from django.urls import path
from rest_framework.routers import SimpleRouter

from shop.payments.views import PaymentViewSet, RefundView, StripeWebhookView

router = SimpleRouter()
router.register("payments", PaymentViewSet, basename="payment")

urlpatterns = [
    # Refunds belong to payments, although the path is an order's.
    path("orders/<str:id>/refund/", RefundView.as_view(), name="order-refund"),
    path("payments/webhooks/stripe/", StripeWebhookView.as_view(), name="stripe-webhook"),
    *router.urls,
]
