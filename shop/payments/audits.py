"""Payments, from what orders owe, from refunds and from their events."""

from shop.core.audits import Statement

# Cancelled orders are settled by an event: not before it is delivered, and had its minute.
_SETTLED = """
    placed.updated_at < now() - interval '1 min' AND NOT EXISTS (
        SELECT FROM core_outboxevent AS event
        WHERE event.delivered_at IS NULL AND event.failed_at IS NULL
          AND event.name = 'order.cancelled'
          AND event.payload = jsonb_build_object('order_id', placed.id)
    )
"""

amounts = Statement(
    "payments.amounts",
    """
    SELECT payment.id, placed.number, payment.amount, payment.currency,
           placed.total_price, placed.currency AS order_currency
    FROM payments_payment AS payment JOIN orders_order AS placed ON placed.id = payment.order_id
    WHERE payment.amount <> placed.total_price OR payment.currency <> placed.currency
    ORDER BY payment.id
    """,
    rows="Payment {id} of {number}",
    text="it is of {amount} {currency}, the order costs {total_price} {order_currency}",
)

refunded_amounts = Statement(
    "payments.refunded_amounts",
    """
    SELECT payment.id, placed.number, payment.refunded_amount, coalesce(back.total, 0) AS total
    FROM payments_payment AS payment JOIN orders_order AS placed ON placed.id = payment.order_id
    LEFT JOIN (
        SELECT payment_id, sum(amount) AS total FROM payments_refund
        WHERE status IN ('pending', 'succeeded') GROUP BY payment_id
    ) AS back ON back.payment_id = payment.id
    WHERE payment.refunded_amount <> coalesce(back.total, 0)
    ORDER BY payment.id
    """,
    rows="Payment {id} of {number}",
    text="refunded_amount is {refunded_amount}, its refunds sum to {total}",
)

# Money that came twice is recorded too, as CANCELLED, until it is given back.
paid = Statement(
    "payments.paid",
    """
    SELECT payment.id, placed.number, payment.status, payment.paid_at
    FROM payments_payment AS payment JOIN orders_order AS placed ON placed.id = payment.order_id
    WHERE payment.status IN ('succeeded', 'refunded') AND payment.paid_at IS NULL
       OR payment.status NOT IN ('succeeded', 'refunded', 'cancelled')
          AND payment.paid_at IS NOT NULL
    ORDER BY payment.id
    """,
    rows="Payment {id} of {number}",
    text="it is {status}, and paid_at is {paid_at}",
)

one_each = Statement(
    "payments.one_each",
    """
    SELECT placed.number, CASE payment.status WHEN 'succeeded' THEN 'succeeded' ELSE 'open' END
               AS kind,
           string_agg(payment.id::text, ', ' ORDER BY payment.id) AS ids
    FROM payments_payment AS payment JOIN orders_order AS placed ON placed.id = payment.order_id
    WHERE payment.status IN ('succeeded', 'pending', 'requires_action')
    GROUP BY placed.number, kind HAVING count(*) > 1
    ORDER BY placed.number
    """,
    rows="Payments {ids} of {number}",
    text="more than one is {kind}",
)

orders_paid = Statement(
    "payments.orders_paid",
    """
    SELECT placed.id, placed.number, placed.status, placed.paid_at,
           coalesce(string_agg(payment.id::text, ', ' ORDER BY payment.id), 'none') AS ids
    FROM orders_order AS placed
    LEFT JOIN payments_payment AS payment
        ON payment.order_id = placed.id AND payment.status IN ('succeeded', 'refunded')
    GROUP BY placed.id
    HAVING placed.paid_at IS NOT NULL AND count(payment.id) = 0
        OR placed.paid_at IS NULL AND placed.status <> 'CANCELLED' AND count(payment.id) > 0
    ORDER BY placed.id
    """,
    rows="Order {id} ({number})",
    text="it is {status}, paid_at is {paid_at}, and the payments that arrived are: {ids}",
)

# --- Giving back ----------------------------------------------------------------------------

refunded = Statement(
    "payments.refunded",
    """
    SELECT payment.id, placed.number, payment.status, payment.amount,
           coalesce(back.total, 0) AS total
    FROM payments_payment AS payment JOIN orders_order AS placed ON placed.id = payment.order_id
    LEFT JOIN (
        SELECT payment_id, sum(amount) AS total FROM payments_refund
        WHERE status = 'succeeded' GROUP BY payment_id
    ) AS back ON back.payment_id = payment.id
    WHERE (payment.status = 'refunded')
          <> (payment.paid_at IS NOT NULL AND coalesce(back.total, 0) = payment.amount
              AND payment.amount > 0)
    ORDER BY payment.id
    """,
    rows="Payment {id} of {number}",
    text="it is {status}; of {amount} its refunds gave back {total}",
)

