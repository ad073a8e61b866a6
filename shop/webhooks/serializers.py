from typing import Any

from rest_framework import serializers

from shop.core.fields import StrictBooleanField
from shop.core.references import BIGGEST_ID
from shop.products.fields import TextField, VendorReferenceField
from shop.webhooks import querysets
from shop.webhooks.catalogue import PUBLIC
from shop.webhooks.models import MAX_URL, Delivery

MAX_LIMIT = 100


class _Subscription(serializers.Serializer[Any]):
    url = TextField(max_length=MAX_URL, help_text="https, on the public internet.")
    events = serializers.ListField(
        child=TextField(max_length=100),
        min_length=1,
        max_length=100,
        help_text='Names of events, or `["*"]` for all that you may hear.',
    )


class EndpointInput(_Subscription):
    vendor = VendorReferenceField(
        required=False,
        allow_null=True,
        help_text="Slug or id. Staff: without it, the shop's own. Sellers of several: which one.",
    )


class EndpointChanges(_Subscription):
    is_active = StrictBooleanField(help_text="Off: nothing is sent, and nothing waits.")


class OwnerOutput(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    name = serializers.CharField()
    slug = serializers.CharField()


class EndpointOutput(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    vendor = OwnerOutput(allow_null=True, help_text="null: the shop's own.")
    url = serializers.CharField()
    events = serializers.ListField(child=serializers.CharField())
    is_active = serializers.BooleanField()
    paused_at = serializers.DateTimeField(allow_null=True)
    pause_reason = serializers.CharField()
    consecutive_failures = serializers.IntegerField()
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()


class EndpointWithSecretOutput(EndpointOutput):
    secret = serializers.CharField(help_text="Keep it: it is never shown again.")


class DeliveryParameters(serializers.Serializer[Any]):
    state = serializers.ChoiceField(Delivery.State.choices, required=False)


class DeliveredEventOutput(serializers.Serializer[Any]):
    id = serializers.CharField(help_text="As in the header `webhook-id`.")
    type = serializers.CharField()
    position = serializers.IntegerField(allow_null=True)


class AttemptOutput(serializers.Serializer[Any]):
    created_at = serializers.DateTimeField()
    status_code = serializers.IntegerField(allow_null=True, help_text="null: no answer came.")
    error = serializers.CharField()
    duration_ms = serializers.IntegerField()
    answer = serializers.CharField(help_text="How the answer began.")


class DeliveryOutput(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    event = DeliveredEventOutput()
    state = serializers.ChoiceField(Delivery.State.choices)
    attempts = serializers.IntegerField()
    created_at = serializers.DateTimeField()
    next_attempt_at = serializers.DateTimeField(allow_null=True)
    delivered_at = serializers.DateTimeField(allow_null=True)
    last_status = serializers.IntegerField(allow_null=True)
    last_error = serializers.CharField()
    log = AttemptOutput(many=True)


class EventParameters(serializers.Serializer[Any]):
    after = serializers.IntegerField(
        min_value=0, max_value=BIGGEST_ID, default=0, help_text="`next` of the answer before."
    )
    type = serializers.ChoiceField(list(PUBLIC), required=False)
    limit = serializers.IntegerField(min_value=1, max_value=MAX_LIMIT, default=50)
    vendor = VendorReferenceField(
        required=False, help_text="Slug or id: only what concerns it. For sellers of several."
    )


class EventOutput(serializers.Serializer[Any]):
    id = serializers.CharField()
    position = serializers.IntegerField()
    type = serializers.CharField()
    created_at = serializers.DateTimeField()
    data = serializers.DictField()  # type: ignore[assignment]  # what REST framework takes out


class FeedOutput(serializers.Serializer[Any]):
    results = EventOutput(many=True)
    next = serializers.IntegerField(help_text="Ask for `after` this next time.")
    has_more = serializers.BooleanField(help_text="Ask again at once, even if nothing came.")


def delivery_answer(delivery: Delivery) -> dict[str, Any]:
    """A delivery as `DeliveryOutput` describes it."""
    is_waiting = delivery.state == Delivery.State.WAITING
    return {
        "id": delivery.pk,
        "event": {
            "id": querysets.message_id(delivery.event_id),
            "type": delivery.event.name,
            "position": delivery.event.position,
        },
        "state": delivery.state,
        "attempts": delivery.attempts,
        "created_at": delivery.created_at,
        "next_attempt_at": delivery.next_attempt_at if is_waiting else None,
        "delivered_at": delivery.delivered_at,
        "last_status": delivery.last_status,
        "last_error": delivery.last_error,
        "log": AttemptOutput(delivery.log.all(), many=True).data,
    }
