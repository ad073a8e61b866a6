"""Mails, from the events that give cause for them."""

from datetime import timedelta

from shop.core.audits import Statement
from shop.notifications.kinds import KINDS, TO_SELLERS
from shop.notifications.querysets import KEEP, PATIENCE

# Each event that mails tell of, with the kinds of its mails.
_PAIRS = [(event.name, kind) for event, kinds in KINDS.items() for kind in kinds]
_CAUSES = {"names": [name for name, _ in _PAIRS], "kinds": [kind for _, kind in _PAIRS]}

# Older events have no position: they were told before the shop kept its mails. Sellers are
# written to of orders that they have a part in, since they are.
written = Statement(
    "mails.written",
    """
    SELECT event.id, event.name, cause.kind
    FROM core_outboxevent AS event
    JOIN unnest(%(names)s::text[], %(kinds)s::text[]) AS cause (name, kind) USING (name)
    WHERE event.position IS NOT NULL
      AND event.delivered_at < now() - interval '1 min'
      AND event.created_at > now() - %(keep)s
      AND NOT EXISTS (
          SELECT FROM notifications_mail AS mail
          WHERE mail.event_id = event.id AND mail.kind = cause.kind
      )
      AND (cause.kind <> ALL(%(to_sellers)s) OR EXISTS (
          SELECT FROM core_handledevent AS note
          WHERE note.event_id = event.id
            AND note.handler = 'notifications.write_' || cause.kind
      ) AND EXISTS (
          SELECT FROM orders_vendororder AS part
          JOIN vendors_vendor AS vendor ON vendor.id = part.vendor_id
          WHERE part.order_id = (event.payload->>'order_id')::bigint AND NOT vendor.is_house
      ))
    ORDER BY event.id, cause.kind
    """,
    rows="OutboxEvent {id} ({name})",
    text="it was delivered, and there is no mail {kind}",
    params=_CAUSES | {"keep": KEEP - timedelta(hours=1), "to_sellers": TO_SELLERS},
)

causes = Statement(
    "mails.causes",
    """
    SELECT mail.id, mail.kind, event.id AS event_id, event.name
    FROM notifications_mail AS mail JOIN core_outboxevent AS event ON event.id = mail.event_id
    WHERE NOT EXISTS (
        SELECT FROM unnest(%(names)s::text[], %(kinds)s::text[]) AS cause (name, kind)
        WHERE cause.name = event.name AND cause.kind = mail.kind
    )
    ORDER BY mail.id
    """,
    rows="Mail {id} ({kind})",
    text="it tells of OutboxEvent {event_id}, which is {name}",
    params=_CAUSES,
)

# What the mail server refuses for good is given up at once, and is no fault of the shop.
sent = Statement(
    "mails.sent",
    """
    SELECT id, kind, recipient, attempts, waiting_since,
           split_part(last_error, E'\\n', 1) AS error
    FROM notifications_mail
    WHERE sent_at IS NULL AND recipient <> '' AND (
        failed_at > waiting_since + %(patience)s
        OR failed_at IS NULL AND available_at < now() - interval '10 min'
    )
    ORDER BY id
    """,
    rows="Mail {id} ({kind} to {recipient})",
    text=(
        "it waits since {waiting_since:%Y-%m-%d %H:%M:%S} and was not sent "
        "in {attempts} attempts: {error}"
    ),
    params={"patience": PATIENCE},
)
