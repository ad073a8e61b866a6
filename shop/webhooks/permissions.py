"""Who may manage webhooks: staff by Django permissions, sellers those of their vendor."""

from typing import Any

from rest_framework.exceptions import ErrorDetail, ValidationError
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from shop.accounts.models import User
from shop.core.errors import NotFound
from shop.vendors.models import Vendor
from shop.webhooks import querysets
from shop.webhooks.models import Endpoint

VIEW, ADD, CHANGE, DELETE = (
    f"webhooks.{verb}_endpoint" for verb in ("view", "add", "change", "delete")
)
_PERMISSIONS = {"list": VIEW, "retrieve": VIEW, "create": ADD, "destroy": DELETE}


def permission_for(view: Any) -> str:
    """The Django permission that staff need for what the view is asked to do."""
    return _PERMISSIONS.get(getattr(view, "action", "list"), CHANGE)


class ManagesWebhooks(BasePermission):
    """Staff with the permission, and owners and managers of an approved vendor."""

    def has_permission(self, request: Request, view: Any) -> bool:
        user = request.user
        return isinstance(user, User) and manages_webhooks(user, permission_for(view))


def manages_webhooks(user: User, permission: str) -> bool:
    """Whether `user` is staff with `permission`, or manages an approved vendor."""
    return sees_all(user, permission) or querysets.managed_vendors(user).exists()


def sees_all(user: User, permission: str) -> bool:
    """Whether `user` is staff with `permission`: for all endpoints, and the shop's own."""
    return bool(user.is_staff and user.has_perm(permission))


def endpoint_of(user: User, permission: str, pk: int) -> Endpoint:
    """The endpoint `pk`; another's is `NotFound`."""
    found = querysets.endpoints_of(user, permission=permission).filter(pk=pk).first()
    if found is None:
        raise NotFound
    return found


def vendor_meant(user: User, permission: str, named: Vendor | None) -> Vendor | None:
    """Whose events: those of `named`; staff who name nobody mean the shop's (None), sellers
    the only vendor that they manage.

    Raises `ValidationError` on `vendor`.
    """
    if sees_all(user, permission):
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
