"""The carts that orders come from, and the goods that are kept for them."""

from shop.core.audits import Statement

carts = Statement(
    "orders.carts",
    """
    SELECT cart.id, cart.status, cart.user_id, coalesce(placed.number, 'no order') AS number,
           placed.user_id AS buyer_id
    FROM cart_cart AS cart LEFT JOIN orders_order AS placed ON placed.cart_id = cart.id
    WHERE (cart.status = 'ordered') <> (placed.id IS NOT NULL) OR cart.user_id <> placed.user_id
    ORDER BY cart.id
    """,
    rows="Cart {id}",
    text="it is {status} by user {user_id}; it became {number}, of user {buyer_id}",
)

# By reference, `stock_reference`: "order:123". Each part of an unpaid order ships by itself.
goods = Statement(
    "orders.goods",
    """
    WITH ordered AS (
        SELECT 'order:' || placed.id AS reference, item.variant_id,
               sum(item.quantity) AS quantity, min(placed.number) AS number, CASE
                   WHEN part.status = 'CANCELLED' AND placed.paid_at IS NULL THEN 'released'
                   WHEN placed.paid_at IS NULL AND part.shipped_at IS NULL THEN 'held'
                   ELSE 'consumed'
               END AS fate
        FROM orders_order AS placed JOIN orders_orderitem AS item ON item.order_id = placed.id
        JOIN orders_vendororder AS part ON part.id = item.vendor_order_id
        GROUP BY placed.id, part.id, item.variant_id
    ), kept AS (
        SELECT promise.reference, level.variant_id,
               coalesce(sum(promise.quantity) FILTER (WHERE promise.status = 'held'), 0) AS held,
               coalesce(sum(promise.quantity) FILTER (WHERE promise.status = 'consumed'), 0)
                   AS consumed
        FROM inventory_reservation AS promise
        JOIN inventory_stocklevel AS level ON level.id = promise.level_id
        WHERE promise.reference LIKE 'order:%%'
        GROUP BY promise.reference, level.variant_id
    ), compared AS (
        SELECT reference, variant_id, coalesce(number, 'no order') AS number,
               coalesce(quantity, 0) AS quantity, coalesce(fate, 'released') AS fate,
               coalesce(held, 0) AS held, coalesce(consumed, 0) AS consumed
        FROM ordered FULL JOIN kept USING (reference, variant_id)
    )
    SELECT * FROM compared
    WHERE held <> CASE fate WHEN 'held' THEN quantity ELSE 0 END
       OR consumed <> CASE fate WHEN 'consumed' THEN quantity ELSE 0 END
    ORDER BY reference, variant_id
    """,
    rows="Reservations of {reference} ({number}) for variant {variant_id}",
    text="its lines want {quantity} {fate}; {held} are held and {consumed} consumed",
)
