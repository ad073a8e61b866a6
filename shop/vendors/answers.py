"""Vendors as the API answers them: to everybody, and to those who act for them."""

from collections.abc import Collection, Mapping
from decimal import Decimal
from typing import Any

import orjson
from django.contrib.auth.models import AnonymousUser

from shop.accounts.models import User
from shop.core.images import image_url
from shop.core.money import MoneyField
from shop.vendors import querysets
from shop.vendors.models import Vendor, VendorChange, VendorInvitation, VendorMember
from shop.vendors.payout_details import masked

Json = dict[str, Any]

_MONEY = MoneyField()  # reads amounts in the shop's minor unit
_PUBLIC = ("id", "name", "slug", "description")
_PRIVATE = (
    "status",
    "status_reason",
    "is_house",
    "contact_email",
    "contact_phone",
    "payout_method",
    "payout_schedule",
    "payout_hold_days",
    "products_need_approval",
    "updated_at",
)


def public_json(row: Mapping[str, Any]) -> Json:
    """What everybody reads of a vendor; `row` is one of `querysets.Vendors`."""
    return {name: row[name] for name in _PUBLIC} | {
        "logo": image_url(file=row["logo"]),
        "country": row["country"],
        "average_rating": str(row["average_rating"]),
        "review_count": int(row["review_count"]),
        "created_at": row["created_at"],
    }


def public_by_id(vendor_ids: Collection[int], _: User | AnonymousUser) -> dict[int, Json]:
    """What everybody reads of these vendors; those that not everybody may see are left out."""
    found = querysets.public_by_id(vendor_ids)
    return {vendor_id: public_json(row) for vendor_id, row in found.items()}


def private_json(row: Mapping[str, Any], role: str | None) -> Json:
    """What its members and staff read; numbers of accounts in full for owners only."""
    details = orjson.loads(row["payout_details"])
    minimum = row["payout_minimum"]
    return (
        public_json(row)
        | {name: row[name] for name in _PRIVATE}
        | {
            "role": role,
            "payout_details": details if role == VendorMember.Role.OWNER else masked(details),
            "payout_minimum": None if minimum is None else _amount(minimum),
        }
    )


def shown_to(somebody: User | AnonymousUser, named: str) -> Json:
    """The page of the vendor `named`, as much of it as `somebody` may read; else `NotFound`."""
    row, role = querysets.shown_to(somebody, named)
    if role or querysets.sees_all(somebody):
        return private_json(row, role)
    return public_json(row)


def for_user(vendor: Vendor, user: User) -> Json:
    """The present state of a vendor for somebody who acts for it."""
    return private_json(querysets.rated(vendor.pk), querysets.role_in(vendor, user))


def for_staff(vendor: Vendor) -> Json:
    return private_json(querysets.rated(vendor.pk), None)


def membership_json(membership: VendorMember) -> Json:
    vendor = membership.vendor
    return {
        "id": vendor.pk,
        "name": vendor.name,
        "slug": vendor.slug,
        "status": vendor.status,
        "role": membership.role,
    }


def member_json(member: VendorMember) -> Json:
    person = member.user
    return {
        "id": member.pk,
        "user": {"id": person.pk, "email": person.email, "name": person.get_full_name()},
        "role": member.role,
        "created_at": member.created_at,
    }


def invitation_json(invitation: VendorInvitation) -> Json:
    """Without its token: that is for who reads the mail."""
    return {
        "id": invitation.pk,
        "email": invitation.email,
        "role": invitation.role,
        "created_at": invitation.created_at,
        "expires_at": invitation.expires_at,
        "accepted_at": invitation.accepted_at,
        "revoked_at": invitation.revoked_at,
    }


def change_json(change: VendorChange) -> Json:
    actor = change.actor
    return {
        "id": change.pk,
        "kind": change.kind,
        "reason": change.reason,
        "details": change.details,
        "actor": actor and {"id": actor.pk, "email": actor.email},
        "created_at": change.created_at,
    }


def _amount(value: Decimal) -> str:
    return str(_MONEY.from_db_value(value))
