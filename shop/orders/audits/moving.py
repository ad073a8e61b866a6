"""The states of orders and of their parts, from their histories."""

from collections.abc import Mapping

from shop.core.audits import Statement
from shop.orders import states
from shop.orders.models import Order

Status = Order.Status


def _steps(*tables: Mapping[str, frozenset[str]]) -> Mapping[str, list[str]]:
    """Every legal step, the first one among them, as two columns."""
    steps = [("", Status.PENDING.value)] + [
        (str(before), str(after))
        for moves in tables
        for before, targets in moves.items()
        for after in targets
    ]
    return {"before": [before for before, _ in steps], "after": [after for _, after in steps]}


# A line that stays in its state is a note, such as of a payment at the door.
history = Statement(
    "orders.history",
    """
    WITH step AS (
        SELECT id, order_id, from_status, to_status,
               lag(to_status, 1, '') OVER (PARTITION BY order_id ORDER BY id) AS before
        FROM orders_orderstatuschange
    )
    SELECT step.id, placed.number, step.before, step.from_status, step.to_status
    FROM step JOIN orders_order AS placed ON placed.id = step.order_id
    LEFT JOIN unnest(%(before)s::text[], %(after)s::text[]) AS legal (before, after)
        ON legal.before = step.from_status AND legal.after = step.to_status
    WHERE step.from_status <> step.before
       OR legal.before IS NULL AND (step.from_status <> step.to_status OR step.from_status = '')
    ORDER BY step.id
    """,
    rows="OrderStatusChange {id} of {number}",
    text="it leads from {from_status!r} to {to_status!r}, and the order was {before!r}",
    params=_steps(states.MOVES, states.LATE_MOVES, states.JUMPS),
)

status = Statement(
    "orders.status",
    """
    SELECT placed.id, placed.number, placed.status, coalesce(last.to_status, 'empty') AS last
    FROM orders_order AS placed
    LEFT JOIN (
        SELECT DISTINCT ON (order_id) order_id, to_status FROM orders_orderstatuschange
        ORDER BY order_id, id DESC
    ) AS last ON last.order_id = placed.id
    WHERE placed.status IS DISTINCT FROM last.to_status
    ORDER BY placed.id
    """,
    rows="Order {id} ({number})",
    text="it is {status}, the end of its history is {last}",
)

parts = Statement(
    "orders.parts",
    """
    SELECT placed.id, placed.number, placed.status,
           coalesce(string_agg(part.status, ', ' ORDER BY part.id), 'none') AS parts
    FROM orders_order AS placed LEFT JOIN orders_vendororder AS part ON part.order_id = placed.id
    LEFT JOIN unnest(%(live)s::text[]) WITH ORDINALITY AS live (status, place)
        ON live.status = part.status
    GROUP BY placed.id
    HAVING CASE
        WHEN count(part.id) = 0 THEN TRUE
        WHEN count(live.place) > 0 THEN placed.status <> (%(live)s::text[])[min(live.place)]
        WHEN bool_and(part.status = 'CANCELLED') THEN placed.status <> 'CANCELLED'
        -- With nothing left but what was refunded, it waits for payments to end it.
        ELSE placed.status = 'PENDING'
    END
    ORDER BY placed.id
    """,
    rows="Order {id} ({number})",
    text="it is {status}, and its parts are: {parts}",
    params={"live": [status.value for status in states.LIVE]},
)

