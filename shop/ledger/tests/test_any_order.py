"""Whatever becomes of an order, heard of in any order and any number of times: `verify` is silent.

Each example goes its own way through refunds by line and by amount, at the shop and at the
provider, failures, money that comes back, disputes and payouts that arrive, fail or come back,
while events are heard late, twice, or before others.
"""

from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from django.db import transaction
from django.db.models import F, Sum
from django.db.models.functions import Now
from hypothesis import HealthCheck, given
from hypothesis import settings as effort
from hypothesis import strategies as st
from pytest_django import Settings

from shop.accounts.models import User
from shop.core.errors import DomainError
from shop.core.models import OutboxEvent
from shop.core.money import ZERO
from shop.ledger import querysets, services, shares, tasks
from shop.ledger.models import Entry, Payout
from shop.ledger.tests.make import age, all_told, dispute, make_shared_order
from shop.ledger.tests.payouts.make import DETAILS, check_books
from shop.orders import services as orders
from shop.orders.models import OrderItem, VendorOrder
from shop.payments import services as payments
from shop.payments.models import Dispute, Payment, Refund
from shop.payments.provider import Refunded
from shop.payments.tests.make import deliver, pay
from shop.vendors.models import Vendor

pytestmark = pytest.mark.django_db

HEARD: dict[str, Callable[..., None]] = {
    "payment.succeeded": tasks.book_sale,
    "refund.opened": tasks.book_refund,
    "payment.refunded": tasks.book_refund,
    "refund.failed": tasks.book_refund,
    "dispute.opened": tasks.book_dispute,
    "dispute.changed": tasks.book_dispute,
    "dispute.closed": tasks.book_dispute,
}
MOVES: dict[str, Callable[..., object]] = {
    "send": services.send_payout,
    "settle": services.settle_payout,
    "fail": partial(services.fail_payout, reason="It came back."),
}
# Also where a payout cannot go.
WAYS = [
    *(["send"], ["send", "settle", "fail", "settle"], ["send", "settle"]),
    *(["send", "fail", "settle"], ["fail", "send", "settle"]),
]
OPEN, ENDS = Dispute.Status.OPEN, [Dispute.Status.WON, Dispute.Status.LOST, Dispute.Status.CLOSED]
DISPUTES = [[OPEN], [OPEN, OPEN], *([OPEN, end] for end in ENDS), *([end] for end in ENDS)]


