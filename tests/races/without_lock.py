"""The shop with its guard against overselling taken out: the negative control of the race test.

What is left is what most shops do: read the stock, compare, write back the new number.
"""

from collections.abc import Collection

from django.db.models import F

from shop.inventory.models import StockLevel
from shop.inventory.services import levels


def lock_levels(variant_ids: Collection[int]) -> list[StockLevel]:
    """As the real one, without FOR UPDATE."""
    return list(
        StockLevel.objects.filter(variant_id__in=variant_ids)
        .select_related("variant")
        .order_by("variant_id", "warehouse_id")
    )


def update_levels(changes: Collection[levels.Change]) -> None:
    """Writes back what was read plus the change; whoever wrote in between is overwritten."""
    for change in changes:
        change.level.on_hand += change.on_hand
        change.level.reserved += change.reserved
        StockLevel.objects.filter(pk=change.level.pk).update(
            on_hand=change.level.on_hand, reserved=change.level.reserved, updated_at=F("updated_at")
        )


levels.lock_levels = lock_levels
levels.update_levels = update_levels
