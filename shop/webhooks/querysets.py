"""Who may see which endpoint, what an endpoint hears, and the feed of events."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from django.db.models import QuerySet

from shop.accounts.models import User
from shop.core import sql
from shop.core.models import OutboxEvent
from shop.orders.models import Order, OrderItem, VendorOrder
from shop.products import querysets as products
from shop.products.models import Product, Variant
from shop.vendors.models import Vendor
from shop.webhooks.catalogue import OF_ORDERS, PUBLIC, TEST, Subject, names_about, public_data
from shop.webhooks.models import ALL_EVENTS, Delivery, Endpoint

_EVENT = OutboxEvent._meta.db_table

# Whether the outbox row `event` is about goods, orders or payouts of the vendor {vendor}.
_CONCERNS = f"""(
    event.name = ANY(%(about_orders)s) AND EXISTS (
        SELECT FROM {OrderItem._meta.db_table} AS line
        WHERE line.order_id = (event.payload->>'order_id')::bigint AND line.vendor_id = {{vendor}}
    )
    OR event.name = ANY(%(about_parts)s) AND EXISTS (
        SELECT FROM {VendorOrder._meta.db_table} AS part
        WHERE part.id = (event.payload->>'vendor_order_id')::bigint AND part.vendor_id = {{vendor}}
    )
    OR event.name = ANY(%(about_products)s) AND EXISTS (
        SELECT FROM {Product._meta.db_table} AS product
        WHERE product.id = (event.payload->>'product_id')::bigint
          AND product.vendor_id = {{vendor}}
    )
    OR event.name = ANY(%(about_variants)s) AND EXISTS (
        SELECT FROM {Variant._meta.db_table} AS variant
        JOIN {Product._meta.db_table} AS product ON product.id = variant.product_id
        WHERE variant.id = (event.payload->>'variant_id')::bigint
          AND product.vendor_id = {{vendor}}
    )
    OR event.name = ANY(%(naming_vendors)s)
       AND (event.payload->>'vendor_id')::bigint = {{vendor}}
)"""  # noqa: S608 (the tables' names come from the models)

# Whether `endpoint` is told of the outbox row `event`.
HEARS = f"""(
    event.name = ANY(%(public)s)
    AND event.position > endpoint.starts_after
    AND endpoint.events && ARRAY[event.name, '{ALL_EVENTS}']::varchar[]
    AND (endpoint.vendor_id IS NULL OR {_CONCERNS.format(vendor="endpoint.vendor_id")})
    OR event.name = '{TEST.name}' AND (event.payload->>'endpoint_id')::bigint = endpoint.id
)"""

NAMES: Mapping[str, list[str]] = {
    "public": list(PUBLIC),
    "about_orders": names_about(Subject.ORDER),
    "about_parts": names_about(Subject.PART),
    "of_orders": names_about(*OF_ORDERS),
    "about_products": names_about(Subject.PRODUCT),
    "about_variants": names_about(Subject.VARIANT),
    "about_goods": names_about(Subject.PRODUCT, Subject.VARIANT),
    # Whose own fields say which vendor.
    "naming_vendors": names_about(Subject.DELETED_PRODUCT, Subject.VENDOR),
}

# The number of the order that the row `event` tells of.
ORDER_NUMBER = f"""
    LEFT JOIN {Order._meta.db_table} AS shop_order
    ON event.name = ANY(%(of_orders)s)
       AND shop_order.id = (event.payload->>'order_id')::bigint
"""

# Looks at so many public events at a time, whoever they are for: a vendor that few of them
# concern must not make PostgreSQL read them all in one request.
SCANNED = 1000
_FEED = f"""
    WITH scanned AS (
        SELECT id, position, name, payload, created_at FROM {_EVENT} AS event
        WHERE position > %(after)s AND name = ANY(%(wanted)s)
        ORDER BY position LIMIT %(scanned)s
    )
    SELECT event.id, event.position, event.name, event.payload, event.created_at,
           shop_order.number AS order_number,
           (SELECT max(position) FROM scanned) AS last_scanned,
           (SELECT count(*) FROM scanned) AS scanned
    FROM (VALUES (1)) AS always (one)
    LEFT JOIN LATERAL (
        SELECT * FROM scanned AS event WHERE {{matching}} ORDER BY position LIMIT %(limit)s + 1
    ) AS event ON true
    {ORDER_NUMBER}
    ORDER BY event.position
"""  # noqa: S608 (the tables' names come from the models)
_FEED_OF_ALL = _FEED.format(matching="true")
_FEED_OF_VENDOR = _FEED.format(matching=_CONCERNS.format(vendor="%(vendor)s"))


@dataclass(frozen=True)
class Feed:
    """A piece of the feed; `next` is what to ask for `after` next time."""

    results: list[dict[str, Any]]
    next: int
    has_more: bool


def endpoints_of(user: User, *, permission: str) -> QuerySet[Endpoint]:
    """All endpoints for staff with `permission`, else those of the vendors that `user` manages."""
    found = Endpoint.objects.select_related("vendor").order_by("-id")
    if user.is_staff and user.has_perm(permission):
        return found
    return found.filter(vendor__in=managed_vendors(user))


def managed_vendors(user: User) -> QuerySet[Vendor]:
    """The vendors whose webhooks `user` manages: as owner or manager."""
    return products.managed_vendors(user)


def deliveries_of(endpoint: Endpoint, *, state: str | None = None) -> QuerySet[Delivery]:
    """The log of an endpoint, the newest first, each with its event and its attempts."""
    found = Delivery.objects.filter(endpoint=endpoint).order_by("-id")
    found = found.filter(state=state) if state else found
    return found.select_related("event").prefetch_related("log")


def feed(*, after: int, names: Sequence[str], vendor_id: int | None, limit: int) -> Feed:
    """Public events in their order, from `after` on; with a vendor those that concern it.

    There may be more although fewer than `limit` came back: see `has_more`.
    """
    statement = _FEED_OF_ALL if vendor_id is None else _FEED_OF_VENDOR
    asked = {"after": after, "wanted": list(names), "vendor": vendor_id, "limit": limit}
    asked["scanned"] = SCANNED
    rows = sql.rows(statement, {**NAMES, **asked})
    found = [row for row in rows if row["id"] is not None]
    if len(found) > limit:
        found = found[:limit]
        return Feed([_as_told(row) for row in found], found[-1]["position"], has_more=True)
    last = rows[0]["last_scanned"]
    has_more = rows[0]["scanned"] == SCANNED
    return Feed([_as_told(row) for row in found], after if last is None else last, has_more)


def _as_told(row: dict[str, Any]) -> dict[str, Any]:
    return message(
        event_id=row["id"],
        position=row["position"],
        name=row["name"],
        created_at=row["created_at"],
        payload=orjson.loads(row["payload"]),
        order_number=row["order_number"],
    )


def message_id(event_id: int) -> str:
    """How receivers know an event, however often they are told of it."""
    return f"evt_{event_id}"


def message(
    *,
    event_id: int,
    position: int | None,
    name: str,
    created_at: Any,
    payload: dict[str, Any],
    order_number: str | None,
) -> dict[str, Any]:
    """An event as it is told outside: the body of a delivery, and an entry of the feed."""
    return {
        "id": message_id(event_id),
        "position": position,
        "type": name,
        "created_at": created_at,
        "data": public_data(name, payload, order_number),
    }
