"""What REST and GraphQL do with a bulk request about products."""

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any

from shop.accounts.models import User
from shop.core import walls
from shop.core.bulk_items import Json
from shop.core.errors import NotAllowed
from shop.products import services
from shop.products.bulk_items import (
    OWN_SHAPES,
    SHAPES,
    changes_asked_for,
    fates_json,
    found_among,
)
from shop.products.models import Product
from shop.vendors import services as vendors
from shop.vendors.models import Vendor

PERMISSION = "products.change_product"
_TO_CREATE = "products.add_product"


def by_staff(*, user: User, items: Sequence[Any], all_or_nothing: bool) -> Json:
    """The answer, in the shape of `ProductBulkOutput`. Raises `NotAllowed`."""
    changes, asked = changes_asked_for(
        items,
        SHAPES,
        find=lambda named: found_among(Product.objects.all(), named),
        vendor=cache(vendors.house_vendor),
    )
    if any(isinstance(change, services.Create) for change in changes.values()):
        _check(user, _TO_CREATE)
    asked.stop_if(all_or_nothing)
    fates = services.change_products(changes=changes, all_or_nothing=all_or_nothing, actor=user)
    return fates_json({**asked.refused, **fates}, changes)


def by_seller(*, user: User, vendor: Vendor, items: Sequence[Any], all_or_nothing: bool) -> Json:
    """The same for the goods of the vendor that somebody acts for."""

    def find(named: Iterable[Any]) -> Mapping[int | str, Product]:
        with walls.behind(vendor.pk):
            return found_among(Product.objects.filter(vendor=vendor), named)

    changes, asked = changes_asked_for(items, OWN_SHAPES, find=find, vendor=lambda: vendor)
    asked.stop_if(all_or_nothing)
    fates = services.change_products(changes=changes, all_or_nothing=all_or_nothing, actor=user)
    return fates_json({**asked.refused, **fates}, changes)


def _check(user: User, permission: str) -> None:
    if not user.has_perm(permission):
        raise NotAllowed
