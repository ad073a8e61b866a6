"""Orders of several sellers for tests, paid as a shopper pays; and what the books say of them."""

import itertools
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from django.db.models import F, Sum
from django.db.models.functions import Now

from shop.accounts.models import User
from shop.core.models import OutboxEvent
from shop.core.money import ZERO
from shop.core.tests.plant import told
from shop.ledger import audits
from shop.ledger.models import Entry, Payout, Transaction
from shop.orders.models import Order, VendorOrder
from shop.orders.tests.make import make_order
from shop.payments import services as payments
from shop.payments.models import Dispute, Payment, Refund
from shop.payments.provider import FetchedDispute
from shop.payments.tests.make import deliver, pay
from shop.products.tests.make import make_product
from shop.vendors.models import Vendor

EVERY = (
    *(audits.balanced, audits.caused, audits.once, audits.sales, audits.shares, audits.refunds),
    *(audits.disputes, audits.parts, audits.commissions, audits.payouts, audits.adjustments),
)
_numbers = itertools.count(1)
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


def make_shared_order(
    buyer: User, vendors: Sequence[Vendor | None], *, price: str = "10.00", quantity: int = 1
) -> Order:
    """A PENDING order of one product of each vendor; None is the house."""
    products = [
        make_product(price=price, stock=100)
        if vendor is None
        else make_product(price=price, stock=100, vendor=vendor)
        for vendor in vendors
    ]
    variants = [product.variants.get() for product in products]
    return make_order(buyer, variants=variants, quantity=quantity)


def make_sale(
    buyer: User, vendors: Sequence[Vendor | None], *, price: str = "10.00", quantity: int = 1
) -> Payment:
    """Such an order, paid, and in the books."""
    order = make_shared_order(buyer, vendors, price=price, quantity=quantity)
    payment = pay(order)
    deliver()
    return payment


def give_back(
    payment: Payment,
    actor: User,
    *,
    amount: str | None = None,
    part: int | None = None,
    quantity: int = 1,
) -> Refund:
    """An amount, or so many of the one line of a part (0 is the first), or all that is left."""
    items = None
    if part is not None:
        line = parts_of(payment)[part].items.get()
        items = [{"item": line.pk, "quantity": quantity}]
    payments.refund_order(
        order=payment.order,
        actor=actor,
        amount=None if amount is None else Decimal(amount),
        items=items,  # type: ignore[arg-type]
    )
    deliver()
    return payment.refunds.latest("id")


def parts_of(payment: Payment) -> list[VendorOrder]:
    return list(VendorOrder.objects.filter(order=payment.order_id).order_by("id"))


def standing(payment: Payment) -> dict[str, str]:
    """What stands in the books of an order: {"payable 1": "-9.00", "clearing sandbox": "10.00"}."""
    found = (
        Entry.objects.filter(transaction__order=payment.order_id)
        .order_by("account", "vendor_order", "provider")
        .values_list("account", "vendor_order", "provider")
        .annotate(total=Sum("amount"))
    )
    numbers = {part.pk: part.number.rpartition("-")[2] for part in parts_of(payment)}
    return {
        " ".join(filter(None, [account, numbers.get(part), provider])): str(total)
        for account, part, provider, total in found
        if total
    }


def causes(payment: Payment) -> list[str]:
    booked = Transaction.objects.filter(order=payment.order_id).order_by("id")
    return [f"{one.kind} {one.cause}" for one in booked]


def age() -> None:
    """What has happened happened an hour ago: audits do not wait for it any more."""
    hour = timedelta(hours=1)
    OutboxEvent.objects.filter(delivered_at__isnull=False).update(
        delivered_at=F("delivered_at") - hour
    )
    Payment.objects.update(updated_at=Now() - hour)


def all_told() -> dict[str, list[str]]:
    """What each audit of the books finds, of those that find something."""
    found = {audit.name: told(audit) for audit in EVERY}
    return {name: texts for name, texts in found.items() if texts}


def dispute(
    payment: Payment,
    status: Dispute.Status = Dispute.Status.OPEN,
    amount: str = "60.00",
    *,
    currency: str = "USD",
    name: str = "dp",
) -> None:
    """What its provider tells of a dispute; it is not heard yet."""
    about = FetchedDispute(
        reference=f"{name}_{payment.pk}",
        amount=Decimal(amount),
        currency=currency,
        reason="fraudulent",
        status=status,
        opened_at=NOON,
        closed_at=None if status == Dispute.Status.OPEN else NOON,
    )
    payments.record_dispute(payment=payment, told=about)


def pay_out(vendor: Vendor) -> Payout | None:
    """All that is payable to the vendor, set aside, if it is more than nothing."""
    entries = Entry.objects.filter(vendor=vendor, account="vendor_payable", payout=None)
    amount = -sum((entry.amount for entry in entries), ZERO)
    if amount <= 0:
        return None
    payout = Payout.objects.create(
        vendor=vendor,
        number=f"PO-{next(_numbers)}",
        method="manual",
        currency="USD",
        amount=amount,
        period_end=NOON.date() + timedelta(days=next(_numbers)),
        destination={},
    )
    entries.update(payout=payout)
    booked = Transaction.objects.create(kind="payout", cause=f"payout:{payout.pk}")
    for account, sign in (("vendor_payable", 1), ("vendor_in_transit", -1)):
        Entry.objects.create(
            transaction=booked,
            account=account,
            vendor=vendor,
            currency="USD",
            amount=amount * sign,
            payout=payout,
        )
    return payout
