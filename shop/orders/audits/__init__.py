"""Orders and their parts, from their lines, their histories, their stock and their events."""

from shop.orders.audits.amounts import lines, parts_lines, parts_sums, parts_totals, totals
from shop.orders.audits.keeping import carts, goods
from shop.orders.audits.moving import (
    expiry,
    history,
    parts,
    parts_history,
    parts_stamps,
    parts_status,
    stamps,
    status,
)
from shop.orders.audits.telling import events, parts_events

__all__ = [
    "carts",
    "events",
    "expiry",
    "goods",
    "history",
    "lines",
    "parts",
    "parts_events",
    "parts_history",
    "parts_lines",
    "parts_stamps",
    "parts_status",
    "parts_sums",
    "parts_totals",
    "stamps",
    "status",
    "totals",
]
