"""Deliveries, from the events in the outbox."""

from shop.core.audits import Statement
from shop.webhooks.querysets import HEARS, NAMES

# Not to what vendors were told of products, which may be given to another one after the event;
# lines, parts and payouts stay theirs. What is older than a month is being forgotten.
told = Statement(
    "webhooks.told",
    f"""
    SELECT endpoint.id, endpoint.url, event.id AS event_id, event.name, event.position
    FROM webhooks_endpoint AS endpoint JOIN core_outboxevent AS event ON {HEARS}
    LEFT JOIN webhooks_delivery AS delivery
    ON delivery.endpoint_id = endpoint.id AND delivery.event_id = event.id
    WHERE delivery.id IS NULL AND endpoint.is_active
      AND event.position > endpoint.unchanged_after AND event.delivered_at IS NOT NULL
      AND event.created_at > now() - interval '29 days'
      AND (endpoint.vendor_id IS NULL OR event.name <> ALL(%(about_goods)s))
    ORDER BY endpoint.id, event.position
    """,  # noqa: S608 (the condition is a constant)
    rows="Endpoint {id} ({url})",
    text="it was never told of event {event_id} ({name}, position {position})",
    params=NAMES,
)

stuck = Statement(
    "webhooks.stuck",
    """
    SELECT delivery.id, delivery.event_id, delivery.next_attempt_at AS due, endpoint.url
    FROM webhooks_delivery AS delivery
    JOIN webhooks_endpoint AS endpoint ON endpoint.id = delivery.endpoint_id
    LEFT JOIN vendors_vendor AS vendor ON vendor.id = endpoint.vendor_id
    WHERE delivery.state = 'waiting' AND endpoint.is_active AND endpoint.paused_at IS NULL
      AND (vendor.id IS NULL OR vendor.status = 'approved')
      AND greatest(delivery.next_attempt_at, delivery.claimed_until) < now() - interval '10 min'
    ORDER BY delivery.id
    """,
    rows="Delivery {id} (event {event_id} to {url})",
    text="it was due at {due:%Y-%m-%d %H:%M:%S} and nobody has sent it",
)

delivered = Statement(
    "webhooks.delivered",
    """
    SELECT delivery.id, delivery.event_id, endpoint.url FROM webhooks_delivery AS delivery
    JOIN webhooks_endpoint AS endpoint ON endpoint.id = delivery.endpoint_id
    WHERE delivery.state = 'delivered' AND NOT EXISTS (
        SELECT FROM webhooks_deliveryattempt AS attempt
        WHERE attempt.delivery_id = delivery.id AND attempt.status_code BETWEEN 200 AND 299
    )
    ORDER BY delivery.id
    """,
    rows="Delivery {id} (event {event_id} to {url})",
    text="it counts as delivered, but no attempt had a good answer",
)
