"""The routes under `/api/vendor/`."""

from django.urls import path
from rest_framework.routers import SimpleRouter

from shop.vendors import views

router = SimpleRouter(use_regex_path=False)
router.register("members", views.MemberViewSet, "vendor-member")
router.register("memberships", views.MembershipsViewSet, "vendor-membership")
router.register("invitations", views.InvitationViewSet, "vendor-invitation")

urlpatterns = [
    path("", views.ProfileViewSet.as_view({"get": "retrieve"}), name="vendor-profile"),
    path(
        "invitations/accept/",
        views.AcceptInvitationView.as_view(),
        name="vendor-invitation-accept",
    ),
    *router.urls,
]
