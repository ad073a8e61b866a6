"""What the outbox tells of orders and of their parts."""

from shop.core.audits import Statement
from shop.orders import states
from shop.orders.events import OrderPaid, OrderPlaced, OrderReopened
from shop.orders.models import Order

Status = Order.Status

# Which event tells of an order's coming into which state; of payment see below.
_TOLD = {Status.PENDING.value: OrderPlaced.name} | {
    str(status): event.name for status, event in states.EVENTS.items() if event is not OrderPaid
}
_TOLD_OF_PARTS = {str(status): event.name for status, event in states.PART_EVENTS.items()}

events = Statement(
    "orders.events",
    """
    WITH happened AS (
        SELECT event.name, change.order_id, count(*) AS times
        FROM orders_orderstatuschange AS change
        JOIN unnest(%(statuses)s::text[], %(names)s::text[]) AS event (status, name)
            ON event.status = change.to_status
        WHERE change.from_status <> change.to_status
        GROUP BY event.name, change.order_id
        UNION ALL
        SELECT %(paid)s, id, 1 FROM orders_order WHERE paid_at IS NOT NULL
        UNION ALL
        SELECT %(reopened)s, order_id, count(*) FROM orders_orderstatuschange
        WHERE from_status = 'CANCELLED' AND to_status = 'PAID' GROUP BY order_id
    ), told AS (
        SELECT name, (payload ->> 'order_id')::bigint AS order_id, count(*) AS times
        FROM core_outboxevent
        WHERE name = ANY(%(names)s) OR name IN (%(paid)s, %(reopened)s)
        GROUP BY name, payload ->> 'order_id'
    )
    SELECT name, order_id, coalesce(placed.number, 'there is none') AS number,
           coalesce(happened.times, 0) AS happened, coalesce(told.times, 0) AS told
    FROM happened FULL JOIN told USING (name, order_id)
    LEFT JOIN orders_order AS placed ON placed.id = order_id
    WHERE coalesce(happened.times, 0) <> coalesce(told.times, 0)
    ORDER BY order_id, name
    """,
    rows="Order {order_id} ({number})",
    text="{name} happened {happened} times, and the outbox tells of it {told} times",
    params={
        "statuses": list(_TOLD),
        "names": list(_TOLD.values()),
        "paid": OrderPaid.name,
        "reopened": OrderReopened.name,
    },
)

# Only of orders of several parts. A part that ends with its order may be told of by the order's
# event alone, and all that an order did before there were parts was told so.
parts_events = Statement(
    "parts.events",
    """
    WITH happened AS (
        SELECT event.name, part.id AS part_id, count(*) AS most,
               count(*) FILTER (WHERE event.is_always AND placed.placed_at > since.applied
                                      OR along.order_id IS NULL) AS least
        FROM orders_vendororderstatuschange AS change
        JOIN unnest(%(statuses)s::text[], %(names)s::text[], %(always)s::bool[])
            AS event (status, name, is_always) ON event.status = change.to_status
        JOIN orders_vendororder AS part ON part.id = change.vendor_order_id
        JOIN orders_order AS placed ON placed.id = part.order_id
        LEFT JOIN (
            SELECT DISTINCT order_id, to_status, created_at FROM orders_orderstatuschange
        ) AS along
            ON along.order_id = part.order_id AND along.to_status = change.to_status
            AND along.created_at = change.created_at
        LEFT JOIN (
            SELECT min(applied) AS applied FROM django_migrations
            WHERE app = 'orders' AND name = '0008_parts_of_earlier_orders'
        ) AS since ON TRUE
        WHERE EXISTS (
            SELECT FROM orders_vendororder AS other
            WHERE other.order_id = part.order_id AND other.id <> part.id
        )
        GROUP BY event.name, part.id
    ), told AS (
        SELECT name, (payload ->> 'vendor_order_id')::bigint AS part_id, count(*) AS times
        FROM core_outboxevent WHERE name = ANY(%(names)s)
        GROUP BY name, payload ->> 'vendor_order_id'
    )
    SELECT name, part_id, coalesce(part.number, 'there is none') AS number,
           coalesce(happened.least, 0) AS least, coalesce(happened.most, 0) AS most,
           coalesce(told.times, 0) AS told
    FROM happened FULL JOIN told USING (name, part_id)
    LEFT JOIN orders_vendororder AS part ON part.id = part_id
    WHERE coalesce(told.times, 0)
          NOT BETWEEN coalesce(happened.least, 0) AND coalesce(happened.most, 0)
    ORDER BY part_id, name
    """,
    rows="VendorOrder {part_id} ({number})",
    text="{name} happened {least} to {most} times, and the outbox tells of it {told} times",
    params={
        "statuses": list(_TOLD_OF_PARTS),
        "names": list(_TOLD_OF_PARTS.values()),
        "always": [status not in states.ENDS for status in _TOLD_OF_PARTS],
    },
)
