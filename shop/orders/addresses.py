"""The addresses of an order: copies, so that a changed address book leaves it alone."""

from collections.abc import Mapping, Sequence

from django.db.models import Q

from shop.accounts.models import Address, User
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

Snapshot = dict[str, str]
# An id of the buyer's address book, an address written out, or None for the default one.
Choice = int | Mapping[str, str] | None


def snapshots(
    *, user: User, shipping: Choice, billing: Choice
) -> tuple[Snapshot | None, Snapshot | None]:
    """The shipping and the billing address to keep with an order, in one query.

    Without a choice the book's default counts; without a default for billing the
    shipping address does. Raises `AddressDoesNotExist` for an id of somebody else's.
    """
    ids = [choice for choice in (shipping, billing) if isinstance(choice, int)]
    book = list(
        Address.objects.filter(user=user).filter(
            Q(pk__in=ids) | Q(is_default_shipping=True) | Q(is_default_billing=True)
        )
    )
    ships_to = _chosen(shipping, book, default="is_default_shipping", attr="shipping_address")
    bills_to = _chosen(billing, book, default="is_default_billing", attr="billing_address")
    return ships_to, bills_to or ships_to


def _chosen(choice: Choice, book: Sequence[Address], *, default: str, attr: str) -> Snapshot | None:
    if isinstance(choice, Mapping):
        return {field: str(choice.get(field, "")) for field in FIELDS}
    if choice is None:
        entry = next((address for address in book if getattr(address, default)), None)
        return _copy(entry) if entry else None
    entry = next((address for address in book if address.pk == choice), None)
    if entry is None:
        raise AddressDoesNotExist(attr=attr)
    return _copy(entry)


def _copy(address: Address) -> Snapshot:
    return {field: str(getattr(address, field)) for field in FIELDS}
