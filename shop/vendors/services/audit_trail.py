"""What was done to a vendor, by whom and why: rows that are never changed."""

from collections.abc import Mapping
from typing import Any

from shop.accounts.models import User
from shop.core.transactions import atomic
from shop.vendors.models import Vendor, VendorChange


@atomic
def note_change(
    *,
    vendor: Vendor,
    kind: str,
    actor: User | None,
    reason: str = "",
    details: Mapping[str, Any] | None = None,
) -> VendorChange:
    """Write down what was changed, in the transaction of the change.

    `kind` is a past-tense word of at most 30 signs, `actor` None the shop itself. `details`
    stay for ever: people by their ids, no addresses, and never bank details.
    """
    return VendorChange.objects.create(
        vendor=vendor, kind=kind, actor=actor, reason=reason, details=dict(details or {})
    )