class Story:
    """One order of several sellers, and what may become of it."""

    def __init__(self, payment: Payment, clerk: User, data: st.DataObject) -> None:
        self.payment, self.clerk, self.data = payment, clerk, data

    def draw(self, strategy: st.SearchStrategy[Any]) -> Any:
        return self.data.draw(strategy)

    def amount(self) -> Decimal:
        return Decimal(self.draw(st.integers(1, 3000))).scaleb(-2)

    def gives_lines_back(self) -> None:
        item = self.draw(st.sampled_from(list(OrderItem.objects.order_by("id"))))
        goods = {"item": item.pk, "quantity": self.draw(st.integers(1, 3))}
        self.refund(items=[goods])

    def gives_an_amount_back(self) -> None:
        self.refund(amount=self.amount())

    def gives_the_rest_back(self) -> None:
        self.refund()

    def part(self) -> VendorOrder:
        part: VendorOrder = self.draw(st.sampled_from(list(VendorOrder.objects.order_by("id"))))
        return part

    def gives_a_part_back(self) -> None:
        self.refund(part=self.part())

    def cancels_a_part(self) -> None:
        orders.cancel_part(part=self.part(), actor=self.clerk)

    def refund(self, **wish: Any) -> None:
        payments.refund_order(order=self.payment.order, actor=self.clerk, **wish)

    def is_cancelled(self) -> None:
        orders.cancel_order(order=self.payment.order, actor=self.clerk)

    def is_refunded_at_the_provider(self) -> None:
        payments.record_refund_of_provider(
            payment=self.payment,
            reference=f"re_{self.draw(st.integers(1, 3))}",
            amount=self.amount(),
            status=self.draw(st.sampled_from(list(Refund.Status)[:3])),
        )

    def learns_of_a_refund(self) -> None:
        refunds = list(Refund.objects.order_by("id"))
        if refunds:
            refund = self.draw(st.sampled_from(refunds))
            reference = refund.provider_reference or self.draw(st.sampled_from(["", "re_9"]))
            status = self.draw(st.sampled_from(["pending", "succeeded", "failed"]))
            done = Refunded(status=Refund.Status(status), reference=reference)
            payments.record_refund(refund_id=refund.pk, done=done)

    def is_disputed(self) -> None:
        """Anew or once more, to some end, perhaps heard of in between."""
        name = self.draw(st.sampled_from(["dp", "du"]))
        known = Dispute.objects.filter(reference__startswith=name).first()
        currency = known.currency if known else self.draw(st.sampled_from(["USD", "USD", "EUR"]))
        amount = known.amount if known else self.amount()
        for status in self.draw(st.sampled_from(DISPUTES)):
            dispute(self.payment, status, str(amount), currency=currency, name=name)
            if self.draw(st.booleans()):
                deliver()
                amount = self.amount()

    def is_delivered(self) -> None:
        part = self.part()
        for move in (orders.process_part, orders.ship_part, orders.deliver_part):
            part = move(part=part, actor=self.clerk)

    def holds_no_more(self) -> None:
        """What was delivered, cancelled or given back was that a month ago."""
        month = timedelta(days=30)
        parts = VendorOrder.objects.all()
        parts.update(updated_at=F("updated_at") - month, delivered_at=F("delivered_at") - month)

    def is_paid_out(self) -> None:
        """By the schedule, for people, or twice; each vendor or one."""
        chosen = self.draw(st.sampled_from([None, None, *Vendor.objects.filter(is_house=False)]))
        services.schedule_payouts(
            on=services.today() - timedelta(days=self.draw(st.integers(0, 2))),
            vendors=None if chosen is None else [chosen],
            actor=self.draw(st.sampled_from([None, self.clerk])),
        )

    def learns_of_a_payout(self) -> None:
        """As far as its way goes; what it cannot become is refused, and the rest of it stays."""
        payouts = list(Payout.objects.order_by("id"))
        if payouts:
            payout = self.draw(st.sampled_from(payouts))
            for move in self.draw(st.sampled_from(WAYS)):
                with suppress(DomainError):
                    MOVES[move](payout=payout)

    def is_heard_of(self) -> None:
        """Some events, in any order, some of them twice."""
        told = list(OutboxEvent.objects.filter(name__in=HEARD).order_by("id"))
        for event in self.draw(st.lists(st.sampled_from(told), max_size=6)):
            HEARD[event.name](**event.payload)


TAKING_BACK = [
    *(Story.gives_lines_back, Story.gives_an_amount_back, Story.gives_a_part_back),
    *(Story.is_refunded_at_the_provider, Story.learns_of_a_refund, Story.learns_of_a_refund),
    *(Story.is_disputed, Story.is_disputed, Story.is_heard_of, Story.is_heard_of),
    *(Story.gives_the_rest_back, Story.cancels_a_part, Story.is_cancelled),
]
PAYING_OUT = [
    *(Story.is_paid_out, Story.is_paid_out, Story.learns_of_a_payout, Story.learns_of_a_payout),
    *(Story.is_delivered, Story.holds_no_more, Story.is_heard_of),
]
# What came of it is all heard in between, or not.
CHAPTERS = [TAKING_BACK, PAYING_OUT, TAKING_BACK, PAYING_OUT]


