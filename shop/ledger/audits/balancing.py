"""What holds for every transaction, whatever it is about."""

from shop.core.audits import Statement

balanced = Statement(
    "ledger.balanced",
    """
    SELECT booked.id, booked.cause, entry.currency, coalesce(sum(entry.amount), 0) AS total,
           count(entry.id) AS entries
    FROM ledger_transaction AS booked LEFT JOIN ledger_entry AS entry
        ON entry.transaction_id = booked.id
    GROUP BY booked.id, entry.currency
    HAVING count(entry.id) = 0 OR sum(entry.amount) <> 0
    ORDER BY booked.id, entry.currency
    """,
    rows="Transaction {id} ({cause})",
    text="its {entries} entries sum to {total} {currency}",
)

# What each transaction names is there, of its order, and is something of that kind.
caused = Statement(
    "ledger.caused",
    """
    WITH booked AS (
        SELECT id, kind, cause, order_id, split_part(cause, ':', 1) AS what,
               substring(cause FROM '^[a-z]+:([0-9]+)')::bigint AS about
        FROM ledger_transaction
    )
    SELECT id, kind, cause FROM booked
    WHERE NOT CASE what
        WHEN 'payment' THEN kind = 'sale' AND EXISTS (
            SELECT FROM payments_payment AS payment
            WHERE payment.id = about AND payment.order_id = booked.order_id)
        WHEN 'refund' THEN kind IN ('refund', 'refund_paid', 'refund_reversed') AND EXISTS (
            SELECT FROM payments_refund AS refund
            JOIN payments_payment AS payment ON payment.id = refund.payment_id
            WHERE refund.id = about AND payment.order_id = booked.order_id)
        WHEN 'dispute' THEN kind IN ('dispute', 'dispute_lost', 'dispute_released') AND EXISTS (
            SELECT FROM payments_dispute AS dispute
            JOIN payments_payment AS payment ON payment.id = dispute.payment_id
            WHERE dispute.id = about AND payment.order_id = booked.order_id)
        WHEN 'payout' THEN kind IN ('payout', 'payout_settled', 'payout_returned')
            AND EXISTS (SELECT FROM ledger_payout AS payout WHERE payout.id = about)
        WHEN 'adjustment' THEN kind = 'adjustment'
            AND EXISTS (SELECT FROM ledger_adjustment AS adjustment WHERE adjustment.id = about)
        ELSE FALSE
    END
    ORDER BY id
    """,
    rows="Transaction {id} ({cause})",
    text="there is nothing that {cause} could mean for the {kind} of its order",
)

# What may be booked after what, of one payment, refund, dispute, payout or adjustment.
once = Statement(
    "ledger.once",
    """
    WITH booked AS (
        SELECT id, kind, cause, order_id,
               substring(cause FROM '^[a-z]+:[0-9]+') AS subject
        FROM ledger_transaction
    ), step AS (
        SELECT id, kind, cause, order_id,
               coalesce(lag(kind) OVER (PARTITION BY subject ORDER BY id), '') AS before
        FROM booked
    )
    SELECT id, kind, cause, before FROM step
    WHERE (before, kind) NOT IN (
        ('', 'sale'), ('', 'adjustment'),
        ('', 'refund'), ('refund_reversed', 'refund'), ('refund', 'refund_paid'),
        ('refund', 'refund_reversed'), ('refund_paid', 'refund_reversed'),
        ('', 'dispute'), ('dispute_released', 'dispute'), ('dispute', 'dispute_released'),
        ('', 'dispute_lost'), ('dispute_released', 'dispute_lost'),
        ('', 'payout'), ('payout', 'payout_settled'), ('payout', 'payout_returned'),
        ('payout_settled', 'payout_returned')
    )
    UNION ALL
    SELECT max(id), 'sale', max(cause), 'sale' FROM step
    WHERE kind = 'sale' GROUP BY order_id HAVING count(*) > 1
    ORDER BY id
    """,
    rows="Transaction {id} ({cause})",
    text="{kind} is booked after {before!r}",
)

