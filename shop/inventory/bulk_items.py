"""The items of a bulk request about stock, and the answer."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from shop.accounts.fields import TextField
from shop.core.bulk import Fates, without_repetitions
from shop.core.bulk_items import (
    BulkInput,
    BulkOutput,
    Items,
    ItemsField,
    Json,
    RawItem,
    ResultOutput,
    bulk_json,
    checked_items,
)
from shop.core.errors import NotFound
from shop.core.fields import WholeNumberField
from shop.inventory import querysets
from shop.inventory.models import StockLevel
from shop.inventory.serializers import ReferenceField, StockLevelOutput, level_answer
from shop.inventory.services import MAX_ON_HAND, MAX_QUANTITY, Count
from shop.vendors.models import Vendor


class StockItem(serializers.Serializer[Any]):
    """Either `on_hand` or `change`, of a variant in a warehouse."""

    variant = ReferenceField(max_length=100, help_text="Its id, or its sku.")
    warehouse = ReferenceField(
        max_length=50, required=False, help_text="Its id or code; the default one when not said."
    )
    on_hand = WholeNumberField(required=False, min_value=0, max_value=MAX_ON_HAND)
    change = WholeNumberField(
        required=False, min_value=-MAX_QUANTITY, max_value=MAX_QUANTITY, help_text="Signed."
    )

    def validate(self, attrs: Json) -> Json:
        if ("on_hand" in attrs) == ("change" in attrs):
            raise serializers.ValidationError(
                {"on_hand": "Give either on_hand or change."}, code="required"
            )
        return attrs


@extend_schema_field(StockItem)
class _Item(RawItem):
    pass


class StockBulkInput(BulkInput):
    items = ItemsField(child=_Item())
    reason = TextField(
        max_length=200, required=False, default="set in bulk", help_text="Of every movement."
    )


class StockBulkResultOutput(ResultOutput):
    status = serializers.ChoiceField(["done", "failed"])
    level = StockLevelOutput(allow_null=True)


class StockBulkOutput(BulkOutput):
    results = StockBulkResultOutput(many=True)


def counts_asked_for(
    raw: Sequence[Any], *, vendor: Vendor | None = None
) -> tuple[dict[int, Count], Items]:
    """What the items mean, and which of them were refused already.

    With `vendor` only its goods, and the warehouses that it may use, are there.
    """
    shape = StockItem()
    items = checked_items(raw, lambda _: shape)
    variants = _found(items, "variant", querysets.variant_ids_of, vendor)
    places = _found(items, "warehouse", querysets.warehouses_of, vendor)
    if any("warehouse" not in one for one in items.values.values()):
        places[None] = querysets.default_warehouse().pk
    counts = {
        index: Count(
            variant_id=variants[one["variant"]],
            warehouse_id=places[one.get("warehouse")],
            on_hand=one.get("on_hand"),
            change=one.get("change"),
        )
        for index, one in items.values.items()
    }
    items.refuse(without_repetitions({index: count.place for index, count in counts.items()}))
    return {index: count for index, count in counts.items() if index in items.values}, items


def _found(
    items: Items, what: str, find: Callable[..., Mapping[int | str, int]], vendor: Vendor | None
) -> dict[Any, int]:
    """The ids of what the items name; those that name nothing are refused."""
    names = {index: one[what] for index, one in items.values.items() if what in one}
    found = dict(find(set(names.values()), vendor=vendor))
    missing = [index for index, name in names.items() if name not in found]
    items.refuse({index: NotFound(f"There is no such {what}.", attr=what) for index in missing})
    return found


def fates_json(fates: Fates[StockLevel]) -> Json:
    """In the shape of `StockBulkOutput`."""
    done = [fate.pk for fate in fates.values() if isinstance(fate, StockLevel)]
    rows = querysets.levels_by_id(done)
    return bulk_json(
        fates,
        lambda _, level: {"status": "done", "level": level_answer(rows[level.pk])},
        {"level": None},
    )
