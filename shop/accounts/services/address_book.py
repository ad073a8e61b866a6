"""Address books. Orders keep their own copy: nothing here changes a past order."""

from typing import Any

from shop.accounts import querysets
from shop.accounts.errors import AddressBookIsFull
from shop.accounts.models import Address, User
from shop.core import references
from shop.core.transactions import atomic

MOST_ADDRESSES = 100
DEFAULTS = ("is_default_shipping", "is_default_billing")


@atomic
def add_address(*, user: User, fields: dict[str, Any]) -> Address:
    """A new address; the first one is the default for shipping and for billing."""
    querysets.locked(user)
    count = querysets.addresses_of(user).count()
    if count >= MOST_ADDRESSES:
        raise AddressBookIsFull
    if count == 0:
        fields = fields | dict.fromkeys(DEFAULTS, True)
    _clear_defaults(user, fields)
    return Address.objects.create(user=user, **fields)


@atomic
def change_address(*, user: User, address_id: int | str, fields: dict[str, Any]) -> Address:
    """Change what is named in `fields`; a new default takes the place of the old one."""
    # Changes of one address book wait for each other, so that its defaults stay single.
    querysets.locked(user)
    address = references.get(querysets.addresses_of(user), address_id)
    _clear_defaults(user, fields)
    for field, value in fields.items():
        setattr(address, field, value)
    address.save()
    return address


@atomic
def delete_address(*, user: User, address_id: int | str) -> None:
    """Remove an address. No other one becomes the default: that is the owner's decision."""
    references.get(querysets.addresses_of(user), address_id).delete()


def _clear_defaults(user: User, fields: dict[str, Any]) -> None:
    for default in DEFAULTS:
        if fields.get(default):
            querysets.addresses_of(user).filter(**{default: True}).update(**{default: False})
