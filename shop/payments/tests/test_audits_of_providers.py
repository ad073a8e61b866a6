from decimal import Decimal
from typing import Any

import pytest

from shop.accounts.models import User
from shop.core.relay import deliver_pending
from shop.core.tests.plant import plant, told
from shop.orders import services as orders
from shop.orders.models import Order
from shop.orders.tests.make import make_order
from shop.payments import audits, services
from shop.payments.models import Dispute, InboxEvent, Payment
from shop.payments.tests.make import make_payment, pay

pytestmark = pytest.mark.django_db

EVERY = (
    *(audits.captured, audits.owed, audits.refunded, audits.events, audits.orders_paid),
    audits.orders_refunded,
    *(audits.inbox_waiting, audits.inbox_money, audits.inbox_refunds, audits.provider_said),
    audits.disputes,
)
SETTLED = (
    "UPDATE orders_order SET updated_at = updated_at - interval '2 min'",
    "UPDATE core_outboxevent SET delivered_at = now()",
)


@pytest.fixture
def order(alice: User) -> Order:
    return make_order(alice)


@pytest.fixture
def paid(order: Order) -> Payment:
    """By card, as its provider told."""
    return by_card(pay(order))


def by_card(payment: Payment) -> Payment:
    """What was done in the sandbox was done by card: no provider need be asked."""
    plant(
        "UPDATE payments_payment SET provider = 'stripe', provider_reference = 'pi_1', "
        "method = 'card', closed_at = now()"
    )
    return payment


def tell(payment: Payment, kind: str = "payment_intent.succeeded", **about: Any) -> InboxEvent:
    """An event that was processed."""
    intent = {"id": "pi_1", "status": "succeeded", "amount_received": 1000, "currency": "usd"}
    event = InboxEvent.objects.create(
        provider="stripe",
        event_id=f"evt_{InboxEvent.objects.count() + 1}",
        type=kind,
        payload={"data": {"object": intent | about}},
        payment=payment,
    )
    plant(f"UPDATE payments_inboxevent SET processed_at = now() WHERE id = {event.pk}")
    return event


def dispute(payment: Payment) -> dict[str, int]:
    """What the events of a dispute name; the order is flagged as services do it."""
    row = Dispute.objects.create(
        payment=payment,
        reference="dp_1",
        amount=Decimal(10),
        currency="USD",
        opened_at=payment.created_at,
    )
    plant(
        "UPDATE orders_order SET is_disputed = TRUE",
        "INSERT INTO core_outboxevent (name, payload, attempts, last_error) "
        f"SELECT 'dispute.opened', jsonb_build_object('dispute_id', {row.pk}, "
        f"'payment_id', {payment.pk}, 'order_id', {payment.order_id}), 0, ''",
    )
    return {"dispute": row.pk, "order": payment.order_id}


def named(payment: Payment) -> str:
    return f"Payment {payment.pk} of {payment.order.number}"


def test_find_nothing_in_what_a_provider_told_and_the_shop_did(paid: Payment) -> None:
    tell(paid)
    # Twice, without the amount that came, and before it was paid.
    tell(paid)
    for nonsense in (None, "many", -5, 10**40):
        tell(paid, amount_received=nonsense, amount=900)
    tell(paid, "payment_intent.processing", status="processing")
    tell(paid, "charge.refunded", id="ch_1")
    dispute(paid)
    assert {audit.name: told(audit) for audit in EVERY} == {audit.name: [] for audit in EVERY}


def test_find_nothing_wherever_odd_and_late_money_can_come(alice: User, clerk: User) -> None:
    def arrive(order: Order, amount: str, currency: str = "USD") -> Payment:
        payment = make_payment(order)
        return services.record_success(payment=payment, amount=Decimal(amount), currency=currency)

    arrive(make_order(alice), "9.00")
    for accept in (True, False):
        held = arrive(make_order(alice), "9.00")
        services.resolve_payment(payment=held, actor=clerk, accept=accept)
    for actor in (None, alice):
        order = make_order(alice)
        late = make_payment(order)
        orders.cancel_order(order=order, actor=actor)
        services.record_success(payment=late, amount=Decimal(10), currency="USD")
    other = make_order(alice)
    cancelled = make_payment(other)
    orders.cancel_order(order=other, actor=alice)
    services.record_success(payment=cancelled, amount=Decimal(3), currency="EUR")
    assert {audit.name: told(audit) for audit in EVERY} == {audit.name: [] for audit in EVERY}
    while deliver_pending():
        pass
    plant(*SETTLED)
    assert {audit.name: told(audit) for audit in EVERY} == {audit.name: [] for audit in EVERY}
    states = set(Order.objects.values_list("status", flat=True))
    assert states == {"PENDING", "PAID", "CANCELLED"}


