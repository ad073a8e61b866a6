from decimal import Decimal

import pytest

from shop.accounts.models import User
from shop.core.relay import deliver_pending
from shop.core.tests.plant import plant, told
from shop.orders import services as orders
from shop.orders.models import Order
from shop.orders.tests.make import make_order
from shop.payments import audits, services
from shop.payments.models import Payment
from shop.payments.provider import Outcome
from shop.payments.tests.make import make_payment, pay

pytestmark = pytest.mark.django_db

EVERY = (
    *(audits.amounts, audits.refunded_amounts, audits.paid, audits.one_each, audits.orders_paid),
    *(audits.refunded, audits.orders_refunded, audits.owed, audits.left_open, audits.refunds),
    audits.events,
)
# What the audits wait for: two minutes after, with every event delivered.
LATER = (
    "UPDATE orders_order SET updated_at = updated_at - interval '2 min'",
    "UPDATE core_outboxevent SET delivered_at = now()",
)


@pytest.fixture
def order(alice: User) -> Order:
    return make_order(alice)


@pytest.fixture
def paid(order: Order) -> Payment:
    return pay(order)


def named(payment: Payment) -> str:
    return f"Payment {payment.pk} of {payment.order.number}"


def of_order(order: Order) -> str:
    return f"Order {order.pk} ({order.number})"


def give_back(order: Order, clerk: User, amount: str | None = None) -> None:
    services.refund_order(order=order, actor=clerk, amount=Decimal(amount) if amount else None)


def deliver_all() -> None:
    while deliver_pending():
        pass


def test_find_nothing_wherever_a_payment_can_come(alice: User, clerk: User) -> None:
    def confirm(payment: Payment, outcome: Outcome) -> None:
        services.confirm_payment(payment=payment, actor=alice, outcome=outcome)

    make_payment(make_order(alice))
    pay(make_order(alice), method="cash_on_delivery", actor=clerk)
    confirm(make_payment(make_order(alice)), Outcome.FAIL)
    declined = make_order(alice)
    confirm(make_payment(declined), Outcome.DECLINE)
    pay(declined)
    for amount in (None, "4.00"):
        refunded = make_order(alice)
        pay(refunded)
        give_back(refunded, clerk, amount)
    cancelled = make_order(alice)
    pay(cancelled)
    given_up = make_order(alice)
    abandoned = make_payment(given_up)
    for order in (cancelled, given_up):
        orders.cancel_order(order=order, actor=alice)
    # Before and after what is left for the relay to do.
    assert {audit.name: told(audit) for audit in EVERY} == {audit.name: [] for audit in EVERY}
    deliver_all()
    # Late money for an order that is cancelled, and the same once more for one that is paid.
    services.record_success(payment=abandoned, amount=abandoned.amount, currency="USD")
    twice = declined.payments.get(status="declined")
    services.record_success(payment=twice, amount=twice.amount, currency="USD")
    deliver_all()
    plant(*LATER)
    assert {audit.name: told(audit) for audit in EVERY} == {audit.name: [] for audit in EVERY}
    assert set(Payment.objects.values_list("status", flat=True)) == {
        *("pending", "succeeded", "failed", "refunded"),
    }


@pytest.mark.parametrize(
    ("fault", "found"),
    [
        ("amount = 11", "it is of 11.000 USD, the order costs 10.000 USD"),
        ("currency = 'EUR'", "it is of 10.000 EUR, the order costs 10.000 USD"),
    ],
)
def test_finds_a_payment_of_another_amount(paid: Payment, fault: str, found: str) -> None:
    plant(f"UPDATE payments_payment SET {fault}")
    assert told(audits.amounts) == [f"{named(paid)}: {found}"]


def test_finds_a_refunded_amount_that_its_refunds_do_not_make(paid: Payment, clerk: User) -> None:
    give_back(paid.order, clerk, "4.00")
    plant("UPDATE payments_payment SET refunded_amount = 5")
    why = f"{named(paid)}: refunded_amount is"
    assert told(audits.refunded_amounts) == [f"{why} 5.000, its refunds sum to 4.000"]
    plant("UPDATE payments_payment SET refunded_amount = 4")
    assert told(audits.refunded_amounts) == []
    plant("UPDATE payments_refund SET status = 'failed'")
    assert told(audits.refunded_amounts) == [f"{why} 4.000, its refunds sum to 0"]


