"""Sales and their shares in the books, from what is true of payments."""

from shop.core.audits import Statement
from shop.ledger.audits.settling import MOVING, SALES

# Whoever is new to an event was not there for what came before the first one that it heard.
sales = Statement(
    "ledger.sales",
    f"""
    WITH {MOVING}, paying AS (
        SELECT payment.id, payment.captured_amount, payment.captured_currency, placed.number,
               EXISTS (
                   SELECT FROM orders_vendororder AS part
                   JOIN vendors_vendor AS vendor ON vendor.id = part.vendor_id
                   WHERE part.order_id = placed.id AND NOT vendor.is_house
               ) AS is_shared,
               EXISTS (
                   SELECT FROM core_outboxevent AS event
                   WHERE event.name = 'payment.succeeded'
                     AND event.payload = jsonb_build_object('payment_id', payment.id)
                     AND event.id >= (
                         SELECT min(event_id) FROM core_handledevent
                         WHERE handler = 'ledger.book_sale'
                     )
               ) AS is_heard,
               sale.cause, sale.order_id = placed.id AS is_right,
               (SELECT coalesce(sum(entry.amount), 0) FROM ledger_entry AS entry
                WHERE entry.transaction_id = sale.id AND entry.account = 'clearing'
                  AND entry.currency = payment.captured_currency
                  AND entry.provider = payment.provider) AS booked
        FROM payments_payment AS payment
        JOIN orders_order AS placed ON placed.id = payment.order_id
        LEFT JOIN ledger_transaction AS sale ON sale.cause = 'payment:' || payment.id
    )
    SELECT id, number, captured_amount, captured_currency, booked, is_shared FROM paying
    WHERE cause IS NULL AND is_shared AND is_heard AND captured_amount > 0
          AND id NOT IN (SELECT id FROM moving)
       OR cause IS NOT NULL
          AND (NOT is_shared OR NOT is_right OR booked <> captured_amount)
    ORDER BY id
    """,  # noqa: S608 (the parts are constants)
    rows="Payment {id} of {number}",
    text="{captured_amount} {captured_currency} came, of several sellers: {is_shared}; "
    "the sale in the books is of {booked}",
)

# A lost dispute in another currency took what was left: what the books say.
shares = Statement(
    "ledger.shares",
    f"""
    WITH {MOVING}, {SALES}, held AS (
        SELECT booked.order_id,
               sum(entry.amount) FILTER (WHERE entry.account = 'clearing') AS clearing,
               -sum(entry.amount) FILTER (WHERE entry.account = 'refunds') AS owed,
               -sum(entry.amount) FILTER (
                   WHERE entry.account NOT IN ('clearing', 'refunds')
               ) AS shared,
               count(*) FILTER (WHERE entry.currency <> sale.currency) AS odd
        FROM sale JOIN ledger_transaction AS booked ON booked.order_id = sale.order_id
        JOIN ledger_entry AS entry ON entry.transaction_id = booked.id
        GROUP BY booked.order_id
    ), truth AS (
        SELECT sale.*,
               (SELECT coalesce(sum(amount), 0) FROM payments_refund
                WHERE payment_id = sale.payment_id AND status = 'succeeded') AS given_back,
               (SELECT coalesce(sum(amount), 0) FROM payments_refund
                WHERE payment_id = sale.payment_id AND status = 'pending') AS promised,
               (SELECT coalesce(sum(CASE WHEN dispute.currency = sale.currency
                                         THEN dispute.amount ELSE taken.amount END), 0)
                FROM payments_dispute AS dispute
                LEFT JOIN LATERAL (
                    SELECT -sum(entry.amount) AS amount
                    FROM ledger_transaction AS booked JOIN ledger_entry AS entry
                        ON entry.transaction_id = booked.id AND entry.account = 'clearing'
                    WHERE booked.order_id = sale.order_id AND booked.kind = 'dispute_lost'
                      AND booked.cause LIKE 'dispute:' || dispute.id || ':%%'
                ) AS taken ON TRUE
                WHERE dispute.payment_id = sale.payment_id AND dispute.status = 'lost') AS lost
        FROM sale
    )
    SELECT truth.payment_id, number, captured_amount, currency, given_back, promised, lost,
           coalesce(clearing, 0) AS clearing, coalesce(owed, 0) AS owed,
           coalesce(shared, 0) AS shared
    FROM truth JOIN held USING (order_id)
    WHERE truth.payment_id NOT IN (SELECT id FROM moving)
      AND (coalesce(clearing, 0) <> captured_amount - given_back - lost
           OR coalesce(owed, 0) <> promised
           OR coalesce(shared, 0) <> captured_amount - given_back - promised - lost
           OR odd > 0)
    ORDER BY truth.payment_id
    """,  # noqa: S608 (the parts are constants)
    rows="Payment {payment_id} of {number}",
    text="of {captured_amount} {currency}, {given_back} were given back, {promised} are promised "
    "and {lost} lost; in the books {clearing} are here, {owed} owed and {shared} shared",
)

