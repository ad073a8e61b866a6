"""Orders of several sellers for tests, paid as a shopper pays; and what the books say of them."""

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal

from django.db.models import F, Sum
from django.db.models.functions import Now

from shop.accounts.models import User
from shop.core.models import OutboxEvent
from shop.ledger.models import Entry, Transaction
from shop.orders.models import Order, VendorOrder
from shop.orders.tests.make import make_order
from shop.payments import services as payments
from shop.payments.models import Payment, Refund
from shop.payments.tests.make import deliver, pay
from shop.products.tests.make import make_product
from shop.vendors.models import Vendor


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
