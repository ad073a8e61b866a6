"""What a vendor says of itself, where its money goes, and the terms that it sells on."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.core.files.base import File
from django.db import transaction

from shop.accounts.models import User
from shop.core import images
from shop.core.transactions import atomic, retry_on_conflict
from shop.vendors import payout_details
from shop.vendors.errors import RoleTooLow
from shop.vendors.models import Vendor
from shop.vendors.services.audit_trail import note_change
from shop.vendors.services.holding import (
    check_decides,
    hold_vendor,
    is_owner,
    is_staff_for_vendors,
)
from shop.vendors.services.naming import check_free, taken_names, tidy_name

PROFILE = frozenset({"name", "description", "contact_email", "contact_phone", "country"})
PAYOUT = frozenset({"payout_method", "payout_details"})
TERMS = frozenset(
    {"products_need_approval", "payout_schedule", "payout_hold_days", "payout_minimum"}
)
# Of the others the trail says only that they changed: it is kept for ever.
_TOLD = TERMS | {"name", "country", "payout_method"}
_LOGO_FOLDER = "vendors"
_LOGO_PIXELS = 1024


@retry_on_conflict
@atomic
def change_vendor(*, vendor: Vendor, changes: Mapping[str, Any], actor: User) -> Vendor:
    """Set the named fields; the slug stays, so that no link to the vendor breaks.

    Owners and staff change the profile, owners alone where the money goes, staff alone the
    terms. Raises `RoleTooLow`, `VendorSuspended`, `NameTaken`, `NameNotAcceptable`,
    `PayoutDetailsNotValid`.
    """
    if unknown := changes.keys() - PROFILE - PAYOUT - TERMS:
        raise TypeError(f"of vendors nobody changes {unknown}")
    held = hold_vendor(vendor.pk)
    check_decides(vendor=held, actor=actor)
    _check_rights(held, changes, actor)
    values = _put_in_order(held, changes)
    before = {name: getattr(held, name) for name in values}
    changed = [name for name in sorted(values) if values[name] != before[name]]
    if not changed:
        return held
    for name in changed:
        setattr(held, name, values[name])
    with taken_names():
        held.save(update_fields=[*changed, "updated_at"])
    note_change(vendor=held, kind="changed", actor=actor, details=_details(changed, before, values))
    return held


def set_logo(
    *,
    vendor: Vendor,
    image: File | None,  # type: ignore[type-arg]  # not generic at run time
    actor: User,
) -> Vendor:
    """Show `image` as the vendor's logo, encoded anew; None takes the logo away.

    Raises `ImageNotAcceptable`, `RoleTooLow`, `VendorSuspended`. The file is read before the
    transaction begins, and a transaction that fails leaves no file behind.
    """
    picture = images.prepare(image, longest_side=_LOGO_PIXELS) if image else None
    with images.stored(picture, folder=_LOGO_FOLDER) as file, transaction.atomic():
        return _write_logo(vendor, file, actor)


def _write_logo(vendor: Vendor, file: str, actor: User) -> Vendor:
    held = hold_vendor(vendor.pk)
    check_decides(vendor=held, actor=actor)
    old = held.logo.name or ""
    if not old and not file:
        return held
    held.logo.name = file
    held.save(update_fields=["logo", "updated_at"])
    transaction.on_commit(lambda: images.remove(old))
    note_change(vendor=held, kind="logo_changed" if file else "logo_removed", actor=actor)
    return held


def _check_rights(vendor: Vendor, changes: Mapping[str, Any], actor: User) -> None:
    if PAYOUT & changes.keys() and not is_owner(vendor=vendor, user=actor):
        raise RoleTooLow
    if TERMS & changes.keys() and not is_staff_for_vendors(actor):
        raise RoleTooLow


def _put_in_order(vendor: Vendor, changes: Mapping[str, Any]) -> dict[str, Any]:
    """`changes` as they are kept. Another method needs details that fit it."""
    values = dict(changes)
    if "name" in values:
        values["name"] = tidy_name(values["name"])
        if values["name"] != vendor.name:
            check_free(name=values["name"], but=vendor)
    if PAYOUT & values.keys():
        method = values.get("payout_method", vendor.payout_method)
        details = values.get("payout_details", vendor.payout_details)
        values["payout_details"] = payout_details.checked(method, details)
    return values


def _details(
    changed: list[str], before: Mapping[str, Any], after: Mapping[str, Any]
) -> dict[str, Any]:
    told = [name for name in changed if name in _TOLD]
    return {
        "fields": changed,
        "before": {name: _plain(before[name]) for name in told},
        "after": {name: _plain(after[name]) for name in told},
    }


def _plain(value: Any) -> Any:
    return str(value) if isinstance(value, Decimal) else value