@effort(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(data=st.data())
def test_the_books_are_right_in_the_end(
    alice: User, clerk: User, vera: Vendor, walt: Vendor, settings: Settings, data: st.DataObject
) -> None:
    settings.COMMISSION_PERCENT = Decimal(data.draw(st.integers(0, 10_000))).scaleb(-2)
    settings.PAYOUT_MINIMUM = Decimal(data.draw(st.sampled_from(["0", "0.01", "5"])))
    price = str(Decimal(data.draw(st.integers(1, 2500))).scaleb(-2))
    Vendor.objects.update(payout_details=DETAILS["manual"], payout_schedule="daily")
    with transaction.atomic():
        payment = pay(make_shared_order(alice, [vera, None, walt], price=price, quantity=3))
        story = Story(payment, clerk, data)
        if data.draw(st.booleans()):
            arrives_whole(payment, clerk)
        for actions in CHAPTERS:
            if data.draw(st.booleans()):
                deliver()
            for action in data.draw(st.lists(st.sampled_from(actions), max_size=4)):
                try:
                    # What is refused leaves nothing behind.
                    with transaction.atomic():
                        action(story)
                except DomainError:
                    continue
        deliver()
        services.catch_up_all()
        age()
        assert all_told() == {}
        check_sums()
        check_shares(payment)
        check_paid_once(vera, walt)
        transaction.set_rollback(True)


def arrives_whole(payment: Payment, clerk: User) -> None:
    """Every part is delivered, long enough ago for a payout."""
    for move in (orders.process_order, orders.ship_order, orders.deliver_order):
        move(order=payment.order, actor=clerk)
    VendorOrder.objects.update(delivered_at=Now() - timedelta(days=30))


def total(**which: Any) -> Decimal:
    found = Entry.objects.filter(**which).aggregate(total=Sum("amount"))
    return found["total"] or ZERO


def check_sums() -> None:
    """The whole is zero, and so is each transaction, also for PostgreSQL's own guards."""
    assert total() == ZERO
    check_books()


def check_shares(payment: Payment) -> None:
    """What everybody has of a payment is what came less what went, to the cent."""
    of_order = {"transaction__order": payment.order_id}
    refunds = Refund.objects.filter(payment=payment, status__in=["pending", "succeeded"])
    went = sum((refund.amount for refund in refunds), ZERO)
    for lost in Dispute.objects.filter(payment=payment, status="lost"):
        # In another currency it is what the books took: all that was left.
        taken = -total(transaction__cause__startswith=f"dispute:{lost.pk}:", account="clearing")
        went += lost.amount if lost.currency == payment.captured_currency else taken
    payment.refresh_from_db()
    assert -total(**of_order, account__in=shares.SHARES) == payment.captured_amount - went


def check_paid_once(*vendors: Vendor) -> None:
    """What a vendor was ever credited is what it has, and what its payouts have, once."""
    payout_kinds = {"transaction__kind__startswith": "payout"}
    for vendor in vendors:
        own = Entry.objects.filter(vendor=vendor, account="vendor_payable")
        credited = own.exclude(**payout_kinds).aggregate(total=Sum("amount"))["total"] or ZERO
        (balance,) = querysets.balances_of(vendor)
        paid = vendor.payouts.exclude(status="failed").aggregate(total=Sum("amount"))["total"]
        assert -credited == balance.payable + (paid or ZERO)
        left = total(account="clearing", provider="bank", transaction__note__in=numbers(vendor))
        assert -left == balance.paid_out


def numbers(vendor: Vendor) -> list[str]:
    """The notes of what the bank moved for the vendor's payouts."""
    known = vendor.payouts.values_list("number", flat=True)
    return [*known, *(f"{number}: It came back." for number in known)]


@effort(
    max_examples=10,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(data=st.data())
def test_nobody_owes_without_a_cause(
    alice: User, clerk: User, vera: Vendor, walt: Vendor, settings: Settings, data: st.DataObject
) -> None:
    """Only lines, or only amounts: what a seller bears is at most what it was credited."""
    settings.COMMISSION_PERCENT = Decimal(data.draw(st.integers(0, 10_000))).scaleb(-2)
    price = str(Decimal(data.draw(st.integers(1, 2500))).scaleb(-2))
    kind = data.draw(st.sampled_from([Story.gives_lines_back, Story.gives_an_amount_back]))
    with transaction.atomic():
        payment = pay(make_shared_order(alice, [vera, None, walt], price=price, quantity=3))
        story = Story(payment, clerk, data)
        for action in data.draw(st.lists(st.sampled_from([kind, Story.is_heard_of]), max_size=8)):
            try:
                with transaction.atomic():
                    action(story)
            except DomainError:
                continue
        deliver()
        for vendor in (vera, walt):
            assert all(not balance.is_debt for balance in querysets.balances_of(vendor))
        transaction.set_rollback(True)
