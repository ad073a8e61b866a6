"""What providers told, and what came of it."""

from collections.abc import Mapping
from typing import Any

from shop.core import sql
from shop.core.audits import Statement
from shop.payments import methods, stripe_answers

inbox_waiting = Statement(
    "payments.inbox_waiting",
    """
    SELECT id, type, event_id, received_at, attempts FROM payments_inboxevent
    WHERE processed_at IS NULL AND received_at < now() - interval '10 min'
    ORDER BY id
    """,
    rows="InboxEvent {id} ({type} {event_id})",
    text="it came at {received_at:%Y-%m-%d %H:%M:%S} and was not processed in {attempts} attempts",
)


def _units() -> Mapping[str, Any]:
    """What a minor unit is worth, of each currency in which money came."""
    used = sql.rows("SELECT DISTINCT captured_currency AS code FROM payments_payment")
    codes = [row["code"] for row in used]
    return {"codes": codes, "units": [stripe_answers.major(1, code) for code in codes]}


# Nothing that comes later changes a success: whatever else was told, the money is there. Amounts
# that make no sense are not believed (`stripe_answers`).
inbox_money = Statement(
    "payments.inbox_money",
    """
    WITH told AS (
        SELECT event.id, event.type, event.event_id, event.payment_id,
               upper(object ->> 'currency') AS currency,
               amount #>> '{}' AS minor
        FROM payments_inboxevent AS event
        CROSS JOIN LATERAL (SELECT event.payload #> '{data,object}' AS object) AS about
        CROSS JOIN LATERAL (
            SELECT coalesce(object -> 'amount_received', object -> 'amount') AS amount
        ) AS counted
        WHERE event.processed_at IS NOT NULL AND event.payment_id IS NOT NULL
          AND event.type = 'payment_intent.succeeded' AND object ->> 'status' = 'succeeded'
          AND jsonb_typeof(amount) = 'number' AND amount #>> '{}' ~ '^[1-9][0-9]{0,10}$'
    )
    SELECT told.id, told.type, told.event_id, told.minor, told.currency, payment.id AS payment_id,
           payment.status, payment.captured_amount, payment.captured_currency
    FROM told JOIN payments_payment AS payment ON payment.id = told.payment_id
    LEFT JOIN unnest(%(codes)s::text[], %(units)s::numeric[]) AS known (code, unit)
        ON known.code = payment.captured_currency
    WHERE payment.paid_at IS NULL AND payment.status <> 'held'
       OR told.currency <> payment.captured_currency
       OR told.minor::numeric * coalesce(known.unit, 0) <> payment.captured_amount
    ORDER BY told.id
    """,
    rows="InboxEvent {id} ({type} {event_id})",
    text="it told of {minor} (minor units) {currency}; "
    "Payment {payment_id} is {status} with {captured_amount} {captured_currency}",
    params=_units,
)

# Whatever an event says, refunds are asked for: it may name one that the provider does not know.
inbox_refunds = Statement(
    "payments.inbox_refunds",
    """
    SELECT event.id, event.type, event.event_id, event.payment_id,
           event.payload #>> '{data,object,id}' AS reference
    FROM payments_inboxevent AS event
    WHERE event.processed_at IS NOT NULL AND event.payment_id IS NOT NULL
      AND event.type IN ('refund.created', 'refund.updated', 'refund.failed')
      AND event.payload #>> '{data,object,object}' = 'refund'
      AND NOT EXISTS (
          SELECT FROM payments_refund AS refund
          WHERE refund.payment_id = event.payment_id
            AND refund.provider_reference = event.payload #>> '{data,object,id}'
      )
    ORDER BY event.id
    """,
    rows="InboxEvent {id} ({type} {event_id})",
    text="it told of the refund {reference}, which Payment {payment_id} does not have",
)

# By an event or by asking: `closed_at` is written when the provider said how it ended.
provider_said = Statement(
    "payments.provider_said",
    """
    SELECT payment.id, placed.number, payment.status, payment.provider,
           payment.provider_reference, payment.closed_at
    FROM payments_payment AS payment JOIN orders_order AS placed ON placed.id = payment.order_id
    WHERE payment.provider = ANY(%(providers)s)
      AND CASE WHEN payment.paid_at IS NOT NULL OR payment.status = 'held'
               THEN payment.closed_at IS NULL OR payment.provider_reference = ''
               ELSE payment.closed_at IS NOT NULL
                    AND payment.status IN ('pending', 'requires_action')
          END
    ORDER BY payment.id
    """,
    rows="Payment {id} of {number}",
    text="it is {status}, and {provider} said how it ended at {closed_at} "
    "(its reference: {provider_reference!r})",
    params={"providers": list(methods.ONLINE)},
)

disputes = Statement(
    "payments.disputes",
    """
    SELECT placed.id, placed.number, placed.is_disputed,
           coalesce(string_agg(dispute.id || ' ' || dispute.status, ', ' ORDER BY dispute.id),
                    'none') AS disputes
    FROM orders_order AS placed
    LEFT JOIN payments_payment AS payment ON payment.order_id = placed.id
    LEFT JOIN payments_dispute AS dispute ON dispute.payment_id = payment.id
    GROUP BY placed.id
    HAVING placed.is_disputed
        <> coalesce(bool_or(dispute.status IN ('open', 'lost')), FALSE)
    ORDER BY placed.id
    """,
    rows="Order {id} ({number})",
    text="is_disputed is {is_disputed}, and its disputes are: {disputes}",
)
