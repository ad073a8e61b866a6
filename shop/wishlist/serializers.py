from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from shop.cart.models import MAX_QUANTITY
from shop.core.fields import WholeNumberField
from shop.products.fields import OptionsField, TextField


@extend_schema_field(
    {
        "oneOf": [{"type": "string", "minLength": 1}, {"type": "integer"}],
        "description": "Slug or id.",
    }
)
class ProductReferenceField(serializers.Field[Any, Any, Any, Any]):
    """What names a product; whether there is one, the service knows."""

    default_error_messages = {"invalid": "Give a slug or an id."}

    def to_internal_value(self, data: Any) -> int | str:
        if isinstance(data, bool) or not isinstance(data, int | str) or data == "":
            self.fail("invalid")
        return data

    def to_representation(self, value: Any) -> Any:
        return value


class WishInput(serializers.Serializer[Any]):
    product = ProductReferenceField()


class MoveToCartInput(serializers.Serializer[Any]):
    """Needed as far as the product has several variants: `size` is one of the options."""

    size = TextField(max_length=100, required=False)
    options = OptionsField(required=False)
    quantity = WholeNumberField(min_value=1, max_value=MAX_QUANTITY, default=1)

    def arguments(self) -> dict[str, Any]:
        """What `move_to_cart` wants to know."""
        given = self.validated_data
        size = {"size": given["size"]} if "size" in given else {}
        return {"options": given.get("options", {}) | size, "quantity": given["quantity"]}


class WishProductOutput(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    name = serializers.CharField()
    slug = serializers.CharField()
    price = serializers.DecimalField(12, 3)
    currency = serializers.CharField()
    in_stock = serializers.BooleanField()
    image = serializers.URLField(allow_null=True)


class WishOutput(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    product = WishProductOutput()
    created_at = serializers.DateTimeField()
