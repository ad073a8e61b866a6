from collections.abc import Collection, Mapping
from typing import Any

from django.core.validators import RegexValidator
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.fields import empty

from shop.accounts.fields import TextField
from shop.core.fields import StrictBooleanField, WholeNumberField
from shop.core.references import reference
from shop.inventory import querysets
from shop.inventory.models import StockMovement, Warehouse
from shop.inventory.services import MAX_QUANTITY
from shop.vendors.models import Vendor


@extend_schema_field({"oneOf": [{"type": "integer"}, {"type": "string"}]})
class ReferenceField(serializers.CharField):
    """An id as a number, or a code (sku, slug) as text; the value stays what it was."""

    def run_validation(self, data: Any = empty) -> Any:
        text = super().run_validation(data)
        return data if isinstance(data, int) else text


class _ChangeInput(serializers.Serializer[Any]):
    variant = ReferenceField(max_length=100, help_text="Its id, or its sku.")
    warehouse = ReferenceField(
        max_length=50, required=False, help_text="Its id or code; the default one when not said."
    )

    def arguments(self, vendor: Vendor | None = None) -> dict[str, Any]:
        """What the service wants to know. Raises `NotFound` for what names nothing.

        With `vendor`: nothing among its goods and the warehouses that it may use.
        """
        given = dict(self.validated_data)
        given["variant_id"] = querysets.variant_id_of(given.pop("variant"), vendor=vendor)
        if "warehouse" in given:
            given["warehouse"] = querysets.warehouse_of(given["warehouse"], vendor=vendor)
        return given


class ReceiveInput(_ChangeInput):
    quantity = WholeNumberField(min_value=1, max_value=MAX_QUANTITY)
    reason = TextField(max_length=200, required=False, allow_blank=True)


class AdjustInput(_ChangeInput):
    change = WholeNumberField(
        min_value=-MAX_QUANTITY, max_value=MAX_QUANTITY, help_text="Signed, not 0."
    )
    reason = TextField(max_length=200)


class OwnWarehouseInput(serializers.Serializer[Any]):
    name = TextField(max_length=100)
    code = TextField(
        max_length=50,
        validators=[RegexValidator(r"^(?![0-9]+\Z)[-a-zA-Z0-9_]+\Z")],
        help_text="Letters, digits, - and _; not digits alone.",
    )


class WarehouseInput(OwnWarehouseInput):
    vendor = ReferenceField(
        max_length=100, required=False, allow_null=True, help_text="Its id or slug; null: the shop."
    )
    is_default = StrictBooleanField(required=False)

    def validate_vendor(self, value: int | str | None) -> Vendor | None:
        if value is None:
            return None
        vendor = Vendor.objects.filter(reference(value)).first()
        if vendor is None:
            raise serializers.ValidationError("There is no such vendor.", code="does_not_exist")
        return vendor


class StockParameters(serializers.Serializer[Any]):
    sku = serializers.CharField(max_length=100, required=False)
    product = serializers.CharField(max_length=220, required=False, help_text="Slug or id.")
    warehouse = serializers.CharField(max_length=50, required=False, help_text="Code or id.")
    low = serializers.BooleanField(
        required=False, help_text="Whether the variant's threshold is reached."
    )


class MovementParameters(serializers.Serializer[Any]):
    variant = serializers.CharField(max_length=100, required=False, help_text="Sku or id.")
    kind = serializers.ChoiceField(StockMovement.Kind.choices, required=False)
    warehouse = serializers.CharField(max_length=50, required=False, help_text="Code or id.")
    reference = serializers.CharField(
        max_length=50, required=False, help_text='What it was for, such as "order:123".'
    )


class StockVariantOutput(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    sku = serializers.CharField()
    options = serializers.DictField(child=serializers.CharField())


class StockProductOutput(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    name = serializers.CharField()
    slug = serializers.CharField()


class StockWarehouseOutput(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    code = serializers.CharField()
    name = serializers.CharField()


class StockLevelOutput(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    product = StockProductOutput()
    variant = StockVariantOutput()
    warehouse = StockWarehouseOutput()
    on_hand = serializers.IntegerField()
    reserved = serializers.IntegerField()
    available = serializers.IntegerField(help_text="on_hand - reserved")
    low = serializers.BooleanField()
    updated_at = serializers.DateTimeField()


class StockActorOutput(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    email = serializers.EmailField()


class StockMovementOutput(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    kind = serializers.ChoiceField(StockMovement.Kind.choices)
    quantity = serializers.IntegerField(help_text="Signed; reserve and release move `reserved`.")
    product = StockProductOutput()
    variant = StockVariantOutput()
    warehouse = StockWarehouseOutput()
    reference = serializers.CharField()
    reason = serializers.CharField()
    actor = StockActorOutput(allow_null=True)
    created_at = serializers.DateTimeField()


class WarehouseOutput(serializers.ModelSerializer[Warehouse]):
    vendor = serializers.SlugRelatedField[Vendor](
        slug_field="slug", read_only=True, allow_null=True
    )

    class Meta:
        model = Warehouse
        fields = ["id", "name", "code", "vendor", "is_default", "created_at", "updated_at"]


def level_answer(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row of `querysets.level_rows` in the shape of `StockLevelOutput`."""
    available = row["on_hand"] - row["reserved"]
    return {
        "id": row["id"],
        **_goods(row, ""),
        "on_hand": row["on_hand"],
        "reserved": row["reserved"],
        "available": available,
        "low": available <= row["threshold"],
        "updated_at": row["updated_at"],
    }


def movement_answer(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row of `querysets.movement_rows` in the shape of `StockMovementOutput`."""
    actor = row["actor_id"] and {"id": row["actor_id"], "email": row["actor__email"]}
    return {
        "id": row["id"],
        "kind": row["kind"],
        "quantity": row["quantity"],
        **_goods(row, "level__"),
        "reference": row["reference"],
        "reason": row["reason"],
        "actor": actor,
        "created_at": row["created_at"],
    }


def own_movement_answer(row: Mapping[str, Any], *, colleagues: Collection[int]) -> dict[str, Any]:
    """As `movement_answer`, for a seller: the shop's staff have no names."""
    answer = movement_answer(row)
    return answer if row["actor_id"] in colleagues else answer | {"actor": None}


def _goods(row: Mapping[str, Any], path: str) -> dict[str, Any]:
    return {
        "product": {
            "id": row[f"{path}variant__product_id"],
            "name": row[f"{path}variant__product__name"],
            "slug": row[f"{path}variant__product__slug"],
        },
        "variant": {
            "id": row[f"{path}variant_id"],
            "sku": row[f"{path}variant__sku"],
            "options": row[f"{path}variant__options"],
        },
        "warehouse": {
            "id": row[f"{path}warehouse_id"],
            "code": row[f"{path}warehouse__code"],
            "name": row[f"{path}warehouse__name"],
        },
    }
