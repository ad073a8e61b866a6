"""Whether the shop's books are right, whatever has happened."""

import email
import re
from collections import Counter
from collections.abc import Collection, Sequence

from tests.faults.shop import Shop

CHECKS = {
    "on_hand is the sum of its movements": """
        SELECT level.id FROM inventory_stocklevel level WHERE level.on_hand <> (
            SELECT coalesce(sum(quantity), 0) FROM inventory_stockmovement
            WHERE level_id = level.id AND kind IN ('receive', 'adjust', 'return', 'sell'))
    """,
    "reserved is the sum of what is held": """
        SELECT level.id FROM inventory_stocklevel level WHERE level.reserved <> (
            SELECT coalesce(sum(quantity), 0) FROM inventory_reservation
            WHERE level_id = level.id AND status = 'held')
    """,
    "a paid order has one succeeded payment of its price": """
        SELECT o.id FROM orders_order o WHERE o.paid_at IS NOT NULL AND o.total_price <> (
            SELECT coalesce(sum(amount), 0) FROM payments_payment
            WHERE order_id = o.id AND status = 'succeeded')
    """,
    "an order has the state that its history tells": """
        SELECT o.id FROM orders_order o WHERE o.status IS DISTINCT FROM (
            SELECT to_status FROM orders_orderstatuschange
            WHERE order_id = o.id ORDER BY id DESC LIMIT 1)
    """,
    "an order's lines hold its stock until it is paid": """
        SELECT o.id FROM orders_order o JOIN orders_orderitem i ON i.order_id = o.id
        LEFT JOIN inventory_reservation r ON r.reference = 'order:' || o.id
        WHERE r.id IS NULL
           OR r.status <> CASE WHEN o.paid_at IS NULL THEN 'held' ELSE 'consumed' END
    """,
    "every order is an event": """
        SELECT o.id FROM orders_order o WHERE 1 <> (
            SELECT count(*) FROM core_outboxevent
            WHERE name = 'order.placed' AND (payload->>'order_id')::bigint = o.id)
    """,
}


def disagreements(shop: Shop, *, paid: Sequence[int] = ()) -> list[str]:
    """What is wrong; `paid` are orders whose payment the shop has acknowledged."""
    wrong = [
        f"{claim}: not so of {found[:5]}"
        for claim, query in CHECKS.items()
        if (found := shop.rows(query))
    ]
    kept = {row[0] for row in shop.rows("SELECT id FROM orders_order WHERE paid_at IS NOT NULL")}
    if lost := set(paid) - kept:
        wrong.append(f"paid, and lost: {sorted(lost)[:5]}")
    if len(set(paid)) != len(paid):
        wrong.append("one order was answered to two requests")
    return wrong


def mails_to(shop: Shop, people: Collection[str]) -> list[str]:
    """The recipients of the mails that the shop has sent, as far as they are `people`."""
    found = re.findall(r"^To: (.+)$", "\n".join(shop.mails()), re.MULTILINE)
    return [address for address in found if address in people]


def sent_twice(shop: Shop) -> list[tuple[str, str]]:
    """Recipient and subject of mails that are there more than once."""
    heads = [(head["To"], head["Subject"]) for head in map(email.message_from_string, shop.mails())]
    return [head for head, times in Counter(heads).items() if times > 1]
