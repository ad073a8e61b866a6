"""Reads of payouts, and of what is due for the next ones. Taking what is due is one statement."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import orjson
from django.conf import settings
from django.db.models import QuerySet

from shop.core import references, sql
from shop.core.money import quantize
from shop.ledger.due import Due
from shop.ledger.models import Payout, Transaction
from shop.ledger.statements import Line
from shop.vendors.models import Vendor

# What is payable to vendors, by part of an order, and whether it is due on a day. All that
# belongs to a part becomes due together: when it was delivered and held long enough. What was
# cancelled or given back whole is due at once when nothing of it is left or more was given back;
# something that is left waits as long as after a delivery, for its refund may be on the way.
# What has no part, such as adjustments, does not wait, and neither does a debt.
_DUE = """
    vendor AS (
        SELECT *, coalesce(payout_minimum, %(minimum)s) AS minimum,
               least((%(on)s::date + 1)::timestamp AT TIME ZONE 'UTC', now())
                   - make_interval(days => coalesce(payout_hold_days, %(hold)s)) AS held_since
        FROM vendors_vendor
        WHERE NOT is_house AND (%(vendors)s::bigint[] IS NULL OR id = ANY(%(vendors)s::bigint[]))
    ), part AS (
        SELECT entry.vendor_id, entry.currency, coalesce(entry.vendor_order_id, 0) AS part_id,
               -sum(entry.amount) AS payable, count(*) AS entries,
               (entry.vendor_order_id IS NULL OR sum(entry.amount) > 0
                OR part.status = 'DELIVERED' AND part.delivered_at < vendor.held_since
                OR part.status IN ('CANCELLED', 'REFUNDED')
                   AND (sum(entry.amount) = 0 OR part.updated_at < vendor.held_since)) AS is_due
        FROM ledger_entry AS entry
        JOIN vendor ON vendor.id = entry.vendor_id
        LEFT JOIN orders_vendororder AS part ON part.id = entry.vendor_order_id
        WHERE entry.account = 'vendor_payable' AND entry.payout_id IS NULL
        GROUP BY entry.vendor_id, entry.currency, entry.vendor_order_id, part.id,
                 vendor.held_since
    )
"""

_PREVIEW = f"""
    WITH {_DUE}, total AS (
        SELECT vendor_id, currency, sum(payable) AS balance,
               coalesce(sum(payable) FILTER (WHERE is_due), 0) AS amount,
               coalesce(sum(entries) FILTER (WHERE is_due), 0)::bigint AS entries
        FROM part GROUP BY vendor_id, currency
    )
    SELECT total.*, vendor.name, vendor.slug, vendor.status,
           CASE total.currency WHEN %(shop_currency)s THEN vendor.minimum ELSE 0 END AS minimum,
           vendor.payout_method AS method, vendor.payout_schedule AS schedule,
           vendor.payout_details::text AS details,
           coalesce(paid.is_paid, false) AS is_paid, coalesce(paid.is_done, false) AS is_done
    FROM total JOIN vendor ON vendor.id = total.vendor_id
    LEFT JOIN (
        SELECT vendor_id, currency, true AS is_done,
               bool_or(period_end = %(on)s AND status <> 'failed') AS is_paid
        FROM ledger_payout WHERE period_end >= %(on)s GROUP BY vendor_id, currency
    ) AS paid USING (vendor_id, currency)
    WHERE %(schedule)s::text IS NULL OR vendor.payout_schedule = %(schedule)s
    ORDER BY vendor.id, currency
