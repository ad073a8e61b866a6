"""The states of a vendor: one table of allowed moves, for every door."""

from collections.abc import Mapping

from shop.vendors.models import Vendor

Status = Vendor.Status

MOVES: Mapping[str, frozenset[str]] = {
    Status.PENDING: frozenset({Status.APPROVED, Status.REJECTED}),
    Status.APPROVED: frozenset({Status.SUSPENDED}),
    # Its owner asks once more, or staff change their mind.
    Status.REJECTED: frozenset({Status.PENDING, Status.APPROVED}),
    Status.SUSPENDED: frozenset({Status.APPROVED}),
}


def may_move(vendor: Vendor, to: str) -> bool:
    """The house vendor sells the shop's own goods: it stays approved."""
    return to in MOVES[vendor.status] and not (vendor.is_house and to != Status.APPROVED)
