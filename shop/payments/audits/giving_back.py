"""Money that goes back, from its refunds."""

from shop.core.audits import Statement
from shop.payments.audits.settling import PART_SETTLED, SETTLED

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

parts_owed = Statement(
    "payments.parts_owed",
    f"""
    SELECT part.id, part.number, payment.id AS payment_id,
           payment.captured_amount - payment.refunded_amount AS remainder,
           payment.captured_currency AS currency,
           sum(item.quantity - item.refunded_quantity) AS pieces
    FROM orders_vendororder AS part JOIN orders_order AS placed ON placed.id = part.order_id
    JOIN payments_payment AS payment
        ON payment.order_id = placed.id AND payment.status = 'succeeded'
    JOIN orders_orderitem AS item ON item.vendor_order_id = part.id
    WHERE part.status = 'CANCELLED' AND placed.status <> 'CANCELLED'
      AND payment.refunded_amount < payment.captured_amount
      AND item.refunded_quantity < item.quantity AND item.line_total > 0
      AND {PART_SETTLED}
    GROUP BY part.id, payment.id ORDER BY part.id
    """,  # noqa: S608 (the condition is a constant)
    rows="VendorOrder {id} ({number})",
    text="it is CANCELLED, and {pieces} of its goods are neither given back nor promised, "
    "of {remainder} {currency} that are left of Payment {payment_id}",
)

# One part of several. What was given back before there were parts ended none.
parts_refunded = Statement(
    "payments.parts_refunded",
    """
    WITH line AS (
        SELECT item.vendor_order_id AS part_id, item.quantity,
               coalesce(sum(given.quantity) FILTER (
                   WHERE refund.status = 'succeeded' OR refund.succeeded_at IS NOT NULL
               ), 0) AS given
        FROM orders_orderitem AS item
        LEFT JOIN payments_refunditem AS given ON given.order_item_id = item.id
        LEFT JOIN payments_refund AS refund ON refund.id = given.refund_id
        GROUP BY item.id
    ), counted AS (
        SELECT part_id, sum(quantity) AS quantity, sum(given) AS given
        FROM line GROUP BY part_id
    )
    SELECT part.id, part.number, part.status, placed.status AS order_status,
           counted.quantity, counted.given
    FROM counted JOIN orders_vendororder AS part ON part.id = counted.part_id
    JOIN orders_order AS placed ON placed.id = part.order_id
    LEFT JOIN (
        SELECT min(applied) AS applied FROM django_migrations
        WHERE app = 'orders' AND name = '0008_parts_of_earlier_orders'
    ) AS since ON TRUE
    WHERE part.status = 'REFUNDED' AND placed.status <> 'REFUNDED'
          AND counted.given < counted.quantity
       OR part.status NOT IN ('REFUNDED', 'CANCELLED') AND counted.given = counted.quantity
          AND placed.placed_at > since.applied
          AND EXISTS (
              SELECT FROM orders_vendororder AS other
              WHERE other.order_id = part.order_id AND other.id <> part.id
          )
    ORDER BY part.id
    """,
    rows="VendorOrder {id} ({number})",
    text="it is {status}, the order {order_status}; of {quantity} pieces {given} were given back",
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