"""  # noqa: S608 (put together from constants)

# The vendor's row must be locked. Refused payouts leave gaps in the numbers.
_TAKE = f"""
    WITH {_DUE}, chosen AS (
        SELECT nextval(pg_get_serial_sequence('ledger_payout', 'id')) AS id
    ), taken AS (
        UPDATE ledger_entry AS entry SET payout_id = chosen.id
        FROM chosen, part
        WHERE entry.account = 'vendor_payable' AND entry.payout_id IS NULL
          AND entry.vendor_id = part.vendor_id AND entry.currency = part.currency
          AND coalesce(entry.vendor_order_id, 0) = part.part_id
          AND part.is_due AND part.currency = %(currency)s
        RETURNING entry.amount
    ), due AS (
        SELECT -sum(amount) AS amount FROM taken
    ), payout AS (
        INSERT INTO ledger_payout (
            id, vendor_id, number, method, status, currency, amount, period_end, destination,
            reference, failure_reason, actor_id, created_at
        )
        SELECT chosen.id, vendor.id,
               'PO-' || to_char(now() AT TIME ZONE 'UTC', 'YYYY-') ||
                   lpad(counted::text, greatest(6, length(counted::text)), '0'),
               vendor.payout_method, 'scheduled', %(currency)s, due.amount, %(on)s,
               vendor.payout_details, '', '', %(actor)s, now()
        FROM chosen, vendor, due, nextval('ledger_payout_number_seq') AS counted
        WHERE due.amount > 0 AND vendor.status = 'approved'
          AND (due.amount >= vendor.minimum OR %(currency)s <> %(shop_currency)s)
          AND NOT EXISTS (
              SELECT FROM ledger_payout
              WHERE vendor_id = vendor.id AND currency = %(currency)s AND period_end = %(on)s
                AND status <> 'failed'
          )
        RETURNING *
    ), booked AS (
        INSERT INTO ledger_transaction (kind, cause, note, actor_id, created_at)
        SELECT 'payout', 'payout:' || id, number, actor_id, now() FROM payout
        RETURNING id
    ), entries AS (
        INSERT INTO ledger_entry (
            transaction_id, account, vendor_id, provider, currency, amount, payout_id
        )
        SELECT booked.id, side.account, payout.vendor_id, '', payout.currency,
               payout.amount * side.sign, payout.id
        FROM booked, payout,
             (VALUES ('vendor_payable', 1), ('vendor_in_transit', -1)) AS side (account, sign)
    )
    SELECT {sql.columns(Payout)} FROM payout
"""  # noqa: S608 (the columns come from the model)


# One row for each part of an order, and for each entry that has none. What the commission was
# stands on the part, in proportion where another amount came than was asked for; what refunds
# gave back of it is in their amounts already.
_LINES = """
    SELECT coalesce(part.number, '') AS part,
           coalesce(part.delivered_at, min(booked.created_at)) AS day,
           min(booked.kind) AS kind, min(booked.note) AS note,
           coalesce(-sum(entry.amount) FILTER (WHERE booked.kind = 'sale'), 0) AS sold,
           coalesce(-sum(entry.amount) FILTER (WHERE booked.kind = 'sale')
               * part.commission_total
               / nullif(part.subtotal - part.discount_total - part.commission_total, 0), 0)
               AS commission,
           coalesce(-sum(entry.amount) FILTER (WHERE booked.kind LIKE 'refund%%'), 0) AS refunds,
           coalesce(-sum(entry.amount) FILTER (WHERE booked.kind LIKE 'dispute%%'), 0) AS disputes,
           -sum(entry.amount) AS total
    FROM ledger_entry AS entry
    JOIN ledger_transaction AS booked ON booked.id = entry.transaction_id
    LEFT JOIN orders_vendororder AS part ON part.id = entry.vendor_order_id
    WHERE entry.payout_id = %s AND entry.account = 'vendor_payable' AND booked.kind <> 'payout'
    GROUP BY part.id, CASE WHEN part.id IS NULL THEN entry.id END
    ORDER BY part.id NULLS LAST, min(entry.id)
