"""The books of orders: brought up to what is true of their payments.

Every event about a payment ends here, in any order and any number of times. What is true is
read with the order's row locked, so that nothing changes meanwhile; `shop.ledger.books` says
what the books lack.
"""

import logging
from collections import Counter
from collections.abc import Sequence
from decimal import Decimal
from itertools import groupby

from shop.core import sql
from shop.core.failpoints import failpoint, failpoint_after_commit
from shop.core.money import ZERO
from shop.core.transactions import atomic, retry_on_conflict
from shop.ledger import books, querysets
from shop.ledger.books import Booked, DisputeTruth, RefundTruth, Truth, sale_of
from shop.ledger.models import Entry, Transaction
from shop.ledger.shares import Goods, Part, Posting
from shop.orders import querysets as order_querysets
from shop.orders.models import OrderItem, VendorOrder
from shop.payments.models import Dispute, Payment, Refund, RefundItem

logger = logging.getLogger(__name__)

BATCH = 100

# One look each, so that orders with goods of the house only cost no more than that.
_MARKETPLACE_ORDER = """
    SELECT payment.order_id FROM payments_payment AS payment
    WHERE payment.id = %s AND EXISTS (
        SELECT FROM orders_vendororder AS part
        JOIN vendors_vendor AS vendor ON vendor.id = part.vendor_id
        WHERE part.order_id = payment.order_id AND NOT vendor.is_house
    )
"""
_BOOKED_ORDER = "SELECT order_id FROM ledger_transaction WHERE cause = %s"
_BOOKED_PAYMENT = """
    SELECT refund.payment_id FROM payments_refund AS refund
    JOIN ledger_transaction AS sale ON sale.cause = 'payment:' || refund.payment_id
    WHERE refund.id = %s
"""


@retry_on_conflict
@atomic
def book_payment(*, payment_id: int) -> None:
    """An order is paid by this payment: post its sale, and all that became of it since.

    Orders with goods of the house only are not in the books. Safe to repeat.
    """
    for row in sql.rows(_MARKETPLACE_ORDER, [payment_id]):
        _bring_up_to_date(row["order_id"], payment_id)


@retry_on_conflict
@atomic
def catch_up(*, payment_id: int) -> None:
    """Book what became of a payment, if its sale is in the books. Safe to repeat."""
    for row in sql.rows(_BOOKED_ORDER, [sale_of(payment_id)]):
        _bring_up_to_date(row["order_id"], payment_id)


@retry_on_conflict
@atomic
def catch_up_refund(*, refund_id: int) -> None:
    """`catch_up` of the refund's payment."""
    for row in sql.rows(_BOOKED_PAYMENT, [refund_id]):
        catch_up(payment_id=row["payment_id"])


def catch_up_all() -> int:
    """Book the refunds that no event tells of; returns how many payments there were.

    One that was refused and is revived at its provider is owed again without a word.
    """
    waiting = querysets.unbooked_refunds(limit=BATCH)
    for payment_id in waiting:
        try:
            catch_up(payment_id=payment_id)
        except Exception:
            # The books of one order must not keep those of the others.
            logger.exception("the books of payment %s could not be brought up to date", payment_id)
    return len(waiting)


def _bring_up_to_date(order_id: int, payment_id: int) -> None:
    order_querysets.locked(order_id)
    payment = Payment.objects.select_related("order").get(pk=payment_id)
    known = _booked(order_id)
    missing = books.missing(_truth(payment), known)
    if missing:
        _write(payment, missing, known)
        failpoint("booking.before_commit")
        failpoint_after_commit("booking.after_commit")


def _truth(payment: Payment) -> Truth:
    parts = VendorOrder.objects.filter(order=payment.order_id).select_related("vendor")
    return Truth(
        payment=payment.pk,
        provider=payment.provider,
        captured=payment.captured_amount,
        currency=payment.captured_currency,
        parts=[_part(part) for part in parts.order_by("id")],
        refunds=_refunds(payment),
        disputes=[
            _dispute(dispute, payment.captured_currency)
            for dispute in Dispute.objects.filter(payment=payment)
        ],
    )


