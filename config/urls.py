"""Every address of the shop."""

from django.conf import settings
from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path
from django.views.static import serve

from shop.core import views as core
from shop.core.graphql.views import GraphQLView
from shop.products.views import ProductViewSet

API: list[URLPattern | URLResolver] = [
    path("auth/", include("shop.accounts.auth_urls")),
    path("store/", include("shop.accounts.urls")),
    path("store/", include("shop.vendors.urls")),
    path("store/", include("shop.inventory.urls")),
    path("store/", include("shop.products.urls")),
    path("store/", include("shop.reviews.urls")),
    path("store/", include("shop.cart.urls")),
    path("store/", include("shop.orders.urls")),
    path("store/", include("shop.payments.urls")),
    path("store/", include("shop.commissions.urls")),
    path("store/", include("shop.ledger.urls")),
    path("store/", include("shop.wishlist.urls")),
    path("store/", include("shop.webhooks.urls")),
    path("vendor/", include("shop.vendors.vendor_urls")),
    path("vendor/", include("shop.products.vendor_urls")),
    path("vendor/", include("shop.inventory.vendor_urls")),
    path("vendor/", include("shop.orders.vendor_urls")),
    path("vendor/", include("shop.commissions.vendor_urls")),
    path("vendor/", include("shop.ledger.vendor_urls")),
]

urlpatterns: list[URLPattern | URLResolver] = [
    path("", core.landing, name="landing"),
    path("", include("shop.core.urls")),
    path("admin/", admin.site.urls),
    path("", include("shop.notifications.urls")),
    path("api/", include(API)),
    path("api/v1/", include((API, "v1"))),
    path("graphql/", GraphQLView.as_view(), name="graphql"),
    path("products/", ProductViewSet.as_view({"get": "list"})),
    # Also without a web server in front; one that is there serves the folder faster.
    path("media/<path:path>", serve, {"document_root": settings.MEDIA_ROOT}),
]

handler400 = "shop.core.views.bad_request"
handler403 = "shop.core.views.permission_denied"
handler404 = "shop.core.views.not_found"
handler500 = "shop.core.views.server_error"