@pytest.mark.parametrize(
    ("fault", "found"),
    [
        ("paid_at = NULL", "it is succeeded, and paid_at is None"),
        (
            "status = 'declined', paid_at = '2026-01-02Z'",
            "it is declined, and paid_at is 2026-01-02 00:00:00+00:00",
        ),
    ],
)
def test_finds_a_payment_that_arrived_and_did_not(paid: Payment, fault: str, found: str) -> None:
    plant(f"UPDATE payments_payment SET {fault}")
    assert told(audits.paid) == [f"{named(paid)}: {found}"]


@pytest.mark.parametrize(
    ("statuses", "kind"),
    [(("succeeded", "succeeded"), "succeeded"), (("pending", "requires_action"), "open")],
)
def test_finds_two_payments_where_one_may_be(
    order: Order, statuses: tuple[str, str], kind: str
) -> None:
    first = make_payment(order)
    plant(
        "DROP INDEX payment_one_open_per_order",
        "DROP INDEX payment_one_succeeded_per_order",
        "INSERT INTO payments_payment (order_id, method, provider, provider_reference, status, "
        "amount, refunded_amount, currency, instructions, failure_reason, created_at, updated_at) "
        "SELECT order_id, method, provider, '', status, amount, 0, currency, '', '', now(), now() "
        "FROM payments_payment",
    )
    second = order.payments.latest("id")
    assert told(audits.one_each) == [
        f"Payments {first.pk}, {second.pk} of {order.number}: more than one is open"
    ]
    for payment, status in zip((first, second), statuses, strict=True):
        plant(f"UPDATE payments_payment SET status = '{status}' WHERE id = {payment.pk}")
    assert told(audits.one_each) == [
        f"Payments {first.pk}, {second.pk} of {order.number}: more than one is {kind}"
    ]


def test_finds_an_order_paid_by_nothing(paid: Payment) -> None:
    plant(
        "UPDATE orders_order SET paid_at = '2026-01-02Z'",
        "UPDATE payments_payment SET status = 'cancelled'",
    )
    assert told(audits.orders_paid) == [
        (
            f"{of_order(paid.order)}: it is PAID, paid_at is 2026-01-02 00:00:00+00:00, "
            "and the payments that arrived are: none"
        )
    ]


def test_finds_money_that_paid_nothing(paid: Payment) -> None:
    plant("UPDATE orders_order SET paid_at = NULL, status = 'PENDING'")
    assert told(audits.orders_paid) == [
        (
            f"{of_order(paid.order)}: it is PENDING, paid_at is None, "
            f"and the payments that arrived are: {paid.pk} succeeded"
        )
    ]


def test_finds_a_payment_that_is_refunded_and_not_given_back(paid: Payment, clerk: User) -> None:
    give_back(paid.order, clerk, "4.00")
    plant("UPDATE payments_payment SET status = 'refunded'")
    assert told(audits.refunded) == [
        f"{named(paid)}: it is refunded; of 10.000 its refunds gave back 4.000"
    ]
    plant("UPDATE payments_refund SET amount = 10")
    assert told(audits.refunded) == []
    plant("UPDATE payments_payment SET status = 'succeeded'")
    assert told(audits.refunded) == [
        f"{named(paid)}: it is succeeded; of 10.000 its refunds gave back 10.000"
    ]


@pytest.mark.parametrize(
    ("order_status", "status"), [("REFUNDED", "succeeded"), ("SHIPPED", "refunded")]
)
def test_finds_an_order_that_is_refunded_apart_from_its_payment(
    paid: Payment, order_status: str, status: str
) -> None:
    plant(
        f"UPDATE orders_order SET status = '{order_status}'",
        f"UPDATE payments_payment SET status = '{status}'",
    )
    assert told(audits.orders_refunded) == [
        (
            f"{of_order(paid.order)}: it is {order_status}, "
            f"and the payments that arrived are: {paid.pk} {status}"
        )
    ]


