"""Who may manage webhooks: staff by Django permissions, sellers those of their vendor."""

from typing import Any, cast

from django.db.models import QuerySet
from rest_framework.exceptions import ErrorDetail, ValidationError
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from shop.accounts.models import User
from shop.core.errors import NotFound
from shop.vendors.models import Vendor
from shop.webhooks import querysets
from shop.webhooks.models import Endpoint

_VERBS = {"list": "view", "retrieve": "view", "create": "add", "destroy": "delete"}


def permission_for(view: Any) -> str:
    """The Django permission that staff need for what the view is asked to do."""
    return f"webhooks.{_VERBS.get(getattr(view, 'action', 'list'), 'change')}_endpoint"


class ManagesWebhooks(BasePermission):
    """Staff with the permission, and owners and managers of an approved vendor."""

    def has_permission(self, request: Request, view: Any) -> bool:
        user = request.user
        if not isinstance(user, User):
            return False
        return is_staff_for(user, view) or querysets.managed_vendors(user).exists()


def is_staff_for(user: User, view: Any) -> bool:
    return bool(user.is_staff and user.has_perm(permission_for(view)))


def endpoint_of(request: Request, view: Any, pk: str) -> Endpoint:
    """The endpoint `pk`; another's is `NotFound`."""
    found = endpoints_of(request, view).filter(pk=int(pk)).first()
    if found is None:
        raise NotFound
    return found


def endpoints_of(request: Request, view: Any) -> QuerySet[Endpoint]:
    return querysets.endpoints_of(cast("User", request.user), permission=permission_for(view))


def vendor_meant(request: Request, view: Any, named: Vendor | None) -> Vendor | None:
    """Whose events: those of `named`; staff who name nobody mean the shop's (None), sellers
    the only vendor that they manage.

    Raises `ValidationError` on `vendor`.
    """
    user = cast("User", request.user)
    if is_staff_for(user, view):
        return named
    managed = querysets.managed_vendors(user)
    if named is not None:
        managed = managed.filter(pk=named.pk)
    found = list(managed[:2])
    if named is not None and not found:
        # As for a vendor that does not exist.
        raise ValidationError({"vendor": ErrorDetail("There is no such vendor.", "does_not_exist")})
    if len(found) != 1:
        raise ValidationError({"vendor": ErrorDetail("Name the vendor.", "required")})
    return found[0]
