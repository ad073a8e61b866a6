"""What audits wait for."""

# Cancelled orders are settled by an event: not before it is delivered, and had its minute.
SETTLED = """
    placed.updated_at < now() - interval '1 min' AND NOT EXISTS (
        SELECT FROM core_outboxevent AS event
        WHERE event.delivered_at IS NULL AND event.failed_at IS NULL
          AND event.name = 'order.cancelled'
          AND event.payload = jsonb_build_object('order_id', placed.id)
    )
"""
# So are parts that are cancelled alone.
PART_SETTLED = """
    placed.updated_at < now() - interval '1 min' AND NOT EXISTS (
        SELECT FROM core_outboxevent AS event
        WHERE event.delivered_at IS NULL AND event.failed_at IS NULL
          AND event.name = 'vendor_order.cancelled'
          AND (event.payload ->> 'vendor_order_id')::bigint = part.id
    )
"""
