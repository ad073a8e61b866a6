"""What orders and their parts cost, from their lines."""

from shop.core.audits import Statement

lines = Statement(
    "orders.lines",
    """
    SELECT item.id, item.sku, placed.number, item.quantity, item.price, item.line_total
    FROM orders_orderitem AS item JOIN orders_order AS placed ON placed.id = item.order_id
    WHERE item.line_total <> item.price * item.quantity
    ORDER BY item.id
    """,
    rows="OrderItem {id} ({sku}) of {number}",
    text="line_total is {line_total}, and {quantity} cost {price} each",
)

totals = Statement(
    "orders.totals",
    """
    SELECT placed.id, placed.number, placed.subtotal, placed.total_price,
           coalesce(line.total, 0) AS lines,
           placed.subtotal + placed.shipping_total + placed.tax_total - placed.discount_total
               AS parts
    FROM orders_order AS placed
    LEFT JOIN (
        SELECT order_id, sum(line_total) AS total FROM orders_orderitem GROUP BY order_id
    ) AS line ON line.order_id = placed.id
    WHERE line.order_id IS NULL OR placed.subtotal <> line.total
       OR placed.total_price
          <> placed.subtotal + placed.shipping_total + placed.tax_total - placed.discount_total
    ORDER BY placed.id
    """,
    rows="Order {id} ({number})",
    text="subtotal is {subtotal}, its lines sum to {lines}; "
    "total_price is {total_price}, its parts sum to {parts}",
)

parts_lines = Statement(
    "parts.lines",
    """
    SELECT item.id, item.sku, placed.number, item.vendor_id, part.number AS part,
           part.vendor_id AS seller_id
    FROM orders_orderitem AS item JOIN orders_order AS placed ON placed.id = item.order_id
    JOIN orders_vendororder AS part ON part.id = item.vendor_order_id
    WHERE part.order_id <> item.order_id OR part.vendor_id <> item.vendor_id
    ORDER BY item.id
    """,
    rows="OrderItem {id} ({sku}) of {number}",
    text="it is sold by vendor {vendor_id}, and lies in {part} of vendor {seller_id}",
)

parts_totals = Statement(
    "parts.totals",
    """
    SELECT part.id, part.number, part.subtotal, part.commission_total,
           coalesce(line.total, 0) AS lines, coalesce(line.commission, 0) AS commissions
    FROM orders_vendororder AS part
    LEFT JOIN (
        SELECT vendor_order_id, sum(line_total) AS total, sum(commission_total) AS commission
        FROM orders_orderitem GROUP BY vendor_order_id
    ) AS line ON line.vendor_order_id = part.id
    WHERE line.vendor_order_id IS NULL OR part.subtotal <> line.total
       OR part.commission_total <> line.commission
    ORDER BY part.id
    """,
    rows="VendorOrder {id} ({number})",
    text="subtotal is {subtotal}, its lines sum to {lines}; "
    "commission_total is {commission_total}, its lines' sum to {commissions}",
)

# What the parts' own totals sum to is held by the database, as is the order's.
parts_sums = Statement(
    "parts.sums",
    """
    SELECT placed.id, placed.number, amount.name, amount.of_order, amount.of_parts
    FROM orders_order AS placed
    LEFT JOIN (
        SELECT order_id, sum(subtotal) AS subtotal, sum(shipping_total) AS shipping_total,
               sum(tax_total) AS tax_total, sum(discount_total) AS discount_total,
               sum(total_price) AS total_price, array_agg(DISTINCT currency) AS currencies
        FROM orders_vendororder GROUP BY order_id
    ) AS part ON part.order_id = placed.id
    CROSS JOIN LATERAL (VALUES
        ('subtotal', placed.subtotal::text, coalesce(part.subtotal, 0)::text,
         placed.subtotal = part.subtotal),
        ('shipping_total', placed.shipping_total::text, coalesce(part.shipping_total, 0)::text,
         placed.shipping_total = part.shipping_total),
        ('tax_total', placed.tax_total::text, coalesce(part.tax_total, 0)::text,
         placed.tax_total = part.tax_total),
        ('discount_total', placed.discount_total::text, coalesce(part.discount_total, 0)::text,
         placed.discount_total = part.discount_total),
        ('total_price', placed.total_price::text, coalesce(part.total_price, 0)::text,
         placed.total_price = part.total_price),
        ('currency', placed.currency::text, array_to_string(part.currencies, ', '),
         part.currencies = ARRAY[placed.currency])
    ) AS amount (name, of_order, of_parts, fits)
    WHERE amount.fits IS NOT TRUE
    ORDER BY placed.id, amount.name
    """,
    rows="Order {id} ({number})",
    text="{name} is {of_order}, and of its parts {of_parts}",
)
