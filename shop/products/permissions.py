"""Who may write the catalogue over HTTP: staff by Django permissions, sellers their own goods."""

from typing import Any, cast

from django.db.models import QuerySet
from rest_framework.exceptions import ErrorDetail, ValidationError
from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request

from shop.accounts.models import User
from shop.core import references
from shop.products import querysets
from shop.products.models import Product
from shop.products.services.approval import PERMISSION
from shop.vendors.models import Vendor

_ACTIONS = {"POST": "add", "PUT": "change", "PATCH": "change", "DELETE": "delete"}


def permission_for(request: Request, view: Any) -> str:
    """The Django permission that staff need, such as "products.add_variant"."""
    # Methods that no view has end as 405.
    action = _ACTIONS.get(str(request.method), "change")
    return f"products.{action}_{view.queryset.model._meta.model_name}"


class StaffWrite(BasePermission):
    """Everybody reads; who has the model's Django permission writes."""

    def has_permission(self, request: Request, view: Any) -> bool:
        if request.method in SAFE_METHODS:
            return True
        return bool(request.user and request.user.has_perm(permission_for(request, view)))


class SellersWrite(StaffWrite):
    """And so do those who manage an approved vendor; the views hold them to its goods."""

    def has_permission(self, request: Request, view: Any) -> bool:
        if super().has_permission(request, view):
            return True
        user = request.user
        return isinstance(user, User) and querysets.managed_vendors(user).exists()


class StaffApprove(BasePermission):
    """Who may change every product decides which new ones the public sees."""

    def has_permission(self, request: Request, view: Any) -> bool:
        return bool(request.user and request.user.has_perm(PERMISSION))


def editable_product(request: Request, view: Any, slug: str) -> Product:
    """The product to be written; another vendor's is `NotFound`.

    Only its id is read: services look at the rest after they locked the row.
    """
    user, permission = cast("User", request.user), permission_for(request, view)
    editable = querysets.editable_products(user, permission=permission)
    return references.get(editable.only("pk"), slug)


def vendor_of_new_product(request: Request, view: Any, named: Vendor | None) -> Vendor:
    """As `new_owner`, with the permission that the request needs."""
    user, permission = cast("User", request.user), permission_for(request, view)
    return new_owner(user, named, permission=permission)


def check_vendor(request: Request, view: Any, vendor: Vendor) -> None:
    """As `check_owner`, with the permission that the request needs."""
    user, permission = cast("User", request.user), permission_for(request, view)
    check_owner(user, vendor, permission=permission)


def new_owner(user: User, named: Vendor | None, *, permission: str) -> Vendor:
    """Whose a new product of `user` is: `named`, or the only one that it can be.

    Staff mean the house when they name nobody, sellers the vendor that they manage.
    Raises `ValidationError` on `vendor`.
    """
    if named is not None:
        check_owner(user, named, permission=permission)
        return named
    vendors = _vendors_to_write_for(user, permission).only("pk", "products_need_approval")
    found = list(vendors.filter(is_house=True)[:1] or vendors[:2])
    if len(found) != 1:
        raise ValidationError({"vendor": ErrorDetail("Name the vendor.", "required")})
    return found[0]


def check_owner(user: User, vendor: Vendor, *, permission: str) -> None:
    """Raises `ValidationError` on `vendor` unless `user` may write its goods."""
    if not _vendors_to_write_for(user, permission).filter(pk=vendor.pk).exists():
        # As for a vendor that does not exist.
        raise ValidationError({"vendor": ErrorDetail("There is no such vendor.", "does_not_exist")})


def _vendors_to_write_for(user: User, permission: str) -> QuerySet[Vendor]:
    return Vendor.objects.all() if user.has_perm(permission) else querysets.managed_vendors(user)