orders_refunded = Statement(
    "payments.orders_refunded",
    """
    SELECT placed.id, placed.number, placed.status,
           string_agg(payment.id || ' ' || payment.status, ', ' ORDER BY payment.id) AS payments
    FROM orders_order AS placed LEFT JOIN payments_payment AS payment
        ON payment.order_id = placed.id AND payment.status IN ('succeeded', 'refunded')
    GROUP BY placed.id
    HAVING placed.status = 'REFUNDED' AND bool_or(payment.status = 'refunded') IS NOT TRUE
        OR placed.status NOT IN ('REFUNDED', 'CANCELLED') AND bool_and(payment.status = 'refunded')
    ORDER BY placed.id
    """,
    rows="Order {id} ({number})",
    text="it is {status}, and the payments that arrived are: {payments}",
)

owed = Statement(
    "payments.owed",
    f"""
    SELECT payment.id, placed.number, placed.status AS order_status, payment.status,
           payment.amount - payment.refunded_amount AS remainder, payment.currency
    FROM payments_payment AS payment JOIN orders_order AS placed ON placed.id = payment.order_id
    WHERE payment.paid_at IS NOT NULL AND payment.refunded_amount < payment.amount
      AND (payment.status = 'cancelled' OR placed.status IN ('CANCELLED', 'REFUNDED'))
      AND {_SETTLED}
    ORDER BY payment.id
    """,  # noqa: S608 (the condition is a constant)
    rows="Payment {id} of {number}",
    text="the order is {order_status}, the payment {status}, and {remainder} {currency} of it "
    "are neither given back nor promised",
)

left_open = Statement(
    "payments.left_open",
    f"""
    SELECT payment.id, placed.number, placed.status AS order_status, placed.paid_at, payment.status
    FROM payments_payment AS payment JOIN orders_order AS placed ON placed.id = payment.order_id
    WHERE payment.status IN ('pending', 'requires_action')
      AND (placed.paid_at IS NOT NULL OR placed.status = 'CANCELLED' AND {_SETTLED})
    ORDER BY payment.id
    """,  # noqa: S608 (the condition is a constant)
    rows="Payment {id} of {number}",
    text="it is {status}, and the order is {order_status} (paid at {paid_at})",
)

refunds = Statement(
    "payments.refunds",
    """
    SELECT refund.id, refund.payment_id, refund.status, refund.succeeded_at, payment.paid_at
    FROM payments_refund AS refund
    JOIN payments_payment AS payment ON payment.id = refund.payment_id
    WHERE (refund.status = 'succeeded') <> (refund.succeeded_at IS NOT NULL)
       OR payment.paid_at IS NULL
    ORDER BY refund.id
    """,
    rows="Refund {id} of Payment {payment_id}",
    text="it is {status} at {succeeded_at}, of money that arrived at {paid_at}",
)

# --- Events ---------------------------------------------------------------------------------

# What was declined or failed may be paid after all, and be declined many times before.
events = Statement(
    "payments.events",
    """
    WITH happened AS (
        SELECT 'payment.succeeded' AS name, 'Order' AS kind, id, 1 AS times
        FROM orders_order WHERE paid_at IS NOT NULL
        UNION ALL
        SELECT 'payment.' || status, 'Payment', id, 1
        FROM payments_payment WHERE status IN ('declined', 'failed')
        UNION ALL
        SELECT 'refund.opened', 'Refund', id, 1 FROM payments_refund
        UNION ALL
        SELECT 'payment.refunded', 'Refund', id, 1
        FROM payments_refund WHERE status = 'succeeded'
    ), told AS (
        SELECT event.name, known.kind, known.id, count(*) AS times
        FROM core_outboxevent AS event
        LEFT JOIN payments_payment AS payment
            ON payment.id = (event.payload ->> 'payment_id')::bigint
        CROSS JOIN LATERAL (SELECT CASE event.name
            WHEN 'payment.succeeded' THEN 'Order'
            WHEN 'payment.declined' THEN 'Payment'
            WHEN 'payment.failed' THEN 'Payment'
            ELSE 'Refund' END, CASE event.name
            WHEN 'payment.succeeded' THEN payment.order_id
            WHEN 'payment.declined' THEN payment.id
            WHEN 'payment.failed' THEN payment.id
            ELSE (event.payload ->> 'refund_id')::bigint END
        ) AS known (kind, id)
        WHERE event.name IN ('payment.succeeded', 'payment.declined', 'payment.failed',
                             'payment.refunded', 'refund.opened')
        GROUP BY event.name, known.kind, known.id
    )
    SELECT name, kind, id, coalesce(happened.times, 0) AS happened, coalesce(told.times, 0) AS told
    FROM happened FULL JOIN told USING (name, kind, id)
    WHERE coalesce(happened.times, 0) <> coalesce(told.times, 0)
      AND NOT (name IN ('payment.declined', 'payment.failed') AND id IS NOT NULL
               AND coalesce(told.times, 0) > 0)
    ORDER BY kind, id, name
    """,
    rows="{kind} {id}",
    text="{name} happened {happened} times, and the outbox tells of it {told} times",
)
