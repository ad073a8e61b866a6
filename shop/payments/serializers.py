"""Payments as JSON: what is accepted, and what is answered."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from shop.accounts.fields import TextField
from shop.core.fields import StrictBooleanField, WholeNumberField
from shop.core.references import BIGGEST_ID
from shop.orders.serializers import RefundOutput
from shop.payments import querysets
from shop.payments.models import Payment
from shop.payments.provider import Outcome
from shop.products.fields import PriceField

Json = dict[str, Any]

MAX_QUANTITY = 2**31 - 1
MAX_ITEMS = 1000


@extend_schema_field(
    {"oneOf": [{"type": "integer", "minimum": 1}, {"type": "string", "minLength": 1}]}
)
class ReferenceField(serializers.Field[Any, Any, Any, Any]):
    """An id, or the number of an order or of a part of one."""

    default_error_messages = {"invalid": "Give an id or a number."}

    def to_internal_value(self, data: Any) -> str:
        if isinstance(data, bool) or not isinstance(data, int | str) or not data:
            self.fail("invalid")
        return str(data)[:100]


class OpenPaymentInput(serializers.Serializer[Any]):
    order = ReferenceField()
    method = serializers.ChoiceField(Payment.Method.choices)


class ConfirmInput(serializers.Serializer[Any]):
    outcome = serializers.ChoiceField(
        [outcome.value for outcome in Outcome],
        required=False,
        help_text="How it ended; cash and transfers can only succeed, and need not say so.",
    )


class ResolveInput(serializers.Serializer[Any]):
    accept = StrictBooleanField(
        help_text="true: it pays the order as it is. false: it is given back whole."
    )


class RefundItemInput(serializers.Serializer[Any]):
    item = WholeNumberField(
        min_value=1, max_value=BIGGEST_ID, help_text="The id of one of the order's items."
    )
    quantity = WholeNumberField(min_value=1, max_value=MAX_QUANTITY)


class RefundInput(serializers.Serializer[Any]):
    amount = PriceField(
        required=False,
        allow_null=True,
        help_text="Without it, `items` and `part`, all that is left.",
    )
    items = RefundItemInput(  # type: ignore[call-arg]  # the stubs know ListSerializer's not
        many=True,
        required=False,
        allow_empty=False,
        max_length=MAX_ITEMS,
        help_text="Instead of an amount: which goods.",
    )
    part = ReferenceField(
        required=False,
        help_text="Instead of both: all that is left of one parcel, by its id or its number.",
    )
    currency = TextField(
        required=False, max_length=3, help_text="To be sure: refused unless it is the payment's."
    )
    reason = TextField(required=False, allow_blank=True, max_length=500)
    restock = StrictBooleanField(
        required=False,
        allow_null=True,
        help_text=(
            "Put the goods back on the shelf: the `items`, or with the whole price all of them. "
            "Without it: those that have not left."
        ),
    )


class PaymentOutput(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    order = serializers.IntegerField()
    order_number = serializers.CharField()
    method = serializers.CharField()
    provider = serializers.CharField()
    status = serializers.ChoiceField(Payment.Status.choices)
    amount = serializers.CharField()
    captured_amount = serializers.CharField(help_text="What really arrived.")
    captured_currency = serializers.CharField(allow_blank=True)
    refunded_amount = serializers.CharField()
    currency = serializers.CharField()
    client_secret = serializers.CharField(
        allow_null=True, help_text="For the shopper's browser; only when the payment is opened."
    )
    instructions = serializers.CharField(allow_blank=True)
    failure_reason = TextField(allow_blank=True)
    paid_at = serializers.DateTimeField(allow_null=True)
    refunds = RefundOutput(many=True, help_text="Newest first.")
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()


class MethodOutput(serializers.Serializer[Any]):
    method = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]  # a field, not the label of one
    publishable_key = serializers.CharField(
        allow_null=True, help_text="For the provider's script in the shopper's browser."
    )


def payment_json(payment: Payment, *, client_secret: str | None = None) -> Json:
    """`payment`, with its order, in the shape of `PaymentOutput`."""
    return {
        "id": payment.pk,
        "order": payment.order_id,
        "order_number": payment.order.number,
        "method": payment.method,
        "provider": payment.provider,
        "status": payment.status,
        "amount": payment.amount,
        "captured_amount": payment.captured_amount,
        "captured_currency": payment.captured_currency,
        "refunded_amount": payment.refunded_amount,
        "currency": payment.currency,
        "client_secret": client_secret,
        "instructions": payment.instructions,
        "failure_reason": payment.failure_reason,
        "paid_at": payment.paid_at,
        "refunds": querysets.refunds_of(payment),
        "created_at": payment.created_at,
        "updated_at": payment.updated_at,
    }