def test_finds_money_of_a_cancelled_order_that_nobody_gives_back(
    paid: Payment, alice: User
) -> None:
    orders.cancel_order(order=paid.order, actor=alice)
    plant(LATER[0])
    # The event that leads to the refund still waits.
    assert told(audits.owed) == []
    plant(LATER[1])
    assert told(audits.owed) == [
        (
            f"{named(paid)}: the order is CANCELLED, the payment succeeded, "
            "and 10.000 USD of it are neither given back nor promised"
        )
    ]


def test_finds_money_that_came_twice_and_stayed(paid: Payment) -> None:
    plant("UPDATE payments_payment SET status = 'cancelled'", *LATER)
    assert told(audits.owed) == [
        (
            f"{named(paid)}: the order is PAID, the payment cancelled, "
            "and 10.000 USD of it are neither given back nor promised"
        )
    ]


def test_finds_an_attempt_to_pay_what_is_paid(paid: Payment) -> None:
    plant("UPDATE payments_payment SET status = 'pending'")
    (found,) = told(audits.left_open)
    assert found.startswith(f"{named(paid)}: it is pending, and the order is PAID (paid at 20")


def test_finds_an_attempt_to_pay_a_cancelled_order(order: Order, alice: User) -> None:
    payment = make_payment(order)
    orders.cancel_order(order=order, actor=alice)
    plant(LATER[0])
    assert told(audits.left_open) == []
    plant(LATER[1])
    assert told(audits.left_open) == [
        f"{named(payment)}: it is pending, and the order is CANCELLED (paid at None)"
    ]


@pytest.mark.parametrize(
    ("fault", "found"),
    [
        ("UPDATE payments_refund SET succeeded_at = NULL", "it is succeeded at None"),
        ("UPDATE payments_refund SET status = 'pending'", "it is pending at 20"),
        ("UPDATE payments_payment SET paid_at = NULL", "it is succeeded at 20"),
    ],
)
def test_finds_a_refund_of_which_not_all_is_true(
    paid: Payment, clerk: User, fault: str, found: str
) -> None:
    give_back(paid.order, clerk)
    plant(fault)
    (text,) = told(audits.refunds)
    assert text.startswith(f"Refund {paid.refunds.get().pk} of Payment {paid.pk}: {found}")


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("payment.succeeded", "Order"),
        ("refund.opened", "Refund"),
        ("payment.refunded", "Refund"),
    ],
)
def test_finds_an_event_that_is_missing_or_doubled(
    paid: Payment, clerk: User, name: str, kind: str
) -> None:
    give_back(paid.order, clerk)
    plant(
        "INSERT INTO core_outboxevent (name, payload, attempts, last_error) "
        f"SELECT name, payload, 0, '' FROM core_outboxevent WHERE name = '{name}'"
    )
    row = paid.order_id if kind == "Order" else paid.refunds.get().pk
    why = f"{kind} {row}: {name} happened 1 times, and the outbox tells of it"
    assert told(audits.events) == [f"{why} 2 times"]
    plant(f"DELETE FROM core_outboxevent WHERE name = '{name}'")
    assert told(audits.events) == [f"{why} 0 times"]


@pytest.mark.parametrize("outcome", [Outcome.DECLINE, Outcome.FAIL])
def test_finds_a_refusal_that_nobody_was_told_of(
    order: Order, alice: User, outcome: Outcome
) -> None:
    payment = make_payment(order)
    services.confirm_payment(payment=payment, actor=alice, outcome=outcome)
    plant("DELETE FROM core_outboxevent WHERE name LIKE 'payment.%'")
    name = "payment.declined" if outcome == Outcome.DECLINE else "payment.failed"
    assert told(audits.events) == [
        f"Payment {payment.pk}: {name} happened 1 times, and the outbox tells of it 0 times"
    ]


def test_finds_an_event_of_a_payment_that_is_not_there(order: Order) -> None:
    plant(
        "UPDATE core_outboxevent SET name = 'payment.failed', payload = '{\"payment_id\": 0}' "
        "WHERE name = 'product.created'"
    )
    assert told(audits.events) == [
        "Payment None: payment.failed happened 0 times, and the outbox tells of it 1 times"
    ]
