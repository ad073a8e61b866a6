"""Money that goes back, from its refunds."""

from shop.core.audits import Statement
from shop.payments.audits.settling import SETTLED

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

refunded = Statement(
    "payments.refunded",
    """
    SELECT payment.id, placed.number, payment.status, payment.captured_amount,
           coalesce(back.total, 0) AS total
    FROM payments_payment AS payment JOIN orders_order AS placed ON placed.id = payment.order_id
    LEFT JOIN (
        SELECT payment_id, sum(amount) AS total FROM payments_refund
        WHERE status = 'succeeded' GROUP BY payment_id
    ) AS back ON back.payment_id = payment.id
    WHERE (payment.status = 'refunded')
          <> (payment.paid_at IS NOT NULL AND coalesce(back.total, 0) = payment.captured_amount
              AND payment.captured_amount > 0)
    ORDER BY payment.id
    """,
    rows="Payment {id} of {number}",
    text="it is {status}; of {captured_amount} its refunds gave back {total}",
)

# An order stays REFUNDED when its refund comes back from the payer's bank: see `owed`.
orders_refunded = Statement(
    "payments.orders_refunded",
    """
    SELECT placed.id, placed.number, placed.status,
           string_agg(payment.id || ' ' || payment.status, ', ' ORDER BY payment.id) AS payments
    FROM orders_order AS placed LEFT JOIN payments_payment AS payment
        ON payment.order_id = placed.id AND payment.status IN ('succeeded', 'refunded')
    GROUP BY placed.id
    HAVING placed.status = 'REFUNDED' AND bool_or(
            payment.status = 'refunded' OR EXISTS (
                SELECT FROM payments_refund AS refund
                WHERE refund.payment_id = payment.id
                  AND refund.status = 'failed' AND refund.succeeded_at IS NOT NULL
            )
        ) IS NOT TRUE
        OR placed.status NOT IN ('REFUNDED', 'CANCELLED') AND placed.paid_at IS NOT NULL
           AND bool_and(payment.status = 'refunded')
    ORDER BY placed.id
    """,
    rows="Order {id} ({number})",
    text="it is {status}, and the payments that arrived are: {payments}",
)

owed = Statement(
    "payments.owed",
    f"""
    SELECT payment.id, placed.number, placed.status AS order_status, payment.status,
           payment.captured_amount - payment.refunded_amount AS remainder,
           payment.captured_currency AS currency
    FROM payments_payment AS payment JOIN orders_order AS placed ON placed.id = payment.order_id
    WHERE payment.refunded_amount < payment.captured_amount
      AND (payment.status = 'cancelled' OR placed.status IN ('CANCELLED', 'REFUNDED'))
      AND {SETTLED}
    ORDER BY payment.id
    """,  # noqa: S608 (the condition is a constant)
    rows="Payment {id} of {number}",
    text="the order is {order_status}, the payment {status}, and {remainder} {currency} of it "
    "are neither given back nor promised",
)

# A refund that failed after it had succeeded came back from the payer's bank.
refunds = Statement(
    "payments.refunds",
    """
    SELECT refund.id, refund.payment_id, refund.status, refund.provider, refund.succeeded_at,
           payment.provider AS payment_provider, payment.paid_at
    FROM payments_refund AS refund
    JOIN payments_payment AS payment ON payment.id = refund.payment_id
    WHERE refund.status = 'succeeded' AND refund.succeeded_at IS NULL
       OR refund.status = 'pending' AND refund.succeeded_at IS NOT NULL
       OR refund.provider <> payment.provider
       OR payment.paid_at IS NULL AND payment.status <> 'held'
    ORDER BY refund.id
    """,
    rows="Refund {id} of Payment {payment_id}",
    text="it is {status} at {succeeded_at} by {provider}, "
    "of money that arrived at {paid_at} by {payment_provider}",
)

# Staff have to ask the provider what happened there.
refunds_held = Statement(
    "payments.refunds_held",
    """
    SELECT refund.id, refund.payment_id, refund.amount, refund.provider_reference,
           payment.captured_amount - payment.refunded_amount AS remainder
    FROM payments_refund AS refund
    JOIN payments_payment AS payment ON payment.id = refund.payment_id
    WHERE refund.status = 'held'
    ORDER BY refund.id
    """,
    rows="Refund {id} of Payment {payment_id} ({provider_reference})",
    text="the provider gave back {amount} where {remainder} were left",
)
