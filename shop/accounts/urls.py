"""Mounted at `/api/store/`."""

from django.urls import path
from rest_framework.routers import SimpleRouter

from shop.accounts.views.account import ProfileView
from shop.accounts.views.addresses import AddressViewSet

router = SimpleRouter()
router.register("addresses", AddressViewSet, basename="address")

urlpatterns = [path("users/me/", ProfileView.as_view()), *router.urls]
