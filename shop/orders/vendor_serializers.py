"""Parts of orders as JSON, for their vendors."""

from datetime import date, timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework import serializers

from shop.accounts.fields import TextField
from shop.orders.models import Order
from shop.orders.serializers import NamedOutput, OrderAddressOutput

Json = dict[str, Any]

MOST_DAYS = 366
USUAL_DAYS = 30

# --- In ---------------------------------------------------------------------------------


class StatusField(serializers.ChoiceField):
    """A status of orders, in upper or lower case."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(Order.Status.choices, **kwargs)

    def to_internal_value(self, data: Any) -> Any:
        return super().to_internal_value(str(data).upper())


class OrderPeriod(serializers.Serializer[Any]):
    status = StatusField(required=False, help_text="Upper or lower case.")
    placed_after = serializers.DateTimeField(required=False, help_text="From this moment on.")
    placed_before = serializers.DateTimeField(required=False, help_text="Before this moment.")


class VendorOrderParameters(OrderPeriod):
    search = TextField(required=False, max_length=50, help_text="A piece of the number.")


class SummaryParameters(serializers.Serializer[Any]):
    """`from` and `to`, which the code calls `first` and `last`: days of UTC, both included."""

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        return {
            "from": serializers.DateField(
                required=False,
                source="first",
                help_text=f"The first day; without it, {USUAL_DAYS} days end with `to`.",
            ),
            "to": serializers.DateField(
                required=False, source="last", help_text="The last day; without it, today (UTC)."
            ),
        }

    def validate(self, attrs: Json) -> Json:
        last: date = attrs.get("last") or timezone.now().date()
        usual = date.fromordinal(max(1, last.toordinal() - USUAL_DAYS + 1))
        first: date = attrs.get("first") or usual
        if first > last:
            raise serializers.ValidationError({"from": "It must not be after `to`."})
        if last - first >= timedelta(days=MOST_DAYS):
            detail = _("Ask for at most {most} days.").format(most=MOST_DAYS)
            raise serializers.ValidationError({"from": detail})
        return {"first": first, "last": last}


# --- Out: `part_querysets` and `summary` make the answers, the classes document them ------


class VendorOrderItemOutput(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    product = NamedOutput(help_text="As it was called when it was ordered.")
    variant_id = serializers.IntegerField()
    product_name = serializers.CharField()
    sku = serializers.CharField()
    options = serializers.DictField(child=serializers.CharField())
    quantity = serializers.IntegerField()
    refunded_quantity = serializers.IntegerField(
        help_text="How many of them were given back; promised refunds count."
    )
    price = serializers.CharField()
    line_total = serializers.CharField()
    commission_percent = serializers.CharField(help_text="Of the line.")
    commission_fee = serializers.CharField(help_text="For each piece.")
    commission_total = serializers.CharField(help_text="What the shop keeps of the line.")


class VendorOrderOutput(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    number = serializers.CharField()
    order_number = serializers.CharField(help_text="That the buyer knows.")
    status = serializers.ChoiceField(Order.Status.choices)
    is_paid = serializers.BooleanField(
        help_text="Do not send what is PENDING and not paid: it may expire."
    )
    placed_at = serializers.DateTimeField()
    paid_at = serializers.DateTimeField(allow_null=True)
    currency = serializers.CharField()
    items = VendorOrderItemOutput(many=True)
    subtotal = serializers.CharField()
    shipping_total = serializers.CharField()
    tax_total = serializers.CharField()
    discount_total = serializers.CharField()
    total_price = serializers.CharField()
    commission_total = serializers.CharField(help_text="What the shop keeps of it.")
    shipping_address = OrderAddressOutput(
        allow_null=True, help_text="null also while nothing is to be sent: PENDING, CANCELLED."
    )
    note = serializers.CharField(allow_blank=True, help_text="From the buyer, with the order.")
    carrier = serializers.CharField(allow_blank=True)
    tracking_number = serializers.CharField(allow_blank=True)
    shipped_at = serializers.DateTimeField(allow_null=True)
    delivered_at = serializers.DateTimeField(allow_null=True)
    cancelled_at = serializers.DateTimeField(allow_null=True)
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()


class VendorOrderChangeOutput(serializers.Serializer[Any]):
    from_status = serializers.CharField(allow_blank=True)
    to_status = serializers.CharField()
    actor = serializers.ChoiceField(
        ["vendor", "customer", "staff", "shop"], help_text="shop: by itself."
    )
    actor_email = serializers.EmailField(
        allow_null=True, help_text="Of the vendor's own members only."
    )
    note = serializers.CharField(allow_blank=True)
    created_at = serializers.DateTimeField()


class FiguresOutput(serializers.Serializer[Any]):
    orders = serializers.IntegerField(help_text="Paid on that day, whatever came of them.")
    units = serializers.IntegerField(help_text="How many pieces they were of.")
    sales = serializers.CharField(help_text="What was paid for them.")
    refunds = serializers.CharField(
        help_text="What was given back for goods on that day. The ledger has the rest."
    )
    commission = serializers.CharField(help_text="Of the sales, before anything is given back.")
    average_rating = serializers.FloatField(
        allow_null=True, min_value=1, max_value=5, help_text="null: nobody reviewed anything."
    )
    review_count = serializers.IntegerField()


class DayOutput(FiguresOutput):
    date = serializers.DateField()


class SummaryOutput(serializers.Serializer[Any]):
    """How each day went, the oldest first, and all of them together."""

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        return {
            "from": serializers.DateField(),
            "to": serializers.DateField(),
            "currency": serializers.CharField(),
            "days": DayOutput(many=True),
            "totals": FiguresOutput(),
        }