# Each payout takes payable entries, and puts its own debit beside them. A statement at its start
# sees the row and the entries of a payout, or nothing of it.
payouts = Statement(
    "ledger.payouts",
    """
    WITH taken AS (
        SELECT payout_id, sum(amount) AS total,
               bool_and((vendor_id, currency) = (held.of_vendor, held.in_currency)) AS is_own
        FROM ledger_entry AS entry
        JOIN (SELECT id, vendor_id AS of_vendor, currency AS in_currency FROM ledger_payout)
            AS held ON held.id = entry.payout_id
        WHERE account = 'vendor_payable' GROUP BY payout_id
    ), moved AS (
        SELECT substring(booked.cause FROM '^payout:([0-9]+)')::bigint AS payout_id,
               sum(entry.amount) FILTER (
                   WHERE booked.kind = 'payout' AND entry.account = 'vendor_payable'
               ) AS debit,
               sum(entry.amount) FILTER (WHERE entry.account = 'vendor_in_transit') AS transit,
               sum(entry.amount) FILTER (WHERE entry.account = 'clearing') AS clearing
        FROM ledger_transaction AS booked JOIN ledger_entry AS entry
            ON entry.transaction_id = booked.id
        WHERE booked.kind IN ('payout', 'payout_settled', 'payout_returned')
        GROUP BY 1
    )
    SELECT payout.id, payout.number, payout.status, payout.amount,
           coalesce(taken.total, 0) AS total, coalesce(taken.is_own, TRUE) AS is_own,
           coalesce(moved.debit, 0) AS debit, coalesce(moved.transit, 0) AS transit,
           coalesce(moved.clearing, 0) AS clearing
    FROM ledger_payout AS payout
    LEFT JOIN taken ON taken.payout_id = payout.id
    LEFT JOIN moved ON moved.payout_id = payout.id
    WHERE coalesce(taken.total, 0) <> 0 OR NOT coalesce(taken.is_own, TRUE)
       OR coalesce(moved.debit, 0) <> payout.amount
       OR coalesce(moved.transit, 0)
          <> CASE WHEN payout.status IN ('scheduled', 'sent') THEN -payout.amount ELSE 0 END
       OR coalesce(moved.clearing, 0)
          <> CASE WHEN payout.status = 'settled' THEN -payout.amount ELSE 0 END
    ORDER BY payout.id
    """,
    rows="Payout {id} ({number})",
    text="it is {status} with {amount}; its entries sum to {total} (all its own: {is_own}), "
    "its debit is {debit}, {transit} in transit, {clearing} at its provider",
)

adjustments = Statement(
    "ledger.adjustments",
    """
    SELECT coalesce(adjustment.id, 0) AS id, adjustment.status, adjustment.amount,
           booked.cause, booked.amount AS credited
    FROM ledger_adjustment AS adjustment
    FULL JOIN (
        SELECT booked.cause, booked.actor_id, entry.vendor_id, entry.currency,
               -entry.amount AS amount
        FROM ledger_transaction AS booked JOIN ledger_entry AS entry
            ON entry.transaction_id = booked.id AND entry.account = 'vendor_payable'
        WHERE booked.kind = 'adjustment'
    ) AS booked ON booked.cause = 'adjustment:' || adjustment.id
    WHERE adjustment.id IS NULL
       OR (adjustment.status = 'approved') <> (booked.cause IS NOT NULL)
       OR (booked.vendor_id, booked.currency, booked.amount, booked.actor_id)
          <> (adjustment.vendor_id, adjustment.currency, adjustment.amount,
              adjustment.decided_by_id)
    ORDER BY adjustment.id
    """,
    rows="Adjustment {id}",
    text="it is {status} with {amount}, and {cause} credits {credited}",
)
