"""What GraphQL shows of webhooks and events, and takes in."""

from datetime import datetime
from typing import Any, cast

import strawberry
from strawberry import UNSET, relay
from strawberry.scalars import JSON

from shop.vendors.graphql import VendorReference
from shop.webhooks import models

strawberry.enum(models.Delivery.State, name="WebhookDeliveryState")

# --- Out --------------------------------------------------------------------------------------


@strawberry.type(description="An address that is told of events.")
class Webhook:
    pk: int
    vendor: VendorReference | None = strawberry.field(description="null: the shop's own.")
    url: str
    events: list[str] = strawberry.field(description="Names of events, or `*` for all.")
    is_active: bool
    paused_at: datetime | None
    pause_reason: str
    consecutive_failures: int
    created_at: datetime
    updated_at: datetime


@strawberry.type
class DeliveredEvent:
    type: str
    position: int | None

    @strawberry.field(description="As in the header `webhook-id`.")
    def message_id(self) -> str:
        return str(cast("Any", self)["id"])


@strawberry.type(description="One request that was made, and what came of it.")
class WebhookAttempt:
    created_at: datetime
    status_code: int | None = strawberry.field(description="null: no answer came.")
    error: str
    duration_ms: int
    answer: str = strawberry.field(description="How the answer began.")


@strawberry.type(description="One event on its way to one webhook.")
class WebhookDelivery:
    pk: int
    event: DeliveredEvent
    state: models.Delivery.State
    attempts: int
    created_at: datetime
    next_attempt_at: datetime | None
    delivered_at: datetime | None
    last_status: int | None
    last_error: str
    log: list[WebhookAttempt]


@strawberry.type(description="Something that happened in the shop.")
class Event:
    type: str
    position: int
    created_at: datetime
    data: JSON

    @strawberry.field(description="As in the header `webhook-id`.")
    def message_id(self) -> str:
        return str(cast("Any", self)["id"])


@strawberry.type(
    name="EventConnection",
    description=(
        "The feed of events. Its cursors are positions, as in REST: `endCursor` is there also when "
        "nothing came. With `hasNextPage` ask again at once."
    ),
)
class EventConnection(relay.Connection[Event]):  # type: ignore[type-var]  # no Node: a position
    pass


@strawberry.type(description="What can be subscribed to.")
class EventType:
    name: str
    description: str
    fields: list[str] = strawberry.field(description="What stands in `data`.")
    is_for_vendors: bool


@strawberry.type
class WebhookPayload:
    webhook: Webhook


@strawberry.type
class WebhookSecretPayload(WebhookPayload):
    secret: str = strawberry.field(description="Keep it: it is never shown again.")


@strawberry.type
class WebhookDeliveryPayload:
    delivery: WebhookDelivery


# --- In ---------------------------------------------------------------------------------------


@strawberry.input
class CreateWebhookInput:
    url: str = strawberry.field(description="https, on the public internet.")
    events: list[str] = strawberry.field(
        description='Names of `eventTypes`, or `["*"]` for all that you may hear.'
    )
    vendor: strawberry.ID | None = strawberry.field(
        default=UNSET,
        description="Staff: without it, the shop's own. Sellers of several: which one.",
    )


@strawberry.input
class WebhookChanges:
    url: str | None = UNSET
    events: list[str] | None = UNSET
    is_active: bool | None = strawberry.field(
        default=UNSET, description="Off: nothing is sent, and nothing waits."
    )
