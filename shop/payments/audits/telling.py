"""What the outbox tells of payments."""

from shop.core.audits import Statement

# What was declined, failed or held may pay after all, and may have been declined many times; a
# refund that was refused may have been made. Nobody opened what was made at the provider.
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
        SELECT told.name, 'Refund', refund.id, 1
        FROM payments_refund AS refund
        CROSS JOIN LATERAL (
            SELECT refund.actor_id IS NULL AND refund.reason = 'Made at the provider.' AS is_odd
        ) AS made
        CROSS JOIN LATERAL (VALUES
            ('refund.opened', NOT made.is_odd),
            ('refund.failed', NOT made.is_odd AND refund.status = 'failed'),
            ('payment.refunded', refund.succeeded_at IS NOT NULL AND refund.status <> 'held')
        ) AS told (name, is_due)
        WHERE told.is_due
        UNION ALL
        SELECT told.name, 'Dispute', dispute.id, 1
        FROM payments_dispute AS dispute
        CROSS JOIN LATERAL (VALUES
            ('dispute.opened', TRUE), ('dispute.closed', dispute.closed_at IS NOT NULL)
        ) AS told (name, is_due)
        WHERE told.is_due
    ), told AS (
        SELECT event.name, subject.kind, CASE subject.kind
                   WHEN 'Order' THEN payment.order_id
                   WHEN 'Payment' THEN payment.id
                   ELSE (event.payload ->> subject.field)::bigint
               END AS id, count(*) AS times
        FROM core_outboxevent AS event
        JOIN (VALUES
            ('payment.succeeded', 'Order', 'payment_id'),
            ('payment.declined', 'Payment', 'payment_id'),
            ('payment.failed', 'Payment', 'payment_id'),
            ('payment.held', 'Payment', 'payment_id'),
            ('payment.refunded', 'Refund', 'refund_id'),
            ('refund.opened', 'Refund', 'refund_id'),
            ('refund.failed', 'Refund', 'refund_id'),
            ('dispute.opened', 'Dispute', 'dispute_id'),
            ('dispute.closed', 'Dispute', 'dispute_id')
        ) AS subject (name, kind, field) ON subject.name = event.name
        LEFT JOIN payments_payment AS payment
            ON payment.id = (event.payload ->> 'payment_id')::bigint
        GROUP BY event.name, subject.kind, 3
    )
    SELECT name, kind, id, coalesce(happened.times, 0) AS happened, coalesce(told.times, 0) AS told
    FROM happened FULL JOIN told USING (name, kind, id)
    WHERE coalesce(happened.times, 0) <> coalesce(told.times, 0)
      AND NOT (name IN ('payment.declined', 'payment.failed', 'payment.held', 'refund.failed')
               AND id IS NOT NULL AND coalesce(told.times, 0) > 0)
    ORDER BY kind, id, name
    """,
    rows="{kind} {id}",
    text="{name} happened {happened} times, and the outbox tells of it {told} times",
)
