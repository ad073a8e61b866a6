from django.urls import path, re_path
from rest_framework.routers import SimpleRouter

from shop.webhooks.views import DeliveryViewSet, EndpointViewSet, EventsView

router = SimpleRouter()
router.register("webhooks", EndpointViewSet, basename="webhook")

urlpatterns = [
    path("events/", EventsView.as_view(), name="events"),
    re_path(
        r"^webhooks/(?P<pk>[0-9]{1,18})/deliveries/$",
        DeliveryViewSet.as_view({"get": "list"}),
        name="webhook-deliveries",
    ),
    *router.urls,
]
