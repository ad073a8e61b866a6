"""Orders as JSON: what is accepted, and what is answered."""

from typing import Any

from drf_spectacular.extensions import OpenApiSerializerFieldExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import Direction
from rest_framework import serializers

from shop.accounts.fields import CountryField, PhoneNumberField, TextField
from shop.accounts.models import User
from shop.core.inputs import parsed
from shop.core.references import BIGGEST_ID
from shop.orders.models import Order, OrderStatusChange

Json = dict[str, Any]

# --- In ---------------------------------------------------------------------------------


class OrderAddressInput(serializers.Serializer[Any]):
    """An address that is written out, for this order only."""

    full_name = TextField(max_length=150)
    line1 = TextField(max_length=200)
    line2 = TextField(max_length=200, required=False, allow_blank=True)
    city = TextField(max_length=100)
    region = TextField(max_length=100, required=False, allow_blank=True)
    postal_code = TextField(max_length=20, required=False, allow_blank=True)
    country = CountryField(help_text="ISO 3166-1 alpha-2: DE")
    phone_number = PhoneNumberField(required=False, allow_blank=True)


class AddressField(serializers.Field[Any, Any, Any, Any]):
    """An id of the address book, or a whole address."""

    default_error_messages = {
        "invalid": "Give the id of an address of your address book, or an address.",
        "does_not_exist": "There is no such address in your address book.",
    }

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, dict):
            return parsed(OrderAddressInput, data)
        if isinstance(data, bool) or not isinstance(data, int):
            self.fail("invalid")
        if not 1 <= data <= BIGGEST_ID:
            self.fail("does_not_exist")
        return data


class AddressFieldExtension(OpenApiSerializerFieldExtension):  # type: ignore[no-untyped-call]
    """How the documentation shows an `AddressField`."""

    target_class = AddressField

    def map_serializer_field(self, auto_schema: AutoSchema, direction: Direction) -> Json:
        address = auto_schema.resolve_serializer(OrderAddressInput, direction)
        book_id = {"type": "integer", "minimum": 1, "description": "Of the address book."}
        return {"oneOf": [book_id, address.ref]}


class PlaceOrderInput(serializers.Serializer[Any]):
    shipping_address = AddressField(
        required=False, allow_null=True, help_text="Without it, the default of the address book."
    )
    billing_address = AddressField(
        required=False, allow_null=True, help_text="Without it, the default, else the shipping one."
    )
    note = TextField(
        required=False, allow_blank=True, max_length=1000, help_text="From the buyer to the shop."
    )


class MoveInput(serializers.Serializer[Any]):
    note = TextField(
        required=False, allow_blank=True, max_length=500, help_text="Kept in the order's history."
    )


class ShipInput(MoveInput):
    carrier = TextField(required=False, allow_blank=True, max_length=100)
    tracking_number = TextField(required=False, allow_blank=True, max_length=100)


# --- Out: `querysets` makes the answers, the classes document them -----------------------


