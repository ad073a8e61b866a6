"""What the audits of the books begin with.

The books follow by events: a payment is judged when all that was told of it has been heard, and
had its minute.
"""

# Payments of which something is still to be heard. A revived refund, of which nothing is told, is
# found by the clock (`ledger.catch_up`); the payment's row was written when it was revived.
MOVING = """
    moving AS MATERIALIZED (
        SELECT coalesce(told.payment_id, refund.payment_id) AS id
        FROM (
            SELECT (payload ->> 'payment_id')::bigint AS payment_id,
                   (payload ->> 'refund_id')::bigint AS refund_id
            FROM core_outboxevent
            WHERE name IN ('payment.succeeded', 'refund.opened', 'payment.refunded',
                           'refund.failed', 'dispute.opened', 'dispute.changed', 'dispute.closed')
              AND (delivered_at IS NULL AND failed_at IS NULL
                   OR delivered_at > now() - interval '1 min')
        ) AS told
        LEFT JOIN payments_refund AS refund ON refund.id = told.refund_id
        WHERE coalesce(told.payment_id, refund.payment_id) IS NOT NULL
        UNION
        SELECT id FROM payments_payment WHERE updated_at > now() - interval '3 min'
    )
"""
# The sales, each with its payment; and what the books hold of its order, per account.
SALES = """
    sale AS (
        SELECT booked.id, booked.order_id, payment.id AS payment_id, placed.number,
               payment.captured_amount, payment.captured_currency AS currency
        FROM ledger_transaction AS booked
        JOIN payments_payment AS payment ON booked.cause = 'payment:' || payment.id
        JOIN orders_order AS placed ON placed.id = payment.order_id
        WHERE booked.kind = 'sale'
    )
"""
