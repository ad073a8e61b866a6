"""How a vendor's days went: what was sold, given back and said, by statements behind the wall.

Days are those of UTC. A sale belongs to the day when it was paid, so that a day that is over
does not change any more; what is given back belongs to the day when the money went. Reviews and
refunds stand above orders: they are read here by the names of their tables only.
"""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from django.conf import settings

from shop.core import sql
from shop.core.money import ZERO, quantize

Row = dict[str, Any]

_COUNTS = ("orders", "units", "review_count")
_AMOUNTS = ("sales", "refunds", "commission")

_SUMMARY = """
    WITH bounds AS (
        SELECT %(first)s::timestamp AT TIME ZONE 'UTC' AS first,
               (%(last)s::timestamp + interval '1 day') AT TIME ZONE 'UTC' AS past
    ), sold AS (
        SELECT (placed.paid_at AT TIME ZONE 'UTC')::date AS day, count(*) AS orders,
               sum((
                   SELECT sum(line.quantity) FROM orders_orderitem AS line
                   WHERE line.vendor_order_id = part.id
               )) AS units,
               sum(part.total_price) AS sales, sum(part.commission_total) AS commission
        FROM bounds
        JOIN orders_order AS placed ON placed.paid_at >= first AND placed.paid_at < past
        JOIN orders_vendororder AS part ON part.order_id = placed.id
        WHERE part.vendor_id = %(vendor)s AND part.currency = %(currency)s
        GROUP BY 1
    ), returned AS (
        SELECT (refund.succeeded_at AT TIME ZONE 'UTC')::date AS day, sum(goods.amount) AS refunds
        FROM bounds
        JOIN payments_refund AS refund
          ON refund.succeeded_at >= first AND refund.succeeded_at < past
        JOIN payments_refunditem AS goods ON goods.refund_id = refund.id
        JOIN orders_orderitem AS line ON line.id = goods.order_item_id
        JOIN orders_vendororder AS part ON part.id = line.vendor_order_id
        WHERE refund.status = 'succeeded'
          AND part.vendor_id = %(vendor)s AND part.currency = %(currency)s
        GROUP BY 1
    ), rated AS (
        SELECT (review.created_at AT TIME ZONE 'UTC')::date AS day,
               sum(review.rating) AS stars, count(*) AS review_count
        FROM bounds
        JOIN reviews_review AS review
          ON review.created_at >= first AND review.created_at < past
        JOIN products_product AS product ON product.id = review.product_id
        WHERE product.vendor_id = %(vendor)s
        GROUP BY 1
    )
    SELECT day::date AS date, coalesce(orders, 0) AS orders, coalesce(units, 0) AS units,
           coalesce(sales, 0) AS sales, coalesce(refunds, 0) AS refunds,
           coalesce(commission, 0) AS commission, coalesce(stars, 0) AS stars,
           coalesce(review_count, 0) AS review_count
    FROM generate_series(%(first)s::timestamp, %(last)s::timestamp, interval '1 day') AS day
    LEFT JOIN sold USING (day) LEFT JOIN returned USING (day) LEFT JOIN rated USING (day)
    ORDER BY day
"""


def of_days(*, vendor_id: int, first: date, last: date) -> Row:
    """Every day from `first` to `last` and their totals, in the shop's currency, as answered."""
    currency = settings.SHOP_CURRENCY
    params = {"vendor": vendor_id, "first": first, "last": last, "currency": currency}
    days = sql.rows(_SUMMARY, params)
    return {
        "from": first,
        "to": last,
        "currency": currency,
        "days": [{"date": day["date"], **_figures([day], currency)} for day in days],
        "totals": _figures(days, currency),
    }


def _figures(days: Iterable[Row], currency: str) -> Row:
    """What `days` add up to; without reviews there is no average."""
    days = list(days)
    counts = {name: sum(int(day[name]) for day in days) for name in _COUNTS}
    amounts = {
        name: quantize(sum((day[name] for day in days), ZERO), currency) for name in _AMOUNTS
    }
    stars = Decimal(sum(day["stars"] for day in days))
    reviews = counts.pop("review_count")
    average = round(float(stars / reviews), 2) if reviews else None
    return {**counts, **amounts, "average_rating": average, "review_count": reviews}
