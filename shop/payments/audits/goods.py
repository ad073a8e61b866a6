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

# Refunds say of each line whether its goods come back; a cancellation brings back the others of
# its part. Which came first, refund or cancellation, the outbox knows: both were written under the
# order's lock. Where a refund failed later, or is older than its lines, either may be.
goods_returned = Statement(
    "payments.goods_returned",
    """
    WITH event AS (
        SELECT name, max(id) AS last, min(id) AS first,
               (payload ->> 'order_id')::bigint AS order_id,
               (payload ->> 'vendor_order_id')::bigint AS part_id,
               (payload ->> 'refund_id')::bigint AS refund_id
        FROM core_outboxevent
        WHERE name IN ('order.cancelled', 'vendor_order.cancelled', 'refund.opened')
        GROUP BY name, payload
    ), cancelled AS (
        SELECT part.id AS part_id, coalesce(own.last, whole.last) AS at
        FROM orders_vendororder AS part
        LEFT JOIN event AS own ON own.name = 'vendor_order.cancelled' AND own.part_id = part.id
        LEFT JOIN event AS whole
            ON whole.name = 'order.cancelled' AND whole.order_id = part.order_id
        WHERE part.status = 'CANCELLED'
    ), given AS (
        SELECT item.vendor_order_id AS part_id,
               sum(goods.quantity) FILTER (WHERE opened.first < cancelled.at) AS earlier,
               sum(goods.quantity) FILTER (
                   WHERE opened.first < cancelled.at AND refund.status = 'succeeded'
                     AND NOT goods.restock
               ) AS kept,
               sum(goods.quantity) FILTER (
                   WHERE goods.restock AND refund.succeeded_at IS NOT NULL
               ) AS restocked
        FROM payments_refunditem AS goods
        JOIN payments_refund AS refund ON refund.id = goods.refund_id
        JOIN orders_orderitem AS item ON item.id = goods.order_item_id
        LEFT JOIN event AS opened ON opened.name = 'refund.opened' AND opened.refund_id = refund.id
        LEFT JOIN cancelled ON cancelled.part_id = item.vendor_order_id
        GROUP BY item.vendor_order_id
    ), vague AS (
        SELECT DISTINCT payment.order_id
        FROM payments_refund AS refund JOIN payments_payment AS payment
            ON payment.id = refund.payment_id
        WHERE refund.restock AND NOT EXISTS (
            SELECT FROM payments_refunditem AS goods WHERE goods.refund_id = refund.id
        )
    ), place AS (
        SELECT item.vendor_order_id AS part_id, 'order:' || item.order_id AS reference,
               level.id AS level_id
        FROM orders_orderitem AS item
        JOIN inventory_stocklevel AS level ON level.variant_id = item.variant_id
    ), sold AS (
        SELECT place.part_id, sum(promise.quantity) AS quantity
        FROM place JOIN inventory_reservation AS promise USING (reference, level_id)
        WHERE promise.status = 'consumed' GROUP BY place.part_id
    ), back AS (
        SELECT place.part_id, sum(movement.quantity) AS quantity
        FROM place JOIN inventory_stockmovement AS movement USING (reference, level_id)
        WHERE movement.kind = 'return' GROUP BY place.part_id
    ), compared AS (
        SELECT part.id, part.number, part.status, sold.quantity AS sold,
               coalesce(back.quantity, 0) AS back, CASE
                   WHEN part.status = 'CANCELLED' THEN sold.quantity - coalesce(earlier, 0)
                   WHEN vague.order_id IS NOT NULL THEN 0
                   ELSE coalesce(restocked, 0)
               END AS least, CASE
                   WHEN part.status = 'CANCELLED' THEN sold.quantity - coalesce(kept, 0)
                   WHEN vague.order_id IS NOT NULL THEN sold.quantity
                   ELSE coalesce(restocked, 0)
               END AS most
        FROM orders_vendororder AS part
        JOIN sold ON sold.part_id = part.id
        LEFT JOIN back ON back.part_id = part.id
        LEFT JOIN given ON given.part_id = part.id
        LEFT JOIN vague ON vague.order_id = part.order_id
    )
    SELECT * FROM compared WHERE back NOT BETWEEN least AND most ORDER BY id
    """,
    rows="VendorOrder {id} ({number})",
    text="it is {status}; of {sold} sold {back} came back to the shelf, "
    "and its refunds say {least} to {most}",
)