def _part(part: VendorOrder) -> Part:
    return Part(
        id=part.pk,
        vendor=None if part.vendor.is_house else part.vendor_id,
        goods=part.subtotal - part.discount_total,
        commission=part.commission_total,
        shipping=part.shipping_total,
        tax=part.tax_total,
    )


def _refunds(payment: Payment) -> list[RefundTruth]:
    goods = _goods(payment)
    return [
        RefundTruth(
            id=refund.pk,
            is_promised=refund.status in (Refund.Status.PENDING, Refund.Status.SUCCEEDED),
            is_given_back=refund.status == Refund.Status.SUCCEEDED,
            amount=refund.amount,
            goods=goods.get(refund.pk, []),
        )
        for refund in Refund.objects.filter(payment=payment)
    ]


def _goods(payment: Payment) -> dict[int, list[Goods]]:
    """What each refund gave back of each part; of money in another currency it is not known."""
    if payment.captured_currency != payment.order.currency:
        return {}
    found: dict[tuple[int, int], tuple[Decimal, Decimal]] = {}
    lines = RefundItem.objects.filter(refund__payment=payment).select_related("order_item")
    for line in lines.order_by("id"):
        key = (line.refund_id, line.order_item.vendor_order_id)
        amount, commission = found.get(key, (ZERO, ZERO))
        found[key] = (
            amount + line.amount,
            commission + _commission(payment, line.order_item, line.amount),
        )
    goods: dict[int, list[Goods]] = {}
    for (refund, part), (amount, commission) in found.items():
        goods.setdefault(refund, []).append(Goods(part, amount, commission))
    return goods


def _commission(payment: Payment, item: OrderItem, amount: Decimal) -> Decimal:
    """That of `amount` out of a line, which is worth its total less its share of the discount."""
    order = payment.order
    worth = item.line_total
    if order.discount_total:
        worth -= order.discount_total * item.line_total / order.subtotal
    return item.commission_total * amount / worth if worth > 0 else ZERO


def _dispute(dispute: Dispute, currency: str) -> DisputeTruth:
    return DisputeTruth(
        id=dispute.pk,
        is_open=dispute.status == Dispute.Status.OPEN,
        is_lost=dispute.status == Dispute.Status.LOST,
        amount=dispute.amount if dispute.currency == currency else None,
    )


def _booked(order_id: int) -> list[Booked]:
    """What the books hold of an order, the oldest first."""
    entries = Entry.objects.filter(transaction__order=order_id).select_related("transaction")
    by_transaction = groupby(
        entries.order_by("transaction_id", "id"), key=lambda entry: entry.transaction
    )
    return [
        Booked(
            subject=_subject(transaction.cause),
            kind=transaction.kind,
            postings=[
                Posting(
                    entry.account,
                    entry.amount,
                    entry.vendor_order_id,
                    entry.vendor_id,
                    entry.provider,
                )
                for entry in of_transaction
            ],
        )
        for transaction, of_transaction in by_transaction
    ]


def _subject(cause: str) -> str:
    """What "refund:5:2" is about: "refund:5". A payment comes once: "payment:12"."""
    return cause if cause.count(":") < 2 else cause.rpartition(":")[0]


def _write(payment: Payment, missing: Sequence[Booked], known: Sequence[Booked]) -> None:
    times = Counter(booked.subject for booked in known)
    transactions = []
    for booked in missing:
        times[booked.subject] += 1
        is_sale = booked.kind == Transaction.Kind.SALE
        cause = booked.subject if is_sale else f"{booked.subject}:{times[booked.subject]}"
        transactions.append(Transaction(kind=booked.kind, cause=cause, order_id=payment.order_id))
    Transaction.objects.bulk_create(transactions)
    Entry.objects.bulk_create(
        Entry(
            transaction=transaction,
            account=posting.account,
            vendor_id=posting.vendor,
            provider=posting.provider,
            currency=payment.captured_currency,
            amount=posting.amount,
            vendor_order_id=posting.part,
        )
        for transaction, booked in zip(transactions, missing, strict=True)
        for posting in booked.postings
    )
