"""What comes of an event, whenever it is processed."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from shop.accounts.models import User
from shop.core.models import OutboxEvent
from shop.inventory.models import StockLevel
from shop.orders.models import Order
from shop.orders.tests.make import make_order, make_variant
from shop.payments import services
from shop.payments.errors import ProviderAway
from shop.payments.models import InboxEvent, Payment, Refund
from shop.payments.tests.fake_stripe import FakeStripe, event, hear, send
from shop.payments.tests.make import deliver, make_payment, pay

pytestmark = pytest.mark.django_db


@pytest.fixture
def order(alice: User, stripe: FakeStripe) -> Order:
    """Waits for a payment by card, pi_1."""
    order = make_order(alice, variants=[make_variant(stock=5)], quantity=2)
    make_payment(order, method="card")
    return order


def state(order: Order) -> tuple[str, str]:
    order.refresh_from_db()
    return order.status, order.payments.get(method="card").status


def published(name: str) -> int:
    return OutboxEvent.objects.filter(name=name).count()


def test_pays_the_order(order: Order, stripe: FakeStripe) -> None:
    calls = len(stripe.calls)
    hear(stripe.pay("pi_1"))
    assert state(order) == ("PAID", "succeeded")
    payment = Payment.objects.get()
    assert (payment.captured_amount, payment.captured_currency) == (Decimal("20.00"), "USD")
    assert payment.closed_at is not None
    level = StockLevel.objects.get()
    assert (level.on_hand, level.reserved) == (3, 0)
    assert len(stripe.calls) == calls, "success needs no asking"
    assert InboxEvent.objects.get().outcome == "succeeded"
    assert InboxEvent.objects.get().payment == payment


def test_pays_once_however_many_events_say_so(order: Order, stripe: FakeStripe) -> None:
    told = stripe.pay("pi_1")
    hear(told, told, stripe.pay("pi_1"))
    assert state(order) == ("PAID", "succeeded")
    assert (published("order.paid"), published("payment.succeeded")) == (1, 1)


def test_believes_the_provider_and_not_an_old_event(order: Order, stripe: FakeStripe) -> None:
    old = stripe.decline("pi_1")
    stripe.pay("pi_1")
    hear(old)
    assert state(order) == ("PAID", "succeeded")
    assert published("payment.declined") == 0, "it is no news that it was declined before"


def test_keeps_the_order_open_after_declined_attempts(order: Order, stripe: FakeStripe) -> None:
    hear(stripe.decline("pi_1", "Too little money."))
    hear(stripe.decline("pi_1", "Expired card."))
    assert state(order) == ("PENDING", "pending")
    assert Payment.objects.get().failure_reason == "Expired card."
    assert published("payment.declined") == 2
    hear(stripe.pay("pi_1"))
    assert state(order) == ("PAID", "succeeded")
    assert Payment.objects.get().failure_reason == ""


def test_tells_once_of_a_declined_attempt(order: Order, stripe: FakeStripe) -> None:
    told = stripe.decline("pi_1")
    hear(told, told)
    services.process_event(inbox_id=InboxEvent.objects.get().pk)
    assert published("payment.declined") == 1


def test_shows_that_the_payer_must_act(order: Order, stripe: FakeStripe) -> None:
    hear(stripe.ask_for_action("pi_1"))
    assert state(order) == ("PENDING", "requires_action")


def test_cancels_the_order_when_the_payment_fails_for_good(
    order: Order, stripe: FakeStripe
) -> None:
    hear(stripe.cancel("pi_1"))
    assert state(order) == ("CANCELLED", "failed")
    assert StockLevel.objects.get().reserved == 0
    assert order.history.latest("id").actor is None


def test_does_not_cancel_what_we_cancelled_there_ourselves(
    order: Order, stripe: FakeStripe
) -> None:
    make_payment(order, method="test")
    deliver()
    hear(event("payment_intent.canceled", stripe.intents["pi_1"]))
    assert state(order) == ("PENDING", "cancelled")


def test_finds_a_payment_whose_reference_was_never_noted(order: Order, stripe: FakeStripe) -> None:
    Payment.objects.update(provider_reference="")
    hear(stripe.pay("pi_1"))
    assert state(order) == ("PAID", "succeeded")
    assert Payment.objects.get().provider_reference == "pi_1"


@pytest.mark.parametrize(
    "metadata",
    [{}, {"key": "payment-1-2"}, {"key": f"payment-{10**30}-5"}, {"key": "a-b-c"}, {"key": 5}],
)
def test_ignores_intents_of_others(order: Order, stripe: FakeStripe, metadata: Any) -> None:
    Payment.objects.update(provider_reference="")
    stripe.intents["pi_1"]["metadata"] = metadata
    hear(stripe.pay("pi_1"))
    assert InboxEvent.objects.get().outcome == "unknown"
    assert state(order) == ("PENDING", "pending")


def test_ignores_the_same_payment_of_a_database_before(order: Order, stripe: FakeStripe) -> None:
    a_year_ago = timezone.now() - timedelta(days=365)
    Payment.objects.update(provider_reference="", created_at=a_year_ago)
    hear(stripe.pay("pi_1"))
    assert InboxEvent.objects.get().outcome == "unknown"


def test_takes_no_payment_without_a_name_for_one_that_is_not_named(
    order: Order, stripe: FakeStripe
) -> None:
    Payment.objects.update(provider_reference="")
    paid = {"id": "", "status": "succeeded", "amount_received": 2000, "currency": "usd"}
    hear(event("payment_intent.succeeded", paid))
    assert state(order) == ("PENDING", "pending")
    assert InboxEvent.objects.get().outcome == "unknown"


def test_does_not_ask_for_ever_about_what_stripe_does_not_know(
    order: Order, stripe: FakeStripe
) -> None:
    told = stripe.decline("pi_1")
    stripe.intents.clear()
    hear(told)
    assert InboxEvent.objects.get().outcome == "not found at the provider"
    assert state(order) == ("PENDING", "pending")


@pytest.mark.parametrize("kind", ["customer.created", "charge.succeeded", "a.new.thing"])
def test_ignores_what_it_does_not_know(stripe: FakeStripe, kind: str) -> None:
    hear(event(kind, {"id": "x"}))
    assert InboxEvent.objects.get().outcome == "ignored"


@pytest.mark.parametrize(
    "about",
    [
        {},
        {"id": 5, "status": [], "metadata": "x", "last_payment_error": 1},
        {"id": "pi_1", "status": "succeeded", "amount_received": "many", "currency": None},
        {"id": "pi_1", "status": "succeeded", "amount_received": 10**40, "currency": "usd"},
        {"id": "pi_1", "payment_intent": "pi_1", "created": 10**30, "amount": -5},
    ],
)
@pytest.mark.parametrize(
    "kind",
    ["payment_intent.succeeded", "refund.created", "charge.refunded", "charge.dispute.created"],
)
def test_believes_nothing_that_makes_no_sense(
    order: Order, stripe: FakeStripe, kind: str, about: Any
) -> None:
    hear(event(kind, about))
    assert InboxEvent.objects.get().processed_at is not None
    assert state(order) == ("PENDING", "pending")


def test_waits_while_stripe_is_away(order: Order, stripe: FakeStripe) -> None:
    told = stripe.decline("pi_1")
    stripe.status_instead = 500
    hear(told)
    kept = InboxEvent.objects.get()
    assert kept.processed_at is None
    with pytest.raises(ProviderAway):
        services.process_event(inbox_id=kept.pk)
    stripe.status_instead = 0
    assert services.process_event(inbox_id=kept.pk) == "pending"
    assert published("payment.declined") == 1


def test_records_a_refund_that_somebody_made_at_stripe(order: Order, stripe: FakeStripe) -> None:
    hear(stripe.pay("pi_1"))
    hear(stripe.give_back("pi_1", 500))
    refund = Refund.objects.get()
    assert (refund.amount, refund.status, refund.actor) == (Decimal("5.00"), "succeeded", None)
    assert Payment.objects.get().refunded_amount == Decimal("5.00")
    assert state(order) == ("PAID", "succeeded")


def test_records_a_refund_although_the_payment_was_not_heard_of_yet(
    order: Order, stripe: FakeStripe
) -> None:
    stripe.pay("pi_1")
    hear(stripe.give_back("pi_1", 2000))
    assert state(order) == ("REFUNDED", "refunded")


def test_knows_its_own_refund_again(order: Order, stripe: FakeStripe, clerk: User) -> None:
    hear(stripe.pay("pi_1"))
    services.refund_order(order=order, actor=clerk, amount=Decimal("5.00"), restock=False)
    Refund.objects.update(status="pending", provider_reference="", succeeded_at=None)
    hear(event("charge.refunded", {"id": "ch_1", "payment_intent": "pi_1"}))
    refund = Refund.objects.get()
    assert (refund.status, refund.provider_reference) == ("succeeded", "re_1")


def test_can_be_told_to_process_an_event_again(order: Order, stripe: FakeStripe) -> None:
    Payment.objects.update(provider_reference="pi_lost")
    hear(stripe.pay("pi_1"))
    kept = InboxEvent.objects.get()
    assert kept.outcome == "unknown"
    Payment.objects.update(provider_reference="pi_1")
    services.reopen_event(event=kept)
    deliver()
    assert state(order) == ("PAID", "succeeded")


def test_forgets_what_was_processed_long_ago(order: Order, stripe: FakeStripe) -> None:
    hear(stripe.decline("pi_1"))
    send(stripe.decline("pi_1"))
    long_ago = timezone.now() - timedelta(days=91)
    InboxEvent.objects.update(received_at=long_ago)
    assert services.prune_inbox() == 0
    InboxEvent.objects.exclude(processed_at=None).update(processed_at=long_ago)
    assert services.prune_inbox() == 1
    assert InboxEvent.objects.get().processed_at is None, "what waits is never forgotten"


def test_leaves_other_payments_of_the_order_alone(order: Order, stripe: FakeStripe) -> None:
    hear(stripe.cancel("pi_1"))
    other = make_order(order.user)
    pay(other)
    hear(event("payment_intent.canceled", stripe.intents["pi_1"]))
    other.refresh_from_db()
    assert other.status == "PAID"
