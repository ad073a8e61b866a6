"""Every order has a part for each vendor, also those that were placed before there were parts."""

from django.db import migrations

# No version has ever written a shipping price, a tax or a discount but 0; should a shop have
# written some by itself, the first part takes them.
FILL = """
INSERT INTO orders_vendororder (
    order_id, vendor_id, number, status, currency, subtotal, shipping_total, tax_total,
    discount_total, total_price, commission_total, carrier, tracking_number, shipped_at,
    delivered_at, cancelled_at, created_at, updated_at
)
SELECT placed.id, share.vendor_id, placed.number || '-' || place, placed.status, placed.currency,
       share.total, shipping, tax, discount, share.total + shipping + tax - discount, 0,
       placed.carrier, placed.tracking_number, placed.shipped_at, placed.delivered_at,
       placed.cancelled_at, placed.created_at, placed.updated_at
FROM orders_order AS placed
JOIN (
    SELECT order_id, vendor_id, sum(line_total) AS total,
           row_number() OVER (PARTITION BY order_id ORDER BY min(id)) AS place
    FROM orders_orderitem GROUP BY order_id, vendor_id
) AS share ON share.order_id = placed.id
CROSS JOIN LATERAL (
    SELECT CASE place WHEN 1 THEN placed.shipping_total ELSE 0 END AS shipping,
           CASE place WHEN 1 THEN placed.tax_total ELSE 0 END AS tax,
           CASE place WHEN 1 THEN placed.discount_total ELSE 0 END AS discount
) AS rest
ORDER BY placed.id, place;

UPDATE orders_orderitem AS item SET vendor_order_id = part.id
FROM orders_vendororder AS part
WHERE part.order_id = item.order_id AND part.vendor_id = item.vendor_id;

INSERT INTO orders_vendororderstatuschange (
    vendor_order_id, from_status, to_status, actor_id, note, created_at
)
SELECT part.id, move.from_status, move.to_status, move.actor_id, move.note, move.created_at
FROM orders_orderstatuschange AS move JOIN orders_vendororder AS part USING (order_id)
WHERE move.from_status <> move.to_status
ORDER BY move.id, part.id;
"""
EMPTY = """
DELETE FROM orders_vendororderstatuschange;
UPDATE orders_orderitem SET vendor_order_id = NULL;
DELETE FROM orders_vendororder;
"""


class Migration(migrations.Migration):
    dependencies = [("orders", "0007_vendor_orders")]

    operations = [migrations.RunSQL(FILL, EMPTY)]
