"""The first half of a refund: the money is promised, as a pending row.

`payment.refunded_amount` and `item.refunded_quantity` count promises too, so that parallel
refunds together never exceed what was paid or bought; the database checks it once more.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TypedDict

from django.db.models import Q, Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from shop.accounts.models import User
from shop.core.errors import Problem
from shop.core.events import publish
from shop.core.idempotency import once
from shop.core.money import ZERO, quantize, split
from shop.core.transactions import atomic, retry_on_conflict
from shop.orders import querysets as order_querysets
from shop.orders import services as orders
from shop.orders.models import Order, OrderItem, VendorOrder
from shop.orders.querysets import LockedOrder
from shop.payments import line_refunds, methods
from shop.payments.errors import (
    AmountOrItems,
    ItemTwice,
    NoSuchItem,
    NothingToRefund,
    QuantityTooLarge,
    QuantityTooSmall,
    RefundTooLarge,
    RefundTooSmall,
    RestockNeedsFullRefund,
    WrongCurrency,
)
from shop.payments.events import RefundOpened
from shop.payments.line_refunds import Line, Part
from shop.payments.models import Payment, Refund, RefundItem

Status = Refund.Status

# What counts as given back of a line. Money that came back from the customer's bank is owed
# again, but what became of the goods is settled.
_COUNTED = Q(refunds__refund__status__in=[Status.PENDING, Status.SUCCEEDED]) | Q(
    refunds__refund__status=Status.FAILED, refunds__refund__succeeded_at__isnull=False
)


class Goods(TypedDict):
    """So many of the order's line with the id `item`."""

    item: int
    quantity: int


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What somebody wants to give back; see `refund_order`."""

    amount: Decimal | None = None
    items: Sequence[Goods] | None = None
    part: VendorOrder | None = None
    currency: str | None = None
    reason: str = ""
    restock: bool | None = None

    @property
    def is_all(self) -> bool:
        """Whether all that is left is meant, of the order or of the part."""
        return self.amount is None and self.items is None


@dataclass(frozen=True)
class Given:
    """How much is given back, and for which goods."""

    amount: Decimal
    parts: Sequence[Part] = ()


@retry_on_conflict
@atomic
def promise(*, order: Order, actor: User, wish: Wish) -> list[int]:
    """The ids of the refunds to complete now: a new one, or those that the shop owes by hand.

    A request that is repeated under its idempotency key gets the same ones again.
    """
    return once("refund.promise", lambda: _promise(order_querysets.locked(order.pk), actor, wish))


def owe_back(*, payment: Payment, reason: str) -> None:
    """Promise all that is left of a payment, if anything, by the shop itself; done after commit.

    The payment is locked, and so is `payment.order`.
    """
    if payment.refundable_amount:
        given = _rest(payment, payment.refundable_amount)
        _open(payment, given, reason=reason, actor=None)


def owe_part_back(*, payment: Payment, part: VendorOrder, reason: str) -> None:
    """Promise all that is left of a part, if anything, by the shop itself; done after commit.

    The payment, which pays the order, is locked, and so is `payment.order`.
    """
    given = _of_part(payment, part)
    if given.amount:
        # Its own goods are back already.
        others = _back_to_the_shelf(payment, given, Wish())
        _open(payment, given, reason=reason, actor=None, restocked=others)


def turn_away(*, payment: Payment, reason: str) -> None:
    """Money that arrived and pays nothing: noted as here, and owed back.

    The payment is locked, and so is `payment.order`.
    """
    payment.status, payment.paid_at = Payment.Status.CANCELLED, timezone.now()
    payment.save()
    owe_back(payment=payment, reason=reason)


def _promise(order: LockedOrder, actor: User, wish: Wish) -> list[int]:
    _check_wish(wish)
    payments = _in_currency(_paid(order), wish.currency)
    owed = _owed_by_hand(payments, wish.part)
    if owed and wish.is_all:
        Refund.objects.filter(pk__in=owed).update(actor=actor)
        return owed
    payment = _to_give_back(payments)
    payment.order = order
    given = _wanted(payment, wish)
    restocked = _back_to_the_shelf(payment, given, wish)
    return [_open(payment, given, reason=wish.reason, actor=actor, restocked=restocked).pk]


def _paid(order: LockedOrder) -> list[Payment]:
    paid = Payment.objects.select_for_update().filter(order=order, paid_at__isnull=False)
    return list(paid.order_by("id"))


def _in_currency(paid: list[Payment], currency: str | None) -> list[Payment]:
    found = [payment for payment in paid if currency in (None, payment.refund_currency)]
    if paid and not found:
        detail = _("It was paid in {currency}.").format(currency=paid[-1].refund_currency)
        raise WrongCurrency(detail, attr="currency")
    return found


def _check_wish(wish: Wish) -> None:
    if wish.part is not None and not wish.is_all:
        raise AmountOrItems(attr="part")
    if wish.items is None:
        return
    if wish.amount is not None:
        raise AmountOrItems(attr="amount")
    if any(goods["quantity"] < 1 for goods in wish.items):
        raise QuantityTooSmall(attr="items")


def _owed_by_hand(payments: Sequence[Payment], part: VendorOrder | None) -> list[int]:
    by_hand = [p for p in payments if methods.provider_of(p.method).is_manual]
    owed = Refund.objects.filter(payment__in=by_hand, status=Status.PENDING, actor=None)
    if part is not None:
        of_others = RefundItem.objects.exclude(order_item__vendor_order=part)
        owed = owed.filter(items__order_item__vendor_order=part).exclude(items__in=of_others)
        owed = owed.distinct()
    return list(owed.order_by("id").values_list("pk", flat=True))


def _to_give_back(payments: Sequence[Payment]) -> Payment:
    """The payment that pays the order; else one that came on top and is still here."""
    for status in (Payment.Status.SUCCEEDED, Payment.Status.CANCELLED):
        for payment in payments:
            if payment.status == status and payment.refundable_amount:
                return payment
    raise NothingToRefund


def _wanted(payment: Payment, wish: Wish) -> Given:
    left = payment.refundable_amount
    if wish.part is not None:
        return _wanted_part(payment, wish.part)
    if wish.items is not None:
        parts = _chosen(payment, wish.items)
        amount = sum((part.amount for part in parts), ZERO)
        if not amount:
            raise NothingToRefund("Nothing was paid for these goods.", attr="items")
        _check_left(amount, left, attr="items")
        return Given(amount, parts)
    amount = left if wish.amount is None else wish.amount
    if amount <= 0 or quantize(amount, payment.refund_currency) != amount:
        raise RefundTooSmall(attr="amount")
    _check_left(amount, left, attr="amount")
    return _rest(payment, amount) if amount == left else Given(amount)


def _wanted_part(payment: Payment, part: VendorOrder) -> Given:
    pays_the_order = payment.status == Payment.Status.SUCCEEDED
    given = _of_part(payment, part) if pays_the_order else Given(ZERO)
    if not given.amount:
        raise NothingToRefund("Nothing is left of this part to be given back.", attr="part")
    return given


def _check_left(amount: Decimal, left: Decimal, *, attr: str) -> None:
    if amount > left:
        raise RefundTooLarge(_at_most(left), attr=attr)


def _at_most(left: Decimal | int) -> str:
    return _("At most {left} can be given back.").format(left=left)


def _back_to_the_shelf(payment: Payment, given: Given, wish: Wish) -> set[int]:
    """The lines whose goods come back: as told, else those that have not left."""
    is_partial = not given.parts and given.amount != payment.refundable_amount
    if wish.restock and is_partial:
        raise RestockNeedsFullRefund(attr="restock")
    if not given.parts:
        return set()
    # What is cancelled has given its goods back already.
    lines = OrderItem.objects.filter(pk__in=[part.item for part in given.parts]).exclude(
        vendor_order__status=VendorOrder.Status.CANCELLED
    )
    unsent = Q(vendor_order__shipped_at=None)
    told = {None: unsent, True: Q(), False: Q(pk__in=[])}[wish.restock]
    if wish.part is not None:
        # Of what it takes along of other parts nobody has said anything.
        is_of_part = Q(vendor_order=wish.part)
        told = is_of_part & told | ~is_of_part & unsent
    return set(lines.filter(told).values_list("pk", flat=True))


def _chosen(payment: Payment, items: Sequence[Goods]) -> list[Part]:
    if payment.refund_currency != payment.order.currency:
        detail = _("It was paid in {currency}: give an amount.")
        raise WrongCurrency(detail.format(currency=payment.refund_currency), attr="items")
    lines = _lines(payment)
    left = {line.item: line.left for line in lines}
    wanted: dict[int, int] = {}
    problems = []
    for n, goods in enumerate(items):
        item, quantity = goods["item"], goods["quantity"]
        if item not in left:
            raise NoSuchItem(attr=f"items.{n}.item")
        if item in wanted:
            raise ItemTwice(attr=f"items.{n}.item")
        wanted[item] = quantity
        if quantity > left[item]:
            text = _at_most(left[item])
            problems.append(Problem(QuantityTooLarge.code, text, f"items.{n}.quantity"))
    if problems:
        raise QuantityTooLarge(problems=problems)
    order = payment.order
    return line_refunds.of_items(
        lines, wanted, discount=order.discount_total, currency=order.currency
    )


def _rest(payment: Payment, amount: Decimal) -> Given:
    """All that is left, and with it the goods, if it is them that the payment pays."""
    order = payment.order
    if payment.status != Payment.Status.SUCCEEDED or order.paid_at is None:
        return Given(amount)
    parts = line_refunds.of_the_rest(
        _lines(payment), amount, discount=order.discount_total, currency=order.currency
    )
    return Given(amount, parts)


def _of_part(payment: Payment, part: VendorOrder) -> Given:
    """All that is left of the part's lines, as far as there is money for it.

    When nothing is left with it, the order ends, and the goods of all its parts are given back.
    """
    order, lines = payment.order, _lines(payment)
    of_part = OrderItem.objects.filter(vendor_order=part)
    mine = set(of_part.values_list("pk", flat=True))
    discount, currency = order.discount_total, order.currency
    amount = line_refunds.worth_of_the_rest(lines, mine, discount=discount, currency=currency)
    if payment.refund_currency != currency:
        # Its share of what arrived, which is another amount in another currency.
        weights = [amount, order.total_price - amount]
        amount = split(payment.captured_amount, weights, payment.refund_currency)[0]
    amount = min(amount, payment.refundable_amount)
    if amount == payment.refundable_amount:
        return _rest(payment, amount)
    parts = line_refunds.of_the_rest(lines, amount, discount=discount, currency=currency, only=mine)
    return Given(amount, parts)


def _lines(payment: Payment) -> list[Line]:
    items = OrderItem.objects.filter(order=payment.order_id).order_by("id")
    given_back = Sum("refunds__amount", filter=_COUNTED)
    return [
        Line(
            item=item.pk,
            quantity=item.quantity,
            total=item.line_total,
            refunded_quantity=item.refunded_quantity,
            refunded_amount=item.given_back or ZERO,
        )
        for item in items.annotate(given_back=given_back)
    ]


def _open(
    payment: Payment,
    given: Given,
    *,
    reason: str,
    actor: User | None,
    restocked: Collection[int] = (),
) -> Refund:
    payment.refunded_amount += given.amount
    payment.save(update_fields=["refunded_amount", "updated_at"])
    refund = Refund.objects.create(
        payment=payment,
        provider=payment.provider,
        amount=given.amount,
        reason=reason,
        actor=actor,
        restock=bool(restocked),
    )
    RefundItem.objects.bulk_create(
        RefundItem(
            refund=refund,
            order_item_id=part.item,
            quantity=part.quantity,
            amount=part.amount,
            restock=part.item in restocked,
        )
        for part in given.parts
    )
    quantities = {part.item: part.quantity for part in given.parts}
    orders.count_refunded(order=LockedOrder(payment.order), quantities=quantities)
    publish(RefundOpened(refund_id=refund.pk))
    return refund
