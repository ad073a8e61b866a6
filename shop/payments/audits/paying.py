"""Money that arrives, from what orders owe."""

from shop.core.audits import Statement
from shop.payments.audits.settling import SETTLED

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

# What paid an order is its price, to the cent, unless staff accepted something else. What is
# given back in the end may have been any amount.
captured = Statement(
    "payments.captured",
    """
    SELECT payment.id, placed.number, payment.status, payment.captured_amount,
           payment.captured_currency, placed.total_price, placed.currency
    FROM payments_payment AS payment JOIN orders_order AS placed ON placed.id = payment.order_id
    WHERE (payment.captured_currency <> '')
          <> (payment.paid_at IS NOT NULL OR payment.status = 'held')
       OR payment.captured_currency = '' AND payment.captured_amount <> 0
       OR (payment.captured_amount, payment.captured_currency)
          <> (placed.total_price, placed.currency)
          AND payment.status = 'succeeded' AND placed.status NOT IN ('CANCELLED', 'REFUNDED')
          AND NOT EXISTS (
              SELECT FROM core_outboxevent AS event
              WHERE event.name = 'payment.held'
                AND event.payload = jsonb_build_object('payment_id', payment.id)
          )
    ORDER BY payment.id
    """,
    rows="Payment {id} of {number}",
    text="it is {status} with {captured_amount} {captured_currency}, "
    "and the order costs {total_price} {currency}",
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

# Money that was held and refused was given back, and the order may wait for other money.
orders_paid = Statement(
    "payments.orders_paid",
    """
    SELECT placed.id, placed.number, placed.status, placed.paid_at,
           coalesce(string_agg(payment.id || ' ' || payment.status, ', ' ORDER BY payment.id),
                    'none') AS payments
    FROM orders_order AS placed
    LEFT JOIN payments_payment AS payment
        ON payment.order_id = placed.id AND payment.status IN ('succeeded', 'refunded')
    GROUP BY placed.id
    HAVING placed.paid_at IS NOT NULL AND count(payment.id) = 0
        OR placed.paid_at IS NULL AND placed.status <> 'CANCELLED'
           AND bool_or(payment.status = 'succeeded')
    ORDER BY placed.id
    """,
    rows="Order {id} ({number})",
    text="it is {status}, paid_at is {paid_at}, and the payments that arrived are: {payments}",
)

left_open = Statement(
    "payments.left_open",
    f"""
    SELECT payment.id, placed.number, placed.status AS order_status, placed.paid_at, payment.status
    FROM payments_payment AS payment JOIN orders_order AS placed ON placed.id = payment.order_id
    WHERE payment.status IN ('pending', 'requires_action')
      AND (placed.paid_at IS NOT NULL OR placed.status = 'CANCELLED' AND {SETTLED})
    ORDER BY payment.id
    """,  # noqa: S608 (the condition is a constant)
    rows="Payment {id} of {number}",
    text="it is {status}, and the order is {order_status} (paid at {paid_at})",
)
