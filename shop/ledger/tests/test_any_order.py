"""Whatever becomes of an order, heard of in any order and any number of times: `verify` is silent.

Each example goes its own way through refunds by line and by amount, at the shop and at the
provider, failures, money that comes back, disputes and payouts, while events are heard late,
twice, or before others.
"""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given
from hypothesis import settings as effort
from hypothesis import strategies as st
from pytest_django import Settings

from shop.accounts.models import User
from shop.core.errors import DomainError
from shop.core.models import OutboxEvent
from shop.ledger import querysets, services, tasks
from shop.ledger.tests.make import age, all_told, dispute, make_shared_order, pay_out
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
    "dispute.closed": tasks.book_dispute,
}
ENDS = [Dispute.Status.WON, Dispute.Status.LOST, Dispute.Status.CLOSED]


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
        status = self.draw(st.sampled_from([Dispute.Status.OPEN, *ENDS]))
        name = self.draw(st.sampled_from(["dp", "du"]))
        known = Dispute.objects.filter(reference__startswith=name).first()
        amount = known.amount if known else self.amount()
        currency = known.currency if known else self.draw(st.sampled_from(["USD", "USD", "EUR"]))
        dispute(self.payment, status, str(amount), currency=currency, name=name)

    def is_paid_out(self) -> None:
        for vendor in Vendor.objects.filter(is_house=False):
            pay_out(vendor)

    def is_heard_of(self) -> None:
        """Some events, in any order, some of them twice."""
        told = list(OutboxEvent.objects.filter(name__in=HEARD).order_by("id"))
        for event in self.draw(st.lists(st.sampled_from(told), max_size=6)):
            HEARD[event.name](**event.payload)


ACTIONS = [
    *(Story.gives_lines_back, Story.gives_an_amount_back, Story.gives_the_rest_back),
    *(Story.is_refunded_at_the_provider, Story.learns_of_a_refund, Story.learns_of_a_refund),
    *(Story.is_disputed, Story.is_paid_out, Story.is_heard_of, Story.is_heard_of),
    *(Story.gives_a_part_back, Story.cancels_a_part, Story.is_cancelled),
]


@effort(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(data=st.data())
def test_the_books_are_right_in_the_end(
    alice: User, clerk: User, vera: Vendor, walt: Vendor, settings: Settings, data: st.DataObject
) -> None:
    settings.COMMISSION_PERCENT = Decimal(data.draw(st.integers(0, 10_000))).scaleb(-2)
    price = str(Decimal(data.draw(st.integers(1, 2500))).scaleb(-2))
    with transaction.atomic():
        payment = pay(make_shared_order(alice, [vera, None, walt], price=price, quantity=3))
        story = Story(payment, clerk, data)
        if data.draw(st.booleans()):
            deliver()
        for action in data.draw(st.lists(st.sampled_from(ACTIONS), min_size=2, max_size=10)):
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
        transaction.set_rollback(True)


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
