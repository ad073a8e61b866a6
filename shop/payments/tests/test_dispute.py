from itertools import permutations
from typing import Any

import pytest

from shop.accounts.models import User
from shop.core.models import OutboxEvent
from shop.orders.models import Order
from shop.orders.tests.make import make_order
from shop.payments.models import Dispute, InboxEvent, Payment
from shop.payments.tests.fake_stripe import FakeStripe, dispute_event, hear
from shop.payments.tests.make import make_payment
from tests.api import body, client_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def order(alice: User, stripe: FakeStripe) -> Order:
    """Paid by card, pi_1."""
    order = make_order(alice)
    make_payment(order, method="card")
    hear(stripe.pay("pi_1"))
    return order


def published(name: str) -> list[dict[str, Any]]:
    return list(OutboxEvent.objects.filter(name=name).values_list("payload", flat=True))


def is_disputed(order: Order) -> bool:
    page = f"/api/store/orders/{order.pk}/"
    return bool(body(client_of(order.user).get(page))["is_disputed"])


def test_flags_the_order(order: Order) -> None:
    assert not is_disputed(order)
    hear(dispute_event("created", "pi_1"))
    dispute = Dispute.objects.get()
    assert (dispute.status, str(dispute.amount), dispute.currency) == ("open", "10.00", "USD")
    assert (dispute.reason, dispute.payment) == ("fraudulent", Payment.objects.get())
    assert is_disputed(order)
    ids = {"payment_id": dispute.payment_id, "order_id": order.pk, "dispute_id": dispute.pk}
    assert published("dispute.opened") == [ids]
    assert published("dispute.closed") == []


@pytest.mark.parametrize(
    ("end", "status", "flagged"),
    [("won", "won", False), ("lost", "lost", True), ("warning_closed", "closed", False)],
)
def test_keeps_the_flag_only_when_the_money_is_gone(
    order: Order, end: str, status: str, flagged: bool
) -> None:
    hear(dispute_event("created", "pi_1"), dispute_event("closed", "pi_1", status=end))
    dispute = Dispute.objects.get()
    assert (dispute.status, dispute.closed_at is not None) == (status, True)
    assert is_disputed(order) == flagged


@pytest.mark.parametrize("turns", list(permutations(range(3))))
def test_ends_the_same_in_any_order(order: Order, turns: tuple[int, ...]) -> None:
    told = [
        dispute_event("created", "pi_1"),
        dispute_event("updated", "pi_1", status="under_review"),
        dispute_event("closed", "pi_1", status="won"),
    ]
    for turn in turns:
        hear(told[turn], told[turn])
    assert Dispute.objects.get().status == "won"
    assert not is_disputed(order)
    assert len(published("dispute.opened")) == len(published("dispute.closed")) == 1


def test_says_when_another_amount_is_disputed(order: Order) -> None:
    hear(dispute_event("created", "pi_1"), dispute_event("updated", "pi_1"))
    assert published("dispute.changed") == []
    hear(dispute_event("updated", "pi_1", amount=400))
    dispute = Dispute.objects.get()
    ids = {"payment_id": dispute.payment_id, "order_id": order.pk, "dispute_id": dispute.pk}
    assert (str(dispute.amount), published("dispute.changed")) == ("4.00", [ids])
    hear(dispute_event("closed", "pi_1", status="lost", amount=300))
    assert len(published("dispute.changed")) == 1, "its end says it"


def test_one_dispute_of_two_keeps_the_flag(order: Order) -> None:
    hear(dispute_event("created", "pi_1"), dispute_event("created", "pi_1", name="dp_2"))
    hear(dispute_event("closed", "pi_1", status="won"))
    assert is_disputed(order)
    hear(dispute_event("closed", "pi_1", name="dp_2", status="won"))
    assert not is_disputed(order)


def test_ignores_disputes_of_others(order: Order, stripe: FakeStripe) -> None:
    hear(dispute_event("created", "pi_of_others"))
    assert InboxEvent.objects.latest("id").outcome == "unknown"
    assert not Dispute.objects.exists()


def test_is_known_although_the_payment_is_not_heard_of_yet(alice: User, stripe: FakeStripe) -> None:
    order = make_order(alice)
    make_payment(order, method="card")
    Payment.objects.update(provider_reference="")
    paid = stripe.pay("pi_1")
    hear(dispute_event("created", "pi_1"), paid)
    order.refresh_from_db()
    assert (order.status, order.is_disputed) == ("PAID", True)
