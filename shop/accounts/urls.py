"""Mounted at `/api/store/`."""

from django.urls import path
from rest_framework.routers import SimpleRouter

from shop.accounts.views.account import ProfileView
from shop.accounts.views.addresses import AddressViewSet
from shop.accounts.views.export import CustomerExportViewSet

router = SimpleRouter()
router.register("addresses", AddressViewSet, basename="address")

urlpatterns = [
    path("users/me/", ProfileView.as_view()),
    path("customers/export/", CustomerExportViewSet.as_view({"get": "export"})),
    *router.urls,
]
