"""Whatever Stripe tells of a payment, in whatever order: the same end.

Each story is what really happened at Stripe, one step after the other. Its events come
shuffled, doubled, or not at all, and each may come before or after the next step; in the
end the reconciler asks once.
"""

import copy
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import timedelta
from decimal import Decimal
from itertools import permutations
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shop.accounts.models import User
from shop.inventory.models import StockLevel
from shop.orders.models import Order
from shop.orders.tests.make import make_order, make_variant
from shop.payments import services
from shop.payments.models import Payment, Refund
from shop.payments.provider import Fetched
from shop.payments.tests.fake_stripe import FakeStripe, event, send
from shop.payments.tests.make import deliver, make_payment

pytestmark = pytest.mark.django_db

Step = Callable[[FakeStripe], dict[str, Any]]

CREATED: Step = lambda fake: event("payment_intent.created", fake.intents["pi_1"])  # noqa: E731
ACTION: Step = lambda fake: fake.ask_for_action("pi_1")  # noqa: E731
DECLINED: Step = lambda fake: fake.decline("pi_1")  # noqa: E731
PAID: Step = lambda fake: fake.pay("pi_1")  # noqa: E731
PAID_ODDLY: Step = lambda fake: fake.pay("pi_1", amount=1900)  # noqa: E731
CANCELED: Step = lambda fake: fake.cancel("pi_1")  # noqa: E731
CHARGED: Step = lambda fake: event("charge.succeeded", {"payment_intent": "pi_1"})  # noqa: E731
HALF_BACK: Step = lambda fake: fake.give_back("pi_1", 1000)  # noqa: E731
REST_BACK: Step = lambda fake: fake.give_back("pi_1", 1000)  # noqa: E731

# What happened, and how it must end: order, payment, given back, on hand and reserved.
STORIES: Mapping[str, tuple[Sequence[Step], tuple[Any, ...]]] = {
    "paid": (
        [CREATED, DECLINED, ACTION, DECLINED, CHARGED, PAID],
        ("PAID", "succeeded", "0.00", (3, 0)),
    ),
    "failed": ([CREATED, ACTION, DECLINED, CANCELED], ("CANCELLED", "failed", "0.00", (5, 0))),
    "another amount": ([CREATED, DECLINED, PAID_ODDLY], ("PENDING", "held", "0.00", (5, 2))),
    "given back in part": ([CREATED, PAID, HALF_BACK], ("PAID", "succeeded", "10.00", (3, 0))),
    "given back": (
        [CREATED, PAID, HALF_BACK, REST_BACK],
        ("REFUNDED", "refunded", "20.00", (3, 0)),
    ),
}


@st.composite
def deliveries(draw: st.DrawFn, steps: int) -> list[int]:
    """Which event comes when: all mixed, some twice, some lost."""
    indexes = list(range(steps))
    doubled = draw(st.lists(st.sampled_from(indexes), max_size=4))
    lost = draw(st.sets(st.sampled_from(indexes), max_size=2))
    return draw(st.permutations([n for n in [*indexes, *doubled] if n not in lost]))


@pytest.fixture
def order(alice: User, stripe: FakeStripe) -> Order:
    """Waits for 20.00 USD by card, pi_1."""
    order = make_order(alice, variants=[make_variant(stock=5)], quantity=2)
    make_payment(order, method="card")
    deliver()
    return order


@pytest.mark.parametrize("story", STORIES)
@settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(data=st.data())
def test_every_order_of_events_ends_the_same(
    order: Order, stripe: FakeStripe, story: str, data: st.DataObject
) -> None:
    steps, expected = STORIES[story]
    arriving = data.draw(deliveries(len(steps)))
    # How much has happened when the first events come: they may know less than the last.
    happened = data.draw(st.integers(1, len(steps)))
    begun = copy.deepcopy((stripe.intents, stripe.refunds, stripe.answered))
    with transaction.atomic():
        _happen(stripe, steps, arriving, happened)
        assert _state(order) == expected
        transaction.set_rollback(True)
    stripe.intents, stripe.refunds, stripe.answered = begun


WAITING = [
    Fetched(reference="pi_1", status=Payment.Status.PENDING),
    Fetched(reference="pi_1", status=Payment.Status.REQUIRES_ACTION),
    Fetched(reference="pi_1", status=Payment.Status.PENDING, failure_reason="Declined."),
]
ENDS = {
    "succeeded": Fetched(
        reference="pi_1", status=Payment.Status.SUCCEEDED, amount=Decimal(20), currency="USD"
    ),
    "held": Fetched(
        reference="pi_1", status=Payment.Status.SUCCEEDED, amount=Decimal(19), currency="USD"
    ),
    "failed": Fetched(reference="pi_1", status=Payment.Status.CANCELLED),
}


@pytest.mark.parametrize("end", ENDS)
@pytest.mark.parametrize("turns", list(permutations(range(4))))
def test_answers_that_overtake_each_other_end_the_same(
    order: Order, end: str, turns: Sequence[int]
) -> None:
    payment = Payment.objects.get()
    for turn in turns:
        fetched = [*WAITING, ENDS[end]][turn]
        for _ in range(2):
            services.record_truth(payment=payment, fetched=fetched, is_decline=turn == 2)
    payment.refresh_from_db()
    expected = {"succeeded": "PAID", "held": "PENDING", "failed": "CANCELLED"}
    order.refresh_from_db()
    assert (payment.status, order.status) == (end, expected[end])


def _happen(
    fake: FakeStripe, steps: Sequence[Step], arriving: Sequence[int], happened: int
) -> None:
    told = [step(fake) for step in steps[:happened]]
    _tell(told[n] for n in arriving if n < happened)
    told += [step(fake) for step in steps[happened:]]
    _tell(told[n] for n in arriving if n >= happened)
    services.reconcile(patience=timedelta(0))
    # A refund that was never told of is not looked for: Stripe repeats its last event.
    _tell([told[-1]])


def _tell(events: Iterable[dict[str, Any]]) -> None:
    for one in events:
        assert send(one).status_code == 200
        deliver()


def _state(order: Order) -> tuple[Any, ...]:
    order.refresh_from_db()
    payment = Payment.objects.get(order=order)
    level = StockLevel.objects.get()
    done = Refund.objects.filter(payment=payment, status="succeeded")
    assert sum(refund.amount for refund in done) == payment.refunded_amount
    given_back = str(payment.refunded_amount)
    return order.status, payment.status, given_back, (level.on_hand, level.reserved)
