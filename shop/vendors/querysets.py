"""Reads of vendors, and who acts for which."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet

from shop.accounts.models import User
from shop.core import references, sql
from shop.core.errors import NotFound
from shop.core.keysets import Columns, Found, Window
from shop.core.references import reference
from shop.vendors.errors import (
    NoSuchVendor,
    NotAVendor,
    VendorNotApproved,
    VendorNotNamed,
    VendorSuspended,
)
from shop.vendors.models import Vendor, VendorChange, VendorInvitation, VendorMember

Row = dict[str, Any]

# Vendors with the figures of their goods, in one statement. Products stand above vendors: they
# are read here by the name of the table only. The page is cut first: only its rows are rated.
_RATED = f"""
    SELECT {sql.columns(Vendor, "vendor")}, rated.average_rating, rated.review_count
    FROM (SELECT * FROM vendors_vendor {{which}}) AS vendor
    CROSS JOIN LATERAL (
        SELECT coalesce(sum(product.review_count), 0) AS review_count,
               coalesce(round(
                   sum(product.average_rating * product.review_count)
                   / sum(product.review_count), 2
               ), 0.00) AS average_rating
        FROM products_product AS product
        WHERE product.vendor_id = vendor.id AND product.review_count > 0
    ) AS rated
    ORDER BY {{order}}
"""  # noqa: S608 (the columns come from the model)
_ONE = _RATED.format(which="WHERE id = %(id)s", order="id")
_THESE = _RATED.format(which="WHERE id = ANY(%(ids)s) AND status = %(status)s", order="id")
_BY_NAME = Columns(("name", "id"))


@dataclass(frozen=True)
class Vendors:
    """The vendors in `status` with their rating, by name, for a paginator."""

    status: str = Vendor.Status.APPROVED

    def count(self) -> int:
        return Vendor.objects.filter(status=self.status).count()

    def __getitem__(self, page: slice) -> list[Row]:
        return self._read(Window(limit=page.stop - (page.start or 0)), offset=page.start or 0)

    @property
    def order(self) -> str:
        return f"vendors:{_BY_NAME.order_by()}"

    def window(self, window: Window, /) -> Found:
        return [(_BY_NAME.key_of(row), row) for row in self._read(window)]

    def _read(self, window: Window, *, offset: int = 0) -> list[Row]:
        where = " AND ".join(["status = %(status)s", *_BY_NAME.conditions(window)])
        order = _BY_NAME.order_by(window)
        which = f"WHERE {where} ORDER BY {order} LIMIT %(limit)s OFFSET %(offset)s"
        params = {"status": self.status, "limit": window.limit, "offset": offset}
        statement = _RATED.format(which=which, order=order)
        return sql.rows(statement, params | _BY_NAME.params(window))


def public_by_id(vendor_ids: Collection[int]) -> dict[int, Row]:
    """The rows, with their rating, of those of these vendors that everybody may see."""
    status = Vendor.Status.APPROVED
    found = sql.rows(_THESE, {"ids": list(vendor_ids), "status": status})
    return {row["id"]: row for row in found}


def rated(vendor_id: int) -> Row:
    """The vendor's row with its rating, else `NotFound`."""
    found = sql.rows(_ONE, {"id": vendor_id})
    if not found:
        raise NotFound
    return found[0]


def shown_to(somebody: User | AnonymousUser, named: str) -> tuple[Row, str | None]:
    """The vendor `named` by slug or id, and the role that `somebody` has in it.

    Those that are not approved are there for their members and for staff who see vendors only;
    else `NotFound`.
    """
    vendor = references.get(Vendor.objects.only("pk", "status"), named)
    role = role_in(vendor, somebody)
    is_public = vendor.status == Vendor.Status.APPROVED
    if not (is_public or role or sees_all(somebody)):
        raise NotFound
    return rated(vendor.pk), role


def own_vendor(user: User, named: str) -> Vendor:
    """The vendor `named` by slug or id, if `user` acts for it, whatever its state or role.

    Raises `NotFound`.
    """
    return references.get(Vendor.objects.filter(members__user=user), named)


def role_in(vendor: Vendor, somebody: User | AnonymousUser) -> str | None:
    if not somebody.is_authenticated:
        return None
    return vendor.members.filter(user=somebody).values_list("role", flat=True).first()


def sees_all(somebody: User | AnonymousUser) -> bool:
    """Whether this is staff who see vendors in every state."""
    return bool(somebody.is_staff and somebody.has_perm("vendors.view_vendor"))


def all_memberships_of(user: User) -> QuerySet[VendorMember]:
    """Every membership of `user` with its vendor, whatever became of that."""
    of_user = VendorMember.objects.filter(user=user).select_related("vendor")
    return of_user.order_by("vendor__name", "id")


def members_of(vendor: Vendor) -> QuerySet[VendorMember]:
    """Who acts for `vendor`, the first one first, each with the person."""
    return VendorMember.objects.filter(vendor=vendor).select_related("user").order_by("id")


def invitations_of(vendor: Vendor) -> QuerySet[VendorInvitation]:
    return VendorInvitation.objects.filter(vendor=vendor).order_by("-id")


def changes_of(vendor: Vendor) -> QuerySet[VendorChange]:
    """The trail of `vendor`, newest first, each line with who wrote it."""
    return VendorChange.objects.filter(vendor=vendor).select_related("actor").order_by("-id")


def public() -> QuerySet[Vendor]:
    """The vendors that everybody may see: the approved ones, by name."""
    return Vendor.objects.filter(status=Vendor.Status.APPROVED).order_by("name", "id")


def vendors_of(user: User | AnonymousUser) -> QuerySet[Vendor]:
    """The approved vendors that `user` acts for; nobody acts for a suspended one."""
    if not user.is_authenticated:
        return Vendor.objects.none()
    return public().filter(members__user_id=user.pk)


def managers_of(vendor: Vendor) -> list[str]:
    """The addresses of who decides for an approved vendor: its owners and managers."""
    deciding = vendor.members.filter(
        vendor__status=Vendor.Status.APPROVED,
        role__in=[VendorMember.Role.OWNER, VendorMember.Role.MANAGER],
        user__is_active=True,
    )
    return list(deciding.order_by("id").values_list("user__email", flat=True))


def memberships_of(user: User) -> QuerySet[VendorMember]:
    """The user's memberships of approved vendors, each with its vendor."""
    return VendorMember.objects.filter(
        user=user, vendor__status=Vendor.Status.APPROVED
    ).select_related("vendor")


def acting_membership(user: User, named: str | None) -> VendorMember:
    """The membership by which `user` acts: of the vendor `named` (slug or id), else the only one.

    Raises `NoSuchVendor`, `NotAVendor`, `VendorNotNamed`, `VendorSuspended`, `VendorNotApproved`.
    """
    found = VendorMember.objects.filter(user=user).select_related("vendor").order_by("id")
    if named is not None:
        of_vendor = Vendor.objects.filter(reference(named))
        membership = found.filter(vendor__in=of_vendor.order_by()).first()
        if membership is None:
            raise NoSuchVendor
        return _approved(membership)
    mine = list(found)
    if not mine:
        raise NotAVendor
    active = [one for one in mine if one.vendor.status == Vendor.Status.APPROVED]
    if len(active) > 1:
        raise VendorNotNamed
    return _approved((active or mine)[0])


def _approved(membership: VendorMember) -> VendorMember:
    if membership.vendor.status == Vendor.Status.SUSPENDED:
        raise VendorSuspended
    if membership.vendor.status != Vendor.Status.APPROVED:
        raise VendorNotApproved
    return membership