# Paid is also what was packed, shipped or delivered first and paid at the door. An order of
# several parts may be DELIVERED at once, when the last part that was not even shipped ends.
stamps = Statement(
    "orders.stamps",
    """
    SELECT placed.id, placed.number, placed.status, stamp.name, stamp.at,
           array_to_string(reached.states, ', ') AS states
    FROM orders_order AS placed
    JOIN (
        SELECT order_id, array_agg(DISTINCT to_status::text) AS states
        FROM orders_orderstatuschange GROUP BY order_id
    ) AS reached ON reached.order_id = placed.id
    CROSS JOIN LATERAL (VALUES
        ('paid_at', placed.paid_at, 'PAID' = ANY(reached.states),
         reached.states && ARRAY['PAID', 'PROCESSING', 'SHIPPED', 'DELIVERED']),
        ('shipped_at', placed.shipped_at, reached.states && ARRAY['SHIPPED', 'DELIVERED'],
         reached.states && ARRAY['SHIPPED', 'DELIVERED']),
        ('delivered_at', placed.delivered_at, 'DELIVERED' = ANY(reached.states),
         'DELIVERED' = ANY(reached.states)),
        ('cancelled_at', placed.cancelled_at, placed.status = 'CANCELLED',
         placed.status = 'CANCELLED')
    ) AS stamp (name, at, must_be, may_be)
    WHERE stamp.must_be AND stamp.at IS NULL OR NOT stamp.may_be AND stamp.at IS NOT NULL
    ORDER BY placed.id, stamp.name
    """,
    rows="Order {id} ({number})",
    text="{name} is {at}; it is {status} and was {states}",
)

expiry = Statement(
    "orders.expiry",
    """
    SELECT id, number, status, expires_at FROM orders_order
    WHERE (status = 'PENDING') <> (expires_at IS NOT NULL)
       OR status = 'PENDING' AND expires_at < now() - interval '10 min'
    ORDER BY id
    """,
    rows="Order {id} ({number})",
    text="it is {status}, and expires_at is {expires_at}",
)

# --- Parts ----------------------------------------------------------------------------------

parts_history = Statement(
    "parts.history",
    """
    WITH step AS (
        SELECT id, vendor_order_id, from_status, to_status,
               lag(to_status, 1, '') OVER (PARTITION BY vendor_order_id ORDER BY id) AS before
        FROM orders_vendororderstatuschange
    )
    SELECT step.id, part.number, step.before, step.from_status, step.to_status
    FROM step JOIN orders_vendororder AS part ON part.id = step.vendor_order_id
    LEFT JOIN unnest(%(before)s::text[], %(after)s::text[]) AS legal (before, after)
        ON legal.before = step.from_status AND legal.after = step.to_status
    WHERE step.from_status <> step.before OR legal.before IS NULL
    ORDER BY step.id
    """,
    rows="VendorOrderStatusChange {id} of {number}",
    text="it leads from {from_status!r} to {to_status!r}, and the part was {before!r}",
    params=_steps(states.MOVES, states.LATE_MOVES),
)

parts_status = Statement(
    "parts.status",
    """
    SELECT part.id, part.number, part.status, coalesce(last.to_status, 'empty') AS last
    FROM orders_vendororder AS part
    LEFT JOIN (
        SELECT DISTINCT ON (vendor_order_id) vendor_order_id, to_status
        FROM orders_vendororderstatuschange ORDER BY vendor_order_id, id DESC
    ) AS last ON last.vendor_order_id = part.id
    WHERE part.status IS DISTINCT FROM last.to_status
    ORDER BY part.id
    """,
    rows="VendorOrder {id} ({number})",
    text="it is {status}, the end of its history is {last}",
)

parts_stamps = Statement(
    "parts.stamps",
    """
    SELECT part.id, part.number, part.status, stamp.name, stamp.at,
           array_to_string(reached.states, ', ') AS states
    FROM orders_vendororder AS part
    JOIN (
        SELECT vendor_order_id, array_agg(DISTINCT to_status::text) AS states
        FROM orders_vendororderstatuschange GROUP BY vendor_order_id
    ) AS reached ON reached.vendor_order_id = part.id
    CROSS JOIN LATERAL (VALUES
        ('shipped_at', part.shipped_at, 'SHIPPED' = ANY(reached.states)),
        ('delivered_at', part.delivered_at, 'DELIVERED' = ANY(reached.states)),
        ('cancelled_at', part.cancelled_at, part.status = 'CANCELLED')
    ) AS stamp (name, at, is_due)
    WHERE stamp.is_due <> (stamp.at IS NOT NULL)
    ORDER BY part.id, stamp.name
    """,
    rows="VendorOrder {id} ({number})",
    text="{name} is {at}; it is {status} and was {states}",
)
