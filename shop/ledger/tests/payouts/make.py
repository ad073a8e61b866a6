"""Books for tests: sales and corrections as they stand there, and payouts of them."""

import itertools
from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db import connection
from django.utils import timezone

from shop.accounts.tests.make import make_user
from shop.core.transactions import atomic
from shop.ledger import services
from shop.ledger.models import Entry, Payout, Transaction
from shop.orders.models import Order, VendorOrder
from shop.orders.tests.make import make_order
from shop.products.tests.make import make_product
from shop.vendors.models import Vendor
from shop.vendors.tests.make import make_vendor

DETAILS = {
    "manual": {
        "account_holder": "Vera Vance",
        "iban": "DE02120300000000202051",
        "bic": "BYLADEM1001",
        "bank_name": "Bank",
    },
    "stripe": {"account": "acct_vera"},
}

_causes = itertools.count(1)


def make_seller(
    name: str | None = None, *, method: str = "manual", schedule: str = "daily", **fields: object
) -> Vendor:
    """An approved vendor that can be paid out."""
    vendor = make_vendor(name)
    terms = {"payout_method": method, "payout_schedule": schedule}
    Vendor.objects.filter(pk=vendor.pk).update(
        **{"payout_details": DETAILS[method], **terms, **fields}
    )
    vendor.refresh_from_db()
    return vendor


def make_part(
    vendor: Vendor, *, price: str = "50.00", status: str = "DELIVERED", days_ago: float = 30
) -> VendorOrder:
    """A part of an order of `vendor`'s goods that was delivered (or moved) so long ago."""
    product = make_product(vendor=vendor, price=price)
    order = make_order(make_user(), variants=[product.variants.get()])
    Order.objects.filter(pk=order.pk).update(status=status)
    part = order.parts.get()
    moved_at = timezone.now() - timedelta(days=days_ago)
    stamp = {"DELIVERED": "delivered_at", "CANCELLED": "cancelled_at"}.get(status, "updated_at")
    parts = VendorOrder.objects.filter(pk=part.pk)
    parts.update(**{"status": status, "updated_at": moved_at, stamp: moved_at})
    part.refresh_from_db()
    return part


def sell(vendor: Vendor, amount: str, *, currency: str = "USD", **how: object) -> VendorOrder:
    """A part, delivered long ago unless `how` says otherwise, with `amount` for the vendor."""
    part = make_part(vendor, **how)  # type: ignore[arg-type]
    book(vendor, amount, part=part, currency=currency)
    return part


@atomic
def book(
    vendor: Vendor,
    amount: str | Decimal,
    *,
    kind: str = Transaction.Kind.SALE,
    part: VendorOrder | None = None,
    currency: str = "USD",
    note: str = "",
) -> Transaction:
    """`amount` is credited to the vendor; below zero it is taken."""
    booked = Transaction.objects.create(
        kind=kind,
        cause=f"test:{next(_causes)}",
        note=note,
        order_id=None if part is None else part.order_id,
    )
    one: dict[str, Any] = {"transaction": booked, "currency": currency}
    Entry.objects.create(
        **one,
        account=Entry.Account.VENDOR_PAYABLE,
        vendor=vendor,
        amount=-Decimal(amount),
        vendor_order=part,
    )
    other: dict[str, str] = {"account": Entry.Account.ADJUSTMENTS}
    if kind != Transaction.Kind.ADJUSTMENT:
        other = {"account": Entry.Account.CLEARING, "provider": "test"}
    Entry.objects.create(**one, **other, amount=Decimal(amount))
    return booked


def pay_out(vendor: Vendor, *, on: date | None = None) -> Payout:
    """The payout of all that is due to the vendor."""
    run = services.schedule_payouts(on=on or services.today(), vendors=[vendor])
    (payout,) = run.payouts
    return payout


def balances(vendor: Vendor, currency: str = "USD") -> Mapping[str, Decimal]:
    """What the vendor has on each account, credits positive; payable: not in a payout yet."""
    check_books()
    found: dict[str, Decimal] = {"payable": Decimal(0), "in_transit": Decimal(0)}
    for entry in Entry.objects.filter(vendor=vendor, currency=currency):
        if entry.account == Entry.Account.VENDOR_IN_TRANSIT:
            found["in_transit"] -= entry.amount
        elif entry.payout_id is None:
            found["payable"] -= entry.amount
    return found


def check_books() -> None:
    """What the database checks when a transaction is committed, which that of a test never is."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
