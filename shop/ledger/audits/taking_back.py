"""Refunds and disputes in the books, from what is true of them."""

from shop.core.audits import Statement
from shop.ledger.audits.settling import MOVING, SALES

refunds = Statement(
    "ledger.refunds",
    f"""
    WITH {MOVING}, {SALES}, held AS (
        SELECT substring(booked.cause FROM '^refund:([0-9]+):')::bigint AS refund_id,
               coalesce(sum(entry.amount) FILTER (WHERE entry.account = 'clearing'), 0)
                   AS clearing,
               coalesce(sum(entry.amount) FILTER (WHERE entry.account = 'refunds'), 0) AS owed
        FROM ledger_transaction AS booked JOIN ledger_entry AS entry
            ON entry.transaction_id = booked.id
        WHERE booked.kind IN ('refund', 'refund_paid', 'refund_reversed')
        GROUP BY 1
    )
    SELECT refund.id, sale.payment_id, refund.amount, refund.status,
           coalesce(held.owed, 0) AS owed, coalesce(held.clearing, 0) AS clearing
    FROM sale JOIN payments_refund AS refund ON refund.payment_id = sale.payment_id
    LEFT JOIN held ON held.refund_id = refund.id
    WHERE sale.payment_id NOT IN (SELECT id FROM moving)
      AND (coalesce(held.owed, 0), coalesce(held.clearing, 0))
          <> (CASE WHEN refund.status = 'pending' THEN -refund.amount ELSE 0 END,
              CASE WHEN refund.status = 'succeeded' THEN -refund.amount ELSE 0 END)
    UNION ALL
    SELECT held.refund_id, 0, 0, 'not of a sale', held.owed, held.clearing
    FROM held LEFT JOIN payments_refund AS refund ON refund.id = held.refund_id
    WHERE NOT EXISTS (SELECT FROM sale WHERE sale.payment_id = refund.payment_id)
    ORDER BY id
    """,  # noqa: S608 (the parts are constants)
    rows="Refund {id} of Payment {payment_id}",
    text="{amount} are {status}; in the books {owed} are owed, and {clearing} have left",
)

# A small share of a dispute may round to nothing; more than a whole unit does not.
disputes = Statement(
    "ledger.disputes",
    f"""
    WITH {MOVING}, {SALES}, held AS (
        SELECT substring(booked.cause FROM '^dispute:([0-9]+):')::bigint AS dispute_id,
               -coalesce(sum(entry.amount) FILTER (WHERE entry.account = 'vendor_reserve'), 0)
                   AS reserved,
               -coalesce(sum(entry.amount) FILTER (WHERE entry.account = 'clearing'), 0) AS gone
        FROM ledger_transaction AS booked JOIN ledger_entry AS entry
            ON entry.transaction_id = booked.id
        WHERE booked.kind IN ('dispute', 'dispute_released', 'dispute_lost')
        GROUP BY 1
    ), sellers AS (
        SELECT sale.order_id, -sum(entry.amount) FILTER (
                   WHERE entry.account = 'vendor_payable') AS payable,
               -sum(entry.amount) FILTER (
                   WHERE entry.account NOT IN ('clearing', 'refunds')) AS shared
        FROM sale JOIN ledger_transaction AS booked ON booked.order_id = sale.order_id
        JOIN ledger_entry AS entry ON entry.transaction_id = booked.id
        GROUP BY sale.order_id
    )
    SELECT dispute.id, sale.payment_id, dispute.amount, dispute.currency, dispute.status,
           coalesce(held.reserved, 0) AS reserved, coalesce(held.gone, 0) AS gone
    FROM sale JOIN payments_dispute AS dispute ON dispute.payment_id = sale.payment_id
    JOIN sellers ON sellers.order_id = sale.order_id
    LEFT JOIN held ON held.dispute_id = dispute.id
    WHERE sale.payment_id NOT IN (SELECT id FROM moving)
      AND (dispute.status <> 'open' AND coalesce(held.reserved, 0) <> 0
           OR coalesce(held.reserved, 0) < 0
           OR dispute.currency = sale.currency AND coalesce(held.reserved, 0) > dispute.amount
           OR dispute.currency = sale.currency AND coalesce(held.gone, 0)
              <> CASE WHEN dispute.status = 'lost' THEN dispute.amount ELSE 0 END
           OR dispute.status = 'open' AND coalesce(held.reserved, 0) = 0
              AND sellers.payable > 0
              AND dispute.amount * sellers.payable / nullif(sellers.shared, 0) > 1)
    ORDER BY dispute.id
    """,  # noqa: S608 (the parts are constants)
    rows="Dispute {id} of Payment {payment_id}",
    text="it is {status} with {amount} {currency}; in the books {reserved} are set aside, "
    "and {gone} have gone",
)
