"""From the outbox to the endpoints: which are told, sending what is due, noting how it went."""

import time
from collections.abc import Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import orjson
from django.db.models import Q
from django.db.models.functions import Now

from shop.core import sql
from shop.core.failpoints import failpoint
from shop.core.models import OutboxEvent
from shop.core.renderers import to_json
from shop.core.transactions import atomic, retry_on_conflict
from shop.vendors.models import Vendor
from shop.webhooks import querysets, sending
from shop.webhooks.catalogue import PUBLIC, TEST
from shop.webhooks.models import Delivery, Endpoint
from shop.webhooks.services.outcomes import record_outcome
from shop.webhooks.signing import signed_headers

SENT_AT_ONCE = 16
PER_ENDPOINT = 3
LEASE = timedelta(seconds=30)
# How long one call goes on claiming; a worker that stops waits so long, and for the last answers.
ROUND = 5.0
LOOK_AGAIN = 0.2
KEPT_FOR = timedelta(days=30)
_PRUNED_AT_ONCE = 5000
_APPROVED = Vendor.Status.APPROVED

_DELIVERY, _ENDPOINT = Delivery._meta.db_table, Endpoint._meta.db_table
_EVENT, _VENDOR = OutboxEvent._meta.db_table, Vendor._meta.db_table

_ENQUEUE = f"""
    INSERT INTO {_DELIVERY} (endpoint_id, event_id, state, attempts, last_error)
    SELECT endpoint.id, event.id, '{Delivery.State.WAITING}', 0, ''
    FROM {_EVENT} AS event JOIN {_ENDPOINT} AS endpoint ON {querysets.HEARS}
    WHERE event.id = ANY(%(ids)s) AND endpoint.is_active
    ORDER BY event.position, endpoint.id
    FOR KEY SHARE OF endpoint -- one that is deleted at this moment is no reason to fail
    ON CONFLICT DO NOTHING
"""  # noqa: S608 (the names come from the models)

# Endpoint by endpoint, so that one with a long queue leaves room for the others. Those of a
# vendor that is suspended wait, as those do that are paused.
_CLAIM = f"""
    WITH ready AS (
        SELECT endpoint.id, greatest(0, {PER_ENDPOINT} - (
            SELECT count(*) FROM {_DELIVERY} AS sent
            WHERE sent.endpoint_id = endpoint.id AND sent.claimed_until > statement_timestamp()
        )) AS room
        FROM {_ENDPOINT} AS endpoint LEFT JOIN {_VENDOR} AS vendor ON vendor.id = vendor_id
        WHERE is_active AND paused_at IS NULL
          AND (vendor_id IS NULL OR vendor.status = '{Vendor.Status.APPROVED}')
    ), due AS (
        SELECT waiting.id FROM ready CROSS JOIN LATERAL (
            SELECT id, next_attempt_at FROM {_DELIVERY}
            WHERE endpoint_id = ready.id AND state = '{Delivery.State.WAITING}'
              AND next_attempt_at <= statement_timestamp() - %(overdue)s
              AND (claimed_until IS NULL OR claimed_until <= statement_timestamp())
            ORDER BY next_attempt_at, id LIMIT ready.room FOR NO KEY UPDATE SKIP LOCKED
        ) AS waiting
        ORDER BY waiting.next_attempt_at, waiting.id LIMIT %(limit)s
    )
    UPDATE {_DELIVERY} AS delivery SET claimed_until = statement_timestamp() + %(lease)s
    FROM due WHERE delivery.id = due.id
    RETURNING delivery.id
"""  # noqa: S608 (the names come from the models)

_LETTERS = f"""
    SELECT delivery.id, delivery.claimed_until, delivery.endpoint_id, endpoint.url,
           endpoint.secret, endpoint.previous_secret,
           coalesce(endpoint.previous_secret_until > statement_timestamp(), false) AS has_previous,
           event.id AS event_id, event.position, event.name, event.payload, event.created_at,
           shop_order.number AS order_number
    FROM {_DELIVERY} AS delivery
    JOIN {_ENDPOINT} AS endpoint ON endpoint.id = delivery.endpoint_id
    JOIN {_EVENT} AS event ON event.id = delivery.event_id
    {querysets.ORDER_NUMBER}
    WHERE delivery.id = ANY(%(ids)s)
    ORDER BY delivery.id
"""  # noqa: S608 (the names come from the models)


