"""Stock, from its movements and reservations."""

from shop.core.audits import Statement
from shop.inventory.models import StockMovement

on_hand = Statement(
    "stock.on_hand",
    """
    SELECT level.id, variant.sku, place.name AS warehouse, level.on_hand,
           coalesce(moved.total, 0) AS total
    FROM inventory_stocklevel AS level
    JOIN products_variant AS variant ON variant.id = level.variant_id
    JOIN inventory_warehouse AS place ON place.id = level.warehouse_id
    LEFT JOIN (
        SELECT level_id, sum(quantity) AS total FROM inventory_stockmovement
        WHERE kind = ANY(%(kinds)s) GROUP BY level_id
    ) AS moved ON moved.level_id = level.id
    WHERE level.on_hand <> coalesce(moved.total, 0)
    ORDER BY level.id
    """,
    rows="StockLevel {id} ({sku}, {warehouse})",
    text="on_hand is {on_hand}, its movements sum to {total}",
    params={"kinds": [kind.value for kind in StockMovement.ON_HAND]},
)

# What is sold is promised no longer: a sale takes as many from `reserved` as from `on_hand`.
reserved = Statement(
    "stock.reserved",
    """
    SELECT level.id, variant.sku, place.name AS warehouse, level.reserved,
           coalesce(held.total, 0) AS held, coalesce(moved.total, 0) AS moved
    FROM inventory_stocklevel AS level
    JOIN products_variant AS variant ON variant.id = level.variant_id
    JOIN inventory_warehouse AS place ON place.id = level.warehouse_id
    LEFT JOIN (
        SELECT level_id, sum(quantity) AS total FROM inventory_reservation
        WHERE status = 'held' GROUP BY level_id
    ) AS held ON held.level_id = level.id
    LEFT JOIN (
        SELECT level_id, sum(quantity) AS total FROM inventory_stockmovement
        WHERE kind IN ('reserve', 'release', 'sell') GROUP BY level_id
    ) AS moved ON moved.level_id = level.id
    WHERE level.reserved <> coalesce(held.total, 0) OR level.reserved <> coalesce(moved.total, 0)
    ORDER BY level.id
    """,
    rows="StockLevel {id} ({sku}, {warehouse})",
    text="reserved is {reserved}, its held reservations sum to {held}, its movements to {moved}",
)

reservations = Statement(
    "stock.reservations",
    """
    WITH moved AS (
        SELECT level_id, reference,
               coalesce(sum(quantity) FILTER (WHERE kind IN ('reserve', 'release')), 0) AS promised,
               coalesce(-sum(quantity) FILTER (WHERE kind = 'sell'), 0) AS sold,
               coalesce(sum(quantity) FILTER (WHERE kind = 'return'), 0) AS returned
        FROM inventory_stockmovement WHERE kind IN ('reserve', 'release', 'sell', 'return')
        GROUP BY level_id, reference
    ), compared AS (
        SELECT coalesce('Reservation ' || promise.id, 'no Reservation') AS name,
               level_id, reference, coalesce(promise.status, 'missing') AS status,
               coalesce(promise.quantity, 0) AS quantity,
               CASE WHEN promise.status IN ('held', 'consumed') THEN promise.quantity ELSE 0
               END AS to_promise,
               CASE WHEN promise.status = 'consumed' THEN promise.quantity ELSE 0 END AS to_sell,
               coalesce(moved.promised, 0) AS promised, coalesce(moved.sold, 0) AS sold,
               coalesce(moved.returned, 0) AS returned
        FROM inventory_reservation AS promise FULL JOIN moved USING (level_id, reference)
    )
    SELECT * FROM compared
    WHERE promised <> to_promise OR sold <> to_sell OR returned NOT BETWEEN 0 AND to_sell
    ORDER BY level_id, reference
    """,
    rows="{name} of {reference} (StockLevel {level_id})",
    text="{quantity} are {status}; the movements promised {promised}, sold {sold}, "
    "took back {returned}",
)

reservations_closed = Statement(
    "stock.reservations_closed",
    """
    SELECT id, reference, status, closed_at FROM inventory_reservation
    WHERE (closed_at IS NULL) <> (status = 'held') ORDER BY id
    """,
    rows="Reservation {id} of {reference}",
    text="it is {status}, and was closed at {closed_at}",
)