class NamedOutput(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    name = serializers.CharField()
    slug = serializers.CharField()


class OrderItemOutput(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    vendor_order = serializers.IntegerField(help_text="The id of the parcel that it is in.")
    product = NamedOutput(help_text="As it was called when it was ordered.")
    variant_id = serializers.IntegerField()
    product_name = serializers.CharField()
    sku = serializers.CharField()
    options = serializers.DictField(child=serializers.CharField())
    vendor = NamedOutput()
    quantity = serializers.IntegerField()
    refunded_quantity = serializers.IntegerField(
        help_text="How many of them were given back; promised refunds count."
    )
    price = serializers.CharField()
    line_total = serializers.CharField()


class ParcelOutput(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    number = serializers.CharField()
    vendor = NamedOutput(help_text="Who sells and sends it.")
    status = serializers.ChoiceField(Order.Status.choices)
    items = serializers.ListField(
        child=serializers.IntegerField(), help_text="The ids of the order's lines that are in it."
    )
    total_price = serializers.CharField()
    carrier = serializers.CharField(allow_blank=True)
    tracking_number = serializers.CharField(allow_blank=True)
    shipped_at = serializers.DateTimeField(allow_null=True)
    delivered_at = serializers.DateTimeField(allow_null=True)
    cancelled_at = serializers.DateTimeField(allow_null=True)


class RefundItemOutput(serializers.Serializer[Any]):
    item = serializers.IntegerField(help_text="The id of the order's line.")
    quantity = serializers.IntegerField()
    amount = serializers.CharField()


class RefundOutput(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    amount = serializers.CharField()
    status = serializers.ChoiceField(
        ["pending", "succeeded", "failed", "held"],
        help_text="pending: on its way. held: the shop's staff look into it.",
    )
    reason = serializers.CharField(allow_blank=True)
    items = RefundItemOutput(many=True, help_text="Which goods it is for, when it is for goods.")
    created_at = serializers.DateTimeField()
    succeeded_at = serializers.DateTimeField(allow_null=True)


class OrderPaymentOutput(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    method = serializers.CharField()
    provider = serializers.CharField()
    status = serializers.CharField()
    amount = serializers.CharField()
    refunded_amount = serializers.CharField()
    currency = serializers.CharField()
    instructions = serializers.CharField(allow_blank=True)
    paid_at = serializers.DateTimeField(allow_null=True)
    refunds = RefundOutput(many=True, help_text="Newest first.")


class OrderAddressOutput(serializers.Serializer[Any]):
    full_name = serializers.CharField()
    line1 = serializers.CharField()
    line2 = serializers.CharField(allow_blank=True)
    city = serializers.CharField()
    region = serializers.CharField(allow_blank=True)
    postal_code = serializers.CharField(allow_blank=True)
    country = serializers.CharField()
    phone_number = serializers.CharField(allow_blank=True)


class OrderOutput(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    number = serializers.CharField()
    status = serializers.ChoiceField(
        Order.Status.choices, help_text="That of its least advanced parcel that is not ended."
    )
    items = OrderItemOutput(many=True)
    subtotal = serializers.CharField()
    shipping_total = serializers.CharField()
    tax_total = serializers.CharField()
    discount_total = serializers.CharField()
    total_price = serializers.CharField()
    currency = serializers.CharField()
    parcels = ParcelOutput(
        many=True, help_text="One for each vendor, who sends it on its own; always one at least."
    )
    shipping_address = OrderAddressOutput(allow_null=True)
    billing_address = OrderAddressOutput(allow_null=True)
    note = serializers.CharField(allow_blank=True)
    carrier = serializers.CharField(allow_blank=True)
    tracking_number = serializers.CharField(allow_blank=True)
    is_disputed = serializers.BooleanField(
        help_text="The payer's bank takes the money back, or has taken it for good."
    )
    payments = OrderPaymentOutput(many=True, help_text="Newest first.")
    placed_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField(
        allow_null=True, help_text="When it is cancelled unless it is paid."
    )
    paid_at = serializers.DateTimeField(allow_null=True)
    shipped_at = serializers.DateTimeField(allow_null=True)
    delivered_at = serializers.DateTimeField(allow_null=True)
    cancelled_at = serializers.DateTimeField(allow_null=True)
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()


class StatusChangeOutput(serializers.Serializer[Any]):
    from_status = serializers.CharField(allow_blank=True)
    to_status = serializers.CharField()
    actor = serializers.ChoiceField(["customer", "staff", "shop"], help_text="shop: by itself.")
    actor_email = serializers.EmailField(allow_null=True, help_text="Your own; staff see all.")
    note = serializers.CharField(allow_blank=True)
    created_at = serializers.DateTimeField()


def change_json(change: OrderStatusChange, *, order: Order, viewer: User) -> Json:
    """One line of the history; customers do not learn which of the staff it was."""
    actor = change.actor
    kind = "staff" if actor else "shop"
    if actor and actor.pk == order.user_id:
        kind = "customer"
    is_known = actor is not None and (actor.pk == viewer.pk or viewer.is_staff)
    return {
        "from_status": change.from_status,
        "to_status": change.to_status,
        "actor": kind,
        "actor_email": actor.email if actor and is_known else None,
        "note": change.note,
        "created_at": change.created_at,
    }