@dataclass(frozen=True)
class _Letter:
    """All that sending needs to know, so that the database is not asked meanwhile."""

    delivery_id: int
    claimed_until: datetime
    url: str
    message_id: str
    body: bytes
    keys: tuple[str, ...]


def enqueue(events: Sequence[OutboxEvent]) -> None:
    """Give each endpoint that hears one of `events` its delivery; a second time does nothing."""
    told = [event.pk for event in events if event.name in PUBLIC or event.name == TEST.name]
    if told:
        sql.run(_ENQUEUE, {**querysets.NAMES, "ids": told})


def send_due(*, overdue: timedelta = timedelta()) -> int:
    """Send what is due (for as long as `overdue`), several at once; returns how many were tried.

    Each request takes five seconds at most and each endpoint gets a few at a time: one that
    is slow holds up nobody else.
    """
    tried = 0
    in_flight: dict[Future[sending.Outcome], _Letter] = {}
    closing = time.monotonic() + ROUND
    with ThreadPoolExecutor(SENT_AT_ONCE) as pool:
        while True:
            room = SENT_AT_ONCE - len(in_flight) if time.monotonic() < closing else 0
            letters = _claim(limit=room, overdue=overdue) if room else []
            in_flight |= {pool.submit(_send, letter): letter for letter in letters}
            if not in_flight:
                return tried
            tried += _record_answers(in_flight)


@atomic
def prune_deliveries() -> int:
    """Forget what was sent, or waits for an endpoint that nothing is sent to, for 30 days."""
    silent = Q(endpoint__is_active=False) | Q(endpoint__paused_at__isnull=False)
    silent |= Q(endpoint__vendor__isnull=False) & ~Q(endpoint__vendor__status=_APPROVED)
    old = Delivery.objects.filter(~Q(state=Delivery.State.WAITING) | silent)
    old = old.filter(created_at__lt=Now() - KEPT_FOR).order_by("created_at")
    ids = list(old.values_list("pk", flat=True)[:_PRUNED_AT_ONCE])
    Delivery.objects.filter(pk__in=ids).delete()
    return len(ids)


@retry_on_conflict
@atomic
def _claim(*, limit: int, overdue: timedelta) -> list[_Letter]:
    claimed = sql.rows(_CLAIM, {"limit": limit, "overdue": overdue, "lease": LEASE})
    if not claimed:
        return []
    ids = [row["id"] for row in claimed]
    return [_letter(row) for row in sql.rows(_LETTERS, {**querysets.NAMES, "ids": ids})]


def _letter(row: dict[str, Any]) -> _Letter:
    body = querysets.message(
        event_id=row["event_id"],
        position=row["position"],
        name=row["name"],
        created_at=row["created_at"],
        payload=orjson.loads(row["payload"]),
        order_number=row["order_number"],
    )
    previous = (row["previous_secret"],) if row["has_previous"] else ()
    return _Letter(
        delivery_id=row["id"],
        claimed_until=row["claimed_until"],
        url=row["url"],
        message_id=body["id"],
        body=to_json(body),
        keys=(row["secret"], *previous),
    )


def _send(letter: _Letter) -> sending.Outcome:
    headers = signed_headers(
        message_id=letter.message_id,
        timestamp=int(time.time()),
        body=letter.body,
        keys=letter.keys,
    )
    return sending.post(url=letter.url, body=letter.body, headers=headers)


def _record_answers(in_flight: dict[Future[sending.Outcome], _Letter]) -> int:
    """Wait a moment for answers, note those that came and take them out of `in_flight`."""
    done, _ = wait(in_flight, timeout=LOOK_AGAIN, return_when=FIRST_COMPLETED)
    for future in done:
        letter = in_flight.pop(future)
        failpoint("webhooks.before_record")
        record_outcome(
            delivery_id=letter.delivery_id,
            claimed_until=letter.claimed_until,
            outcome=future.result(),
        )
    return len(done)
