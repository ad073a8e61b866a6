"""The books as they are read: balances, what vendors see of their entries, and all of them."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, cast

from django.conf import settings
from django.db.models import Count, QuerySet, Sum

from shop.core import references, sql
from shop.core.money import ZERO, MoneyField
from shop.ledger.models import Adjustment, Entry
from shop.orders.models import Order
from shop.vendors.models import Vendor

Account = Entry.Account

_MONEY = MoneyField()  # reads amounts in the shop's minor unit

# Credits are the vendor's, so that what it has is positive. What was paid out long ago is not
# read: both selections of entries have an index of their own.
_BALANCES = """
    SELECT currency, sum(payable) AS payable, sum(reserve) AS reserve,
           sum(in_transit) AS in_transit, sum(paid_out) AS paid_out
    FROM (
        SELECT currency, -amount AS payable, 0 AS reserve, 0 AS in_transit, 0 AS paid_out
        FROM ledger_entry
        WHERE vendor_id = %(vendor)s AND account = 'vendor_payable' AND payout_id IS NULL
        UNION ALL
        SELECT currency, 0, CASE account WHEN 'vendor_reserve' THEN -amount ELSE 0 END,
               CASE account WHEN 'vendor_in_transit' THEN -amount ELSE 0 END, 0
        FROM ledger_entry
        WHERE vendor_id = %(vendor)s AND account IN ('vendor_reserve', 'vendor_in_transit')
        UNION ALL
        SELECT currency, 0, 0, 0, amount FROM ledger_payout
        WHERE vendor_id = %(vendor)s AND status = 'settled'
    ) AS had
    GROUP BY currency ORDER BY currency
"""
# Owed again without an event: a refund that was refused, and is revived at its provider.
_UNBOOKED_REFUNDS = """
    SELECT DISTINCT refund.payment_id FROM payments_refund AS refund
    JOIN ledger_transaction AS sale ON sale.cause = 'payment:' || refund.payment_id
    WHERE refund.status = 'pending' AND (
        SELECT booked.kind FROM ledger_transaction AS booked
        WHERE booked.order_id = sale.order_id AND booked.cause LIKE 'refund:' || refund.id || ':%%'
        ORDER BY booked.id DESC LIMIT 1
    ) IS DISTINCT FROM 'refund'
    ORDER BY refund.payment_id LIMIT %s
"""

_OF_TRANSACTION = ("kind", "cause", "note", "created_at")
_STATEMENT = (
    *("id", "amount", "currency"),
    *(f"transaction__{name}" for name in _OF_TRANSACTION),
    *("vendor_order__number", "payout__number"),
)
_ENTRY = (
    *(*_STATEMENT, "account", "provider", "transaction_id"),
    *("vendor_id", "vendor__name", "vendor__slug"),
    *("transaction__order__number", "transaction__actor_id", "transaction__actor__email"),
)


@dataclass(frozen=True, kw_only=True)
class Balance:
    """What a vendor has in one currency: `payable` is due to it, or its debt below zero."""

    currency: str
    payable: Decimal
    reserve: Decimal
    in_transit: Decimal
    paid_out: Decimal

    @property
    def is_debt(self) -> bool:
        return self.payable < 0


def balances_of(vendor: Vendor) -> list[Balance]:
    """One per currency; of a vendor without any, that of the shop's currency, which is zero.

    Behind the wall or in front of it.
    """
    found = [
        Balance(
            currency=row["currency"],
            **{
                name: _MONEY.from_db_value(row[name]) or ZERO
                for name in ("payable", "reserve", "in_transit", "paid_out")
            },
        )
        for row in sql.rows(_BALANCES, {"vendor": vendor.pk})
    ]
    nothing = dict.fromkeys(("payable", "reserve", "in_transit", "paid_out"), ZERO)
    return found or [Balance(currency=settings.SHOP_CURRENCY, **nothing)]


def currencies_of(vendor: Vendor) -> list[str]:
    """Those in which the vendor was ever credited or debited."""
    used = Entry.objects.filter(vendor=vendor).order_by("currency")
    return list(used.values_list("currency", flat=True).distinct())


def statement_of(
    vendor: Vendor,
    *,
    kind: str | None = None,
    currency: str | None = None,
    since: date | None = None,
    until: date | None = None,
) -> QuerySet[Entry, Any]:
    """The vendor's payable entries, newest first, as rows for `serializers.statement_json`."""
    entries = Entry.objects.filter(vendor=vendor, account=Account.VENDOR_PAYABLE)
    if kind is not None:
        entries = entries.filter(transaction__kind=kind)
    if currency is not None:
        entries = entries.filter(currency=currency)
    found = _within(entries, since, until).order_by("-id")
    return cast("QuerySet[Entry, Any]", found.values(*_STATEMENT))


def entries(
    *,
    vendor: str | None = None,
    order: str | None = None,
    account: str | None = None,
    kind: str | None = None,
    currency: str | None = None,
    since: date | None = None,
    until: date | None = None,
) -> QuerySet[Entry, Any]:
    """All entries, newest first, as rows for `serializers.entry_json`.

    `vendor` is its slug or id, `order` its number or id.
    """
    found = Entry.objects.all()
    if vendor is not None:
        found = found.filter(vendor__in=_named(vendor))
    if order is not None:
        placed = Order.objects.filter(references.reference(order.upper(), field="number"))
        found = found.filter(transaction__order__in=placed.order_by().values("pk"))
    exact = {"account": account, "transaction__kind": kind, "currency": currency}
    found = found.filter(**{name: value for name, value in exact.items() if value is not None})
    found = _within(found, since, until).order_by("-id")
    return cast("QuerySet[Entry, Any]", found.values(*_ENTRY))


def accounts() -> QuerySet[Entry, Any]:
    """The trial balance: what stands in each account, of each provider, in each currency."""
    grouped = Entry.objects.order_by("currency", "account", "provider")
    return grouped.values("account", "provider", "currency").annotate(
        balance=Sum("amount"), entries=Count("pk")
    )


def adjustments(*, vendor: str | None = None, status: str | None = None) -> QuerySet[Adjustment]:
    """Newest first, with who is named in them."""
    found = Adjustment.objects.select_related("vendor", "proposed_by", "decided_by")
    if vendor is not None:
        found = found.filter(vendor__in=_named(vendor))
    if status is not None:
        found = found.filter(status=status)
    return found.order_by("-id")


def unbooked_refunds(*, limit: int) -> list[int]:
    """The ids of payments in the books that owe a refund which the books do not know."""
    return [row["payment_id"] for row in sql.rows(_UNBOOKED_REFUNDS, [limit])]


def _named(vendor: str) -> QuerySet[Vendor, Any]:
    return Vendor.objects.filter(references.reference(vendor)).order_by().values("pk")


def _within(found: QuerySet[Entry], since: date | None, until: date | None) -> QuerySet[Entry]:
    if since is not None:
        found = found.filter(transaction__created_at__date__gte=since)
    if until is not None:
        found = found.filter(transaction__created_at__date__lte=until)
    return found
