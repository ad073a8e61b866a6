"""Reads over people and their addresses."""

from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from shop.accounts.errors import TokenNotValid
from shop.accounts.models import Address, AuthSession, User

CUSTOMER, VENDOR, ADMIN = "customer", "vendor", "admin"
# How the addresses of erased accounts end, and nobody else's.
ERASED = "@erased.invalid"


def locked(user: User) -> User:
    """The present row of `user`, kept from other changes until the transaction ends.

    Raises `TokenNotValid` when the account was erased or deactivated since the request began.
    """
    row = User.objects.select_for_update(no_key=True).filter(pk=user.pk, is_active=True).first()
    if row is None:
        raise TokenNotValid
    return row


def addresses_of(user: User) -> QuerySet[Address]:
    return Address.objects.filter(user=user)


def customers(
    *, joined_after: datetime | None = None, joined_before: datetime | None = None
) -> QuerySet[User]:
    """Whoever is no staff; erased accounts are nobody's."""
    found = User.objects.filter(is_staff=False).exclude(email__endswith=ERASED)
    if joined_after is not None:
        found = found.filter(date_joined__gte=joined_after)
    if joined_before is not None:
        found = found.filter(date_joined__lt=joined_before)
    return found


def staff_addresses(group: str) -> list[str]:
    """Where to write to the staff of `group`; to superusers when nobody is in it."""
    staff = User.objects.filter(is_staff=True, is_active=True).exclude(email="").order_by("id")
    members = list(staff.filter(groups__name=group).values_list("email", flat=True))
    return members or list(staff.filter(is_superuser=True).values_list("email", flat=True))


def has_signed_in_from(*, email: str, address: str) -> bool:
    """Whether the account `email` was ever, as far as is kept, signed in to from `address`."""
    if not address:
        return False
    return AuthSession.objects.filter(user__email=email, address=address).exists()


def vendors_of(user: User) -> list[dict[str, Any]]:
    """The vendors that `user` acts for: `{"id", "name", "slug", "status", "role"}`, by name."""
    memberships = user.vendor_memberships.select_related("vendor").order_by("vendor__name", "id")
    return [
        {
            "id": membership.vendor.pk,
            "name": membership.vendor.name,
            "slug": membership.vendor.slug,
            "status": membership.vendor.status,
            "role": membership.role,
        }
        for membership in memberships
    ]


def roles_of(user: User, vendors: list[dict[str, Any]]) -> list[str]:
    """What `user` is to the shop: everybody is a customer, staff also have their groups."""
    roles = [CUSTOMER]
    if any(vendor["status"] == "approved" for vendor in vendors):
        roles.append(VENDOR)
    if user.is_superuser:
        roles.append(ADMIN)
    return roles + list(user.groups.order_by("name").values_list("name", flat=True))
