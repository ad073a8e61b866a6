"""What REST and GraphQL do with a bulk request about stock."""

from collections.abc import Sequence
from contextlib import nullcontext
from typing import Any

from shop.accounts.models import User
from shop.core import walls
from shop.core.bulk_items import Json
from shop.inventory import services
from shop.inventory.bulk_items import counts_asked_for, fates_json
from shop.vendors.models import Vendor

PERMISSION = "inventory.change_stocklevel"


def count_stock(
    *,
    user: User,
    items: Sequence[Any],
    reason: str,
    all_or_nothing: bool,
    vendor: Vendor | None = None,
) -> Json:
    """The answer, in the shape of `StockBulkOutput`; of a `vendor` that `user` acts for."""
    wall = nullcontext if vendor is None else lambda: walls.behind(vendor.pk)
    with wall():
        counts, asked = counts_asked_for(items, vendor=vendor)
    asked.stop_if(all_or_nothing)
    fates = services.change_levels(
        counts=counts, reason=reason, all_or_nothing=all_or_nothing, actor=user
    )
    with wall():
        return fates_json({**asked.refused, **fates})
