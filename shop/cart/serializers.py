from collections.abc import Mapping, Sequence
from typing import Any

from django.conf import settings
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from shop.cart import querysets
from shop.cart.models import MAX_QUANTITY, Cart
from shop.cart.totals import CartLine, CartTotals
from shop.core.fields import WholeNumberField
from shop.products.fields import TextField
from shop.products.options import Options


@extend_schema_field(
    {"oneOf": [{"type": "string", "minLength": 1, "maxLength": 220}, {"type": "integer"}]}
)
class _ProductReference(serializers.CharField):
    """A slug, or an id as a text or a number."""

    def to_internal_value(self, data: Any) -> str:
        if isinstance(data, bool) or not isinstance(data, str | int):
            self.fail("invalid")
        return super().to_internal_value(str(data))


class AddItemInput(serializers.Serializer[Any]):
    """A variant by its id; or a product by slug or id, with options if it has several variants."""

    variant = WholeNumberField(min_value=1, required=False)
    product = _ProductReference(max_length=220, required=False)
    size = TextField(max_length=100, required=False)
    options = serializers.DictField(child=TextField(max_length=100), required=False, default=dict)
    quantity = WholeNumberField(min_value=1, max_value=MAX_QUANTITY, default=1)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if "variant" not in attrs and "product" not in attrs:
            raise serializers.ValidationError(
                {"variant": "Give a variant, or a product."}, code="required"
            )
        return attrs


def chosen_item(given: Mapping[str, Any]) -> dict[str, int]:
    """What `add_item` wants to know of an `AddItemInput`; raises as `choose_variant` does."""
    variant_id = given.get("variant")
    if variant_id is None:
        options = given["options"] | ({"size": given["size"]} if "size" in given else {})
        variant_id = querysets.choose_variant(product=given["product"], options=options)
    return {"variant_id": variant_id, "quantity": given["quantity"]}


class SetQuantityInput(serializers.Serializer[Any]):
    quantity = WholeNumberField(
        min_value=0, max_value=MAX_QUANTITY, help_text="0 removes the line."
    )


class CartProductOutput(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    name = serializers.CharField()
    slug = serializers.CharField()


class CartVariantOutput(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    sku = serializers.CharField()
    size = serializers.CharField(allow_null=True)
    options = serializers.DictField(child=serializers.CharField())


class CartItemOutput(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    product = CartProductOutput()
    variant = CartVariantOutput()
    quantity = serializers.IntegerField()
    unit_price = serializers.DecimalField(12, 3, help_text="The price of this moment.")
    line_total = serializers.DecimalField(15, 3)
    currency = serializers.CharField()
    is_buyable = serializers.BooleanField(help_text="It is for sale at all.")
    in_stock = serializers.BooleanField(help_text="The whole quantity can be bought now.")
    available = serializers.IntegerField(help_text="How many can be bought now.")
    image = serializers.URLField(allow_null=True)


class CartOutput(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    items = CartItemOutput(many=True)
    item_count = serializers.IntegerField(help_text="Pieces, not lines.")
    subtotal = serializers.DecimalField(15, 3)
    currency = serializers.CharField()


def line_answer(line: CartLine) -> dict[str, Any]:
    """`line` in the shape of `CartItemOutput`."""
    return {
        "id": line.item_id,
        "product": {"id": line.product_id, "name": line.product_name, "slug": line.product_slug},
        "variant": {
            "id": line.variant_id,
            "sku": line.sku,
            "size": Options(line.options).size,
            "options": line.options,
        },
        "quantity": line.quantity,
        "unit_price": line.unit_price,
        "line_total": line.line_total,
        "currency": line.currency,
        "is_buyable": line.is_buyable,
        "in_stock": line.in_stock,
        "available": line.available,
        "image": line.image,
    }


def cart_answer(cart: Cart, lines: Sequence[CartLine]) -> dict[str, Any]:
    """`cart` in the shape of `CartOutput`."""
    totals = CartTotals(lines, settings.SHOP_CURRENCY)
    return {
        "id": cart.pk,
        "items": [line_answer(line) for line in lines],
        "item_count": totals.item_count,
        "subtotal": totals.subtotal,
        "currency": totals.currency,
    }
