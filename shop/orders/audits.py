"""Orders, from their lines, their history, their stock and their events."""

from shop.core.audits import Statement
from shop.orders import states
from shop.orders.events import OrderPaid, OrderPlaced, OrderReopened
from shop.orders.models import Order

Status = Order.Status

_MOVES = [("", Status.PENDING.value)] + [
    (str(before), str(after))
    for moves in (states.MOVES, states.LATE_MOVES)
    for before, targets in moves.items()
    for after in targets
]
# Which event tells of an order's coming into which state; of payment see below.
_TOLD = {Status.PENDING.value: OrderPlaced.name} | {
    str(status): event.name for status, event in states.EVENTS.items() if event is not OrderPaid
}

lines = Statement(
    "orders.lines",
    """
    SELECT item.id, item.sku, placed.number, item.quantity, item.price, item.line_total
    FROM orders_orderitem AS item JOIN orders_order AS placed ON placed.id = item.order_id
    WHERE item.line_total <> item.price * item.quantity
    ORDER BY item.id
    """,
    rows="OrderItem {id} ({sku}) of {number}",
    text="line_total is {line_total}, and {quantity} cost {price} each",
)

totals = Statement(
    "orders.totals",
    """
    SELECT placed.id, placed.number, placed.subtotal, placed.total_price,
           coalesce(line.total, 0) AS lines,
           placed.subtotal + placed.shipping_total + placed.tax_total - placed.discount_total
               AS parts
    FROM orders_order AS placed
    LEFT JOIN (
        SELECT order_id, sum(line_total) AS total FROM orders_orderitem GROUP BY order_id
    ) AS line ON line.order_id = placed.id
    WHERE line.order_id IS NULL OR placed.subtotal <> line.total
       OR placed.total_price
          <> placed.subtotal + placed.shipping_total + placed.tax_total - placed.discount_total
    ORDER BY placed.id
    """,
    rows="Order {id} ({number})",
    text="subtotal is {subtotal}, its lines sum to {lines}; "
    "total_price is {total_price}, its parts sum to {parts}",
)

# --- History --------------------------------------------------------------------------------

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
    params={"before": [before for before, _ in _MOVES], "after": [after for _, after in _MOVES]},
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

# Paid is also what was packed, shipped or delivered first and paid at the door.
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
        ('shipped_at', placed.shipped_at, 'SHIPPED' = ANY(reached.states),
         'SHIPPED' = ANY(reached.states)),
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

carts = Statement(
    "orders.carts",
    """
    SELECT cart.id, cart.status, cart.user_id, coalesce(placed.number, 'no order') AS number,
           placed.user_id AS buyer_id
    FROM cart_cart AS cart LEFT JOIN orders_order AS placed ON placed.cart_id = cart.id
    WHERE (cart.status = 'ordered') <> (placed.id IS NOT NULL) OR cart.user_id <> placed.user_id
    ORDER BY cart.id
    """,
    rows="Cart {id}",
    text="it is {status} by user {user_id}; it became {number}, of user {buyer_id}",
)

# --- Stock and events -----------------------------------------------------------------------

# By reference, `stock_reference`: "order:123".
goods = Statement(
    "orders.goods",
    """
    WITH ordered AS (
        SELECT 'order:' || placed.id AS reference, item.variant_id,
               sum(item.quantity) AS quantity, min(placed.number) AS number, CASE
                   WHEN placed.status = 'CANCELLED' AND placed.paid_at IS NULL THEN 'released'
                   WHEN placed.paid_at IS NULL AND placed.shipped_at IS NULL THEN 'held'
                   ELSE 'consumed'
               END AS fate
        FROM orders_order AS placed JOIN orders_orderitem AS item ON item.order_id = placed.id
        GROUP BY placed.id, item.variant_id
    ), kept AS (
        SELECT promise.reference, level.variant_id,
               coalesce(sum(promise.quantity) FILTER (WHERE promise.status = 'held'), 0) AS held,
               coalesce(sum(promise.quantity) FILTER (WHERE promise.status = 'consumed'), 0)
                   AS consumed
        FROM inventory_reservation AS promise
        JOIN inventory_stocklevel AS level ON level.id = promise.level_id
        WHERE promise.reference LIKE 'order:%%'
        GROUP BY promise.reference, level.variant_id
    ), compared AS (
        SELECT reference, variant_id, coalesce(number, 'no order') AS number,
               coalesce(quantity, 0) AS quantity, coalesce(fate, 'released') AS fate,
               coalesce(held, 0) AS held, coalesce(consumed, 0) AS consumed
        FROM ordered FULL JOIN kept USING (reference, variant_id)
    )
    SELECT * FROM compared
    WHERE held <> CASE fate WHEN 'held' THEN quantity ELSE 0 END
       OR consumed <> CASE fate WHEN 'consumed' THEN quantity ELSE 0 END
    ORDER BY reference, variant_id
    """,
    rows="Reservations of {reference} ({number}) for variant {variant_id}",
    text="its lines want {quantity} {fate}; {held} are held and {consumed} consumed",
)

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