@pytest.mark.parametrize(
    ("fault", "found"),
    [
        ("captured_amount = 9", "it is succeeded with 9.000 USD, and the order costs 10.000 USD"),
        (
            "captured_currency = 'EUR'",
            "it is succeeded with 10.000 EUR, and the order costs 10.000 USD",
        ),
        (
            "captured_currency = '', captured_amount = 0",
            "it is succeeded with 0.000 , and the order costs 10.000 USD",
        ),
        (
            "status = 'pending', paid_at = NULL",
            "it is pending with 10.000 USD, and the order costs 10.000 USD",
        ),
    ],
)
def test_finds_an_order_paid_by_another_amount(paid: Payment, fault: str, found: str) -> None:
    plant(f"UPDATE payments_payment SET {fault}")
    assert told(audits.captured) == [f"{named(paid)}: {found}"]


def test_finds_money_held_for_an_order_that_is_gone(order: Order, alice: User) -> None:
    payment = make_payment(order)
    services.record_success(payment=payment, amount=Decimal(9), currency="USD")
    orders.cancel_order(order=order, actor=alice)
    assert told(audits.owed) == []
    plant(*SETTLED)
    assert told(audits.owed) == [
        (
            f"{named(payment)}: the order is CANCELLED, the payment held, "
            "and 9.000 USD of it are neither given back nor promised"
        )
    ]


def test_finds_an_event_that_waits_in_the_inbox(paid: Payment) -> None:
    event = tell(paid)
    plant("UPDATE payments_inboxevent SET processed_at = NULL, attempts = 4")
    assert told(audits.inbox_waiting) == []
    plant("UPDATE payments_inboxevent SET received_at = '2026-01-02 03:04:05Z'")
    assert told(audits.inbox_waiting) == [
        (
            f"InboxEvent {event.pk} (payment_intent.succeeded evt_1): "
            "it came at 2026-01-02 03:04:05 and was not processed in 4 attempts"
        )
    ]


@pytest.mark.parametrize(
    ("fault", "found"),
    [
        ("status = 'pending', paid_at = NULL", "pending with 10.000 USD"),
        ("captured_amount = 9", "succeeded with 9.000 USD"),
        ("captured_currency = 'EUR'", "succeeded with 10.000 EUR"),
        ("captured_currency = 'JPY'", "succeeded with 10.000 JPY"),
    ],
)
def test_finds_money_that_a_provider_told_of_and_nobody_has(
    paid: Payment, fault: str, found: str
) -> None:
    event = tell(paid)
    plant(f"UPDATE payments_payment SET {fault}")
    assert told(audits.inbox_money) == [
        (
            f"InboxEvent {event.pk} (payment_intent.succeeded evt_1): "
            f"it told of 1000 (minor units) USD; Payment {paid.pk} is {found}"
        )
    ]


def test_finds_a_refund_that_a_provider_told_of_and_nobody_has(order: Order, clerk: User) -> None:
    paid = pay(order)
    services.refund_order(order=order, actor=clerk, amount=Decimal(4))
    by_card(paid)
    plant("UPDATE payments_refund SET provider_reference = 're_1'")
    event = tell(paid, "refund.updated", object="refund", id="re_1")
    assert told(audits.inbox_refunds) == []
    plant("UPDATE payments_refund SET provider_reference = 're_2'")
    assert told(audits.inbox_refunds) == [
        (
            f"InboxEvent {event.pk} (refund.updated evt_1): "
            f"it told of the refund re_1, which Payment {paid.pk} does not have"
        )
    ]


def test_finds_money_of_which_its_provider_never_told(paid: Payment) -> None:
    plant("UPDATE payments_payment SET closed_at = NULL")
    assert told(audits.provider_said) == [
        (
            f"{named(paid)}: it is succeeded, and stripe said how it ended at None "
            "(its reference: 'pi_1')"
        )
    ]


def test_finds_an_attempt_that_is_open_after_its_end(paid: Payment) -> None:
    plant(
        "UPDATE payments_payment SET status = 'pending', paid_at = NULL, closed_at = '2026-01-02Z'"
    )
    assert told(audits.provider_said) == [
        (
            f"{named(paid)}: it is pending, and stripe said how it ended at "
            "2026-01-02 00:00:00+00:00 (its reference: 'pi_1')"
        )
    ]


def test_finds_an_order_that_is_disputed_and_not_flagged(paid: Payment) -> None:
    ids = dispute(paid)
    plant("UPDATE orders_order SET is_disputed = FALSE")
    why = f"Order {ids['order']} ({paid.order.number}): is_disputed is"
    assert told(audits.disputes) == [f"{why} False, and its disputes are: {ids['dispute']} open"]
    plant(
        "UPDATE payments_dispute SET status = 'won', closed_at = now()",
        "UPDATE orders_order SET is_disputed = TRUE",
    )
    assert told(audits.disputes) == [f"{why} True, and its disputes are: {ids['dispute']} won"]
    assert told(audits.events) == [
        (
            f"Dispute {ids['dispute']}: "
            "dispute.closed happened 1 times, and the outbox tells of it 0 times"
        )
    ]


def test_finds_held_money_that_nobody_was_told_of(order: Order) -> None:
    payment = make_payment(order)
    services.record_success(payment=payment, amount=Decimal(9), currency="USD")
    plant("DELETE FROM core_outboxevent WHERE name = 'payment.held'")
    assert told(audits.events) == [
        f"Payment {payment.pk}: payment.held happened 1 times, and the outbox tells of it 0 times"
    ]