"""


_OTHER_LINES = {Transaction.Kind.PAYOUT_RETURNED: Line.Kind.RETURNED_PAYOUT}


def preview(
    *, on: date, vendors: Sequence[int] | None = None, schedule: str | None = None
) -> list[Due]:
    """What each vendor (of `vendors`, if given) has on the day `on`: one statement for all.

    Who has nothing that is payable is not in it.
    """
    params = {"on": on, "schedule": schedule, **_terms(vendors)}
    return [_due(row) for row in sql.rows(_PREVIEW, params)]


def take(*, vendor_id: int, currency: str, on: date, actor_id: int | None) -> Payout | None:
    """Put all that is due into a new payout; None: it is not to be paid, and must be undone."""
    params = {"on": on, "currency": currency, "actor": actor_id, **_terms([vendor_id])}
    return next(iter(sql.instances(Payout, _TAKE, params)), None)


def paid_out(*, on: date, vendors: Sequence[int] | None = None) -> QuerySet[Payout]:
    """The payouts of the day that have not failed."""
    found = Payout.objects.filter(period_end=on).exclude(status=Payout.Status.FAILED)
    return found if vendors is None else found.filter(vendor__in=vendors)


def payouts(*, status: str | None = None, vendor: str | None = None) -> QuerySet[Payout]:
    """For staff: all of them, the newest first, each with its vendor."""
    found = Payout.objects.select_related("vendor").order_by("-id")
    if status is not None:
        found = found.filter(status=status)
    if vendor is not None:
        named = Vendor.objects.filter(references.reference(vendor)).order_by()
        found = found.filter(vendor__in=named)
    return found


def payouts_of(vendor: Vendor, *, status: str | None = None) -> QuerySet[Payout]:
    """The vendor's own, the newest first."""
    found = Payout.objects.filter(vendor=vendor).order_by("-id")
    return found if status is None else found.filter(status=status)


def find(rows: QuerySet[Payout], named: str) -> Payout:
    """The one of `rows` with this number or id. Raises `NotFound`."""
    return references.get(rows, named, field="number")


def lines_of(payout: Payout) -> list[Line]:
    """What the payout pays, in one statement: its parts of orders, then all that has none."""
    return [
        Line(
            part=row["part"],
            day=row["day"].date(),
            what=row["part"] or row["note"] or row["kind"],
            kind=Line.Kind.PART
            if row["part"]
            else _OTHER_LINES.get(row["kind"], Line.Kind.ADJUSTMENT),
            sales=row["sold"] + commission,
            commission=-commission,
            refunds=row["refunds"],
            disputes=row["disputes"],
            total=row["total"],
        )
        for row in sql.rows(_LINES, [payout.pk])
        for commission in [quantize(row["commission"], payout.currency)]
    ]


def for_the_bank() -> QuerySet[Payout]:
    """What people have to pay by hand, the oldest first."""
    waiting = Payout.objects.filter(
        status=Payout.Status.SCHEDULED,
        method=Vendor.PayoutMethod.MANUAL,
        vendor__status=Vendor.Status.APPROVED,
    )
    return waiting.order_by("id")


def locked(payout_id: int) -> Payout:
    """The payout, held until the transaction ends."""
    return Payout.objects.select_for_update().get(pk=payout_id)


def _terms(vendors: Sequence[int] | None) -> dict[str, Any]:
    return {
        "vendors": None if vendors is None else list(vendors),
        "hold": settings.PAYOUT_HOLD_DAYS,
        "minimum": settings.PAYOUT_MINIMUM,
        # A minimum is an amount of this; what came in another currency has none.
        "shop_currency": settings.SHOP_CURRENCY,
    }


def _due(row: dict[str, Any]) -> Due:
    amounts: dict[str, Decimal] = {
        name: _in_currency(row[name], row["currency"]) for name in ("amount", "balance", "minimum")
    }
    return Due(**row | amounts | {"details": orjson.loads(row["details"])})


def _in_currency(amount: Decimal, currency: str) -> Decimal:
    """With the currency's digits, unless that would lose something."""
    rounded = quantize(amount, currency)
    return rounded if rounded == amount else amount
