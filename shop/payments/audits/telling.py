"""What the outbox tells of payments."""

from shop.core.audits import Statement

# What was declined, failed or held may pay after all, and may have been declined many times.
events = Statement(
    "payments.events",
    """
    WITH happened AS (
        SELECT 'payment.succeeded' AS name, 'Order' AS kind, id, 1 AS times
        FROM orders_order WHERE paid_at IS NOT NULL
        UNION ALL
        SELECT 'payment.' || status, 'Payment', id, 1
        FROM payments_payment WHERE status IN ('declined', 'failed', 'held')
        UNION ALL
        SELECT 'refund.opened', 'Refund', id, 1 FROM payments_refund
        UNION ALL
        SELECT 'payment.refunded', 'Refund', id, 1
        FROM payments_refund WHERE status = 'succeeded'
        UNION ALL
        SELECT 'dispute.opened', 'Dispute', id, 1 FROM payments_dispute
        UNION ALL
        SELECT 'dispute.closed', 'Dispute', id, 1
        FROM payments_dispute WHERE closed_at IS NOT NULL
    ), told AS (
        SELECT event.name, known.kind, known.id, count(*) AS times
        FROM core_outboxevent AS event
        LEFT JOIN payments_payment AS payment
            ON payment.id = (event.payload ->> 'payment_id')::bigint
        CROSS JOIN LATERAL (SELECT CASE event.name
            WHEN 'payment.succeeded' THEN 'Order'
            WHEN 'payment.declined' THEN 'Payment'
            WHEN 'payment.failed' THEN 'Payment'
            WHEN 'payment.held' THEN 'Payment'
            WHEN 'dispute.opened' THEN 'Dispute'
            WHEN 'dispute.closed' THEN 'Dispute'
            ELSE 'Refund' END, CASE event.name
            WHEN 'payment.succeeded' THEN payment.order_id
            WHEN 'payment.declined' THEN payment.id
            WHEN 'payment.failed' THEN payment.id
            WHEN 'payment.held' THEN payment.id
            WHEN 'dispute.opened' THEN (event.payload ->> 'dispute_id')::bigint
            WHEN 'dispute.closed' THEN (event.payload ->> 'dispute_id')::bigint
            ELSE (event.payload ->> 'refund_id')::bigint END
        ) AS known (kind, id)
        WHERE event.name IN ('payment.succeeded', 'payment.declined', 'payment.failed',
                             'payment.held', 'payment.refunded', 'refund.opened',
                             'dispute.opened', 'dispute.closed')
        GROUP BY event.name, known.kind, known.id
    )
    SELECT name, kind, id, coalesce(happened.times, 0) AS happened, coalesce(told.times, 0) AS told
    FROM happened FULL JOIN told USING (name, kind, id)
    WHERE coalesce(happened.times, 0) <> coalesce(told.times, 0)
      AND NOT (name IN ('payment.declined', 'payment.failed', 'payment.held') AND id IS NOT NULL
               AND coalesce(told.times, 0) > 0)
    ORDER BY kind, id, name
    """,
    rows="{kind} {id}",
    text="{name} happened {happened} times, and the outbox tells of it {told} times",
)
