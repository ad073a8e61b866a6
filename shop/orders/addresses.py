"""The addresses of an order: copies, so that a changed address book leaves it alone."""

from collections.abc import Mapping, Sequence

from shop.accounts.models import User
from shop.core import sql
from shop.orders.errors import AddressDoesNotExist

FIELDS = (
    "full_name",
    "line1",
    "line2",
    "city",
    "region",
    "postal_code",
    "country",
    "phone_number",
)

# By hand, because placing an order waits for it: see `shop.core.sql`.
_BOOK = f"""
    SELECT id, is_default_shipping, is_default_billing, {", ".join(FIELDS)}
    FROM accounts_address
    WHERE user_id = %s AND (id = ANY(%s::bigint[]) OR is_default_shipping OR is_default_billing)
"""  # noqa: S608 (the names are constants)

Snapshot = dict[str, str]
# An id of the buyer's address book, an address written out, or None for the default one.
Choice = int | Mapping[str, str] | None


def snapshots(
    *, user: User, shipping: Choice, billing: Choice
) -> tuple[Snapshot | None, Snapshot | None]:
    """The shipping and the billing address to keep with an order, in one query at most.

    Without a choice the book's default counts; without a default for billing the
    shipping address does. Raises `AddressDoesNotExist` for an id of somebody else's.
    """
    ids = [choice for choice in (shipping, billing) if isinstance(choice, int)]
    is_written_out = isinstance(shipping, Mapping) and isinstance(billing, Mapping)
    book = [] if is_written_out else sql.rows(_BOOK, [user.pk, ids])
    ships_to = _chosen(shipping, book, default="is_default_shipping", attr="shipping_address")
    bills_to = _chosen(billing, book, default="is_default_billing", attr="billing_address")
    return ships_to, bills_to or ships_to


def _chosen(choice: Choice, book: Sequence[sql.Row], *, default: str, attr: str) -> Snapshot | None:
    if isinstance(choice, Mapping):
        return {field: str(choice.get(field, "")) for field in FIELDS}
    if choice is None:
        entry = next((address for address in book if address[default]), None)
        return _copy(entry) if entry else None
    entry = next((address for address in book if address["id"] == choice), None)
    if entry is None:
        raise AddressDoesNotExist(attr=attr)
    return _copy(entry)


def _copy(address: sql.Row) -> Snapshot:
    return {field: address[field] for field in FIELDS}