# Whole, whoever has it: together with the commission that says what each seller was credited. A
# payment of another amount is shared in proportion.
parts = Statement(
    "ledger.parts",
    f"""
    WITH {SALES}, held AS (
        SELECT sale.id AS sale_id, entry.vendor_order_id AS part_id, -sum(entry.amount) AS credited
        FROM sale JOIN ledger_entry AS entry ON entry.transaction_id = sale.id
        WHERE entry.account <> 'clearing'
        GROUP BY sale.id, entry.vendor_order_id
    )
    SELECT part.id, part.number, part.total_price, coalesce(held.credited, 0) AS credited
    FROM sale JOIN orders_order AS placed ON placed.id = sale.order_id
    JOIN orders_vendororder AS part ON part.order_id = placed.id
    LEFT JOIN held ON held.sale_id = sale.id AND held.part_id = part.id
    WHERE (sale.captured_amount, sale.currency) = (placed.total_price, placed.currency)
      AND coalesce(held.credited, 0) <> part.total_price
    ORDER BY part.id
    """,  # noqa: S608 (the parts are constants)
    rows="VendorOrder {id} ({number})",
    text="{total_price} were paid for it; in the books {credited} are credited",
)

# Frozen when the order was placed; a payment of another amount has its share of it. It goes back
# with the goods: the platform never keeps more than what is left of them.
commissions = Statement(
    "ledger.commissions",
    f"""
    WITH {SALES}, kept AS (
        SELECT entry.vendor_order_id AS part_id,
               -coalesce(sum(entry.amount) FILTER (
                   WHERE entry.account = 'platform_commission' AND booked.kind = 'sale'
               ), 0) AS charged,
               -coalesce(sum(entry.amount) FILTER (
                   WHERE entry.account = 'platform_commission'
               ), 0) AS kept,
               -coalesce(sum(entry.amount) FILTER (WHERE entry.account IN
                   ('platform_commission', 'vendor_payable', 'vendor_reserve')
               ), 0) AS goods,
               bool_and(entry.vendor_id IS NULL OR entry.vendor_id = part.vendor_id) AS is_own
        FROM sale JOIN ledger_transaction AS booked ON booked.order_id = sale.order_id
        JOIN ledger_entry AS entry ON entry.transaction_id = booked.id
        JOIN orders_vendororder AS part ON part.id = entry.vendor_order_id
        GROUP BY entry.vendor_order_id
    )
    SELECT part.id, part.number, part.commission_total, kept.charged, kept.kept, kept.goods
    FROM sale JOIN orders_vendororder AS part ON part.order_id = sale.order_id
    JOIN orders_order AS placed ON placed.id = part.order_id
    JOIN vendors_vendor AS vendor ON vendor.id = part.vendor_id AND NOT vendor.is_house
    JOIN kept ON kept.part_id = part.id
    WHERE (sale.captured_amount, sale.currency) = (placed.total_price, placed.currency)
          AND kept.charged <> least(part.commission_total, part.subtotal - part.discount_total)
       OR kept.kept < 0 OR kept.kept > kept.charged OR kept.kept > greatest(kept.goods, 0)
       OR NOT kept.is_own
    ORDER BY part.id
    """,  # noqa: S608 (the parts are constants)
    rows="VendorOrder {id} ({number})",
    text="its commission is {commission_total}; in the books {charged} were charged, and "
    "{kept} are kept of goods of {goods}",
)
