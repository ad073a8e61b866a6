"""Goods that are given back, and those that come back to the shelf."""

from shop.core.audits import Statement

# What became of the goods is settled, also when the money comes back from the payer's bank.
refunded_quantities = Statement(
    "payments.refunded_quantities",
    """
    SELECT item.id, item.sku, placed.number, item.refunded_quantity, item.line_total,
           coalesce(given.quantity, 0) AS quantity, coalesce(given.amount, 0) AS amount
    FROM orders_orderitem AS item JOIN orders_order AS placed ON placed.id = item.order_id
    LEFT JOIN (
        SELECT part.order_item_id, sum(part.quantity) AS quantity, sum(part.amount) AS amount
        FROM payments_refunditem AS part JOIN payments_refund AS refund
            ON refund.id = part.refund_id
        WHERE refund.status IN ('pending', 'succeeded')
           OR refund.status = 'failed' AND refund.succeeded_at IS NOT NULL
        GROUP BY part.order_item_id
    ) AS given ON given.order_item_id = item.id
    WHERE item.refunded_quantity <> coalesce(given.quantity, 0)
       OR coalesce(given.amount, 0) > item.line_total
    ORDER BY item.id
    """,
    rows="OrderItem {id} ({sku}) of {number}",
    text="refunded_quantity is {refunded_quantity}; "
    "its refunds are for {quantity} and {amount} of {line_total}",
)

refund_items = Statement(
    "payments.refund_items",
    """
    SELECT refund.id, refund.payment_id, refund.amount, sum(part.amount) AS parts,
           count(*) FILTER (WHERE item.order_id <> payment.order_id) AS strangers
    FROM payments_refund AS refund
    JOIN payments_payment AS payment ON payment.id = refund.payment_id
    JOIN payments_refunditem AS part ON part.refund_id = refund.id
    JOIN orders_orderitem AS item ON item.id = part.order_item_id
    GROUP BY refund.id
    HAVING sum(part.amount) > refund.amount OR bool_or(item.order_id <> payment.order_id)
    ORDER BY refund.id
    """,
    rows="Refund {id} of Payment {payment_id}",
    text="it is of {amount}, its lines sum to {parts}; {strangers} are of another order",
)

# A refund says itself whether its goods come back; a cancellation brings back the others. Which
# came first, refund or cancellation, the outbox knows: both were written under the order's lock.
# Where a refund failed later, or is older than these lines, either may be.
goods_returned = Statement(
    "payments.goods_returned",
    """
    WITH cancelled AS (
        SELECT (payload ->> 'order_id')::bigint AS order_id, max(id) AS at
        FROM core_outboxevent WHERE name = 'order.cancelled' GROUP BY payload ->> 'order_id'
    ), opened AS (
        SELECT (payload ->> 'refund_id')::bigint AS refund_id, min(id) AS at
        FROM core_outboxevent WHERE name = 'refund.opened' GROUP BY payload ->> 'refund_id'
    ), given AS (
        SELECT payment.order_id,
               sum(part.quantity) FILTER (WHERE opened.at < cancelled.at) AS earlier,
               sum(part.quantity) FILTER (
                   WHERE opened.at < cancelled.at AND refund.status = 'succeeded'
                     AND NOT refund.restock
               ) AS kept,
               sum(part.quantity) FILTER (
                   WHERE refund.restock AND refund.succeeded_at IS NOT NULL
               ) AS restocked,
               bool_or(refund.restock AND part.id IS NULL) AS is_vague
        FROM payments_refund AS refund
        JOIN payments_payment AS payment ON payment.id = refund.payment_id
        LEFT JOIN payments_refunditem AS part ON part.refund_id = refund.id
        LEFT JOIN opened ON opened.refund_id = refund.id
        LEFT JOIN cancelled ON cancelled.order_id = payment.order_id
        GROUP BY payment.order_id
    ), sold AS (
        SELECT reference, sum(quantity) AS quantity FROM inventory_reservation
        WHERE status = 'consumed' GROUP BY reference
    ), back AS (
        SELECT reference, sum(quantity) AS quantity FROM inventory_stockmovement
        WHERE kind = 'return' GROUP BY reference
    ), compared AS (
        SELECT placed.id, placed.number, placed.status, sold.quantity AS sold,
               coalesce(back.quantity, 0) AS back, CASE
                   WHEN placed.status = 'CANCELLED' THEN sold.quantity - coalesce(earlier, 0)
                   WHEN is_vague THEN 0
                   ELSE coalesce(restocked, 0)
               END AS least, CASE
                   WHEN placed.status = 'CANCELLED' THEN sold.quantity - coalesce(kept, 0)
                   WHEN is_vague THEN sold.quantity
                   ELSE coalesce(restocked, 0)
               END AS most
        FROM orders_order AS placed
        JOIN sold ON sold.reference = 'order:' || placed.id
        LEFT JOIN back ON back.reference = sold.reference
        LEFT JOIN given ON given.order_id = placed.id
    )
    SELECT * FROM compared WHERE back NOT BETWEEN least AND most ORDER BY id
    """,
    rows="Order {id} ({number})",
    text="it is {status}; of {sold} sold {back} came back to the shelf, "
    "and its refunds say {least} to {most}",
)
