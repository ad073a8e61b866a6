from decimal import Decimal

import pytest

from shop.accounts.models import User
from shop.core.relay import deliver_pending
from shop.core.tests.plant import plant, told
from shop.orders import services as orders
from shop.orders.models import Order
from shop.orders.tests.make import make_order, make_variant
from shop.payments import audits, services
from shop.payments.models import Payment, Refund
from shop.payments.provider import Refunded
from shop.payments.tests.make import pay

pytestmark = pytest.mark.django_db

EVERY = (
    *(audits.refunded_amounts, audits.refunded, audits.orders_refunded, audits.owed),
    *(audits.refunds, audits.refunds_held, audits.refund_items, audits.refunded_quantities),
    *(audits.goods_returned, audits.events, audits.parts_owed, audits.parts_refunded),
)
FINE: dict[str, list[str]] = {audit.name: [] for audit in EVERY}


@pytest.fixture
def paid(alice: User) -> Payment:
    return bought(alice)


def bought(alice: User) -> Payment:
    """Three of one thing and three of another, 10.00 each, and paid."""
    variants = [make_variant(price="10.00") for _ in range(2)]
    order = make_order(alice, variants=variants, quantity=3)
    return pay(order)


def give_back(
    payment: Payment,
    actor: User,
    quantity: int | None = None,
    *,
    amount: str | None = None,
    restock: bool | None = None,
) -> Refund:
    """So many of the first line, or an amount, or all that is left."""
    item = payment.order.items.order_by("id")[0].pk
    services.refund_order(
        order=payment.order,
        actor=actor,
        amount=Decimal(amount) if amount else None,
        items=[{"item": item, "quantity": quantity}] if quantity else None,
        restock=restock,
    )
    return payment.refunds.latest("id")


def told_by_all() -> dict[str, list[str]]:
    return {audit.name: told(audit) for audit in EVERY}


def settle() -> None:
    while deliver_pending():
        pass
    plant("UPDATE orders_order SET updated_at = updated_at - interval '2 min'")


def named(order: Order) -> str:
    return f"Order {order.pk} ({order.number})"


def part_of(order: Order) -> str:
    part = order.parts.get()
    return f"VendorOrder {part.pk} ({part.number})"


def test_find_nothing_wherever_a_refund_can_come(alice: User, clerk: User) -> None:
    for restock in (True, False):
        give_back(bought(alice), clerk, 2, restock=restock)
        give_back(bought(alice), clerk, restock=restock)
        partly = bought(alice)
        give_back(partly, clerk, 1, restock=restock)
        give_back(partly, clerk, amount="3.50")
        give_back(partly, clerk, restock=not restock)
        cancelled = bought(alice)
        give_back(cancelled, clerk, 1, restock=restock)
        orders.cancel_order(order=cancelled.order, actor=alice)
    orders.cancel_order(order=bought(alice).order, actor=clerk)
    shipped = bought(alice)
    orders.ship_order(order=shipped.order, actor=clerk)
    give_back(shipped, clerk)
    assert told_by_all() == FINE
    settle()
    assert told_by_all() == FINE
    states = set(Order.objects.values_list("status", flat=True))
    assert states == {"PAID", "REFUNDED", "CANCELLED"}


def test_find_nothing_in_refunds_that_ended_oddly(alice: User, clerk: User) -> None:
    back = give_back(bought(alice), clerk, 1, restock=True)
    failed = Refunded(status=Refund.Status.FAILED, reference=back.provider_reference)
    services.record_refund(refund_id=back.pk, done=failed)
    whole = give_back(bought(alice), clerk)
    failed = Refunded(status=Refund.Status.FAILED, reference=whole.provider_reference)
    services.record_refund(refund_id=whole.pk, done=failed)
    by_hand = bought(alice)
    for reference, status in (("re_1", "succeeded"), ("re_2", "failed"), ("re_3", "pending")):
        services.record_refund_of_provider(
            payment=by_hand,
            reference=reference,
            amount=Decimal(4),
            status=Refund.Status(status),
        )
    assert told_by_all() == FINE
    settle()
    # All of it was given back and came back: the order stays REFUNDED, and the money is here.
    payment = whole.payment
    assert told_by_all() == FINE | {
        "payments.owed": [
            (
                f"Payment {payment.pk} of {payment.order.number}: the order is REFUNDED, "
                "the payment succeeded, and 60.000 USD of it are neither given back nor promised"
            )
        ]
    }


def test_finds_a_refund_of_more_than_there_was(paid: Payment) -> None:
    services.record_refund_of_provider(
        payment=paid, reference="re_1", amount=Decimal(61), status=Refund.Status.SUCCEEDED
    )
    held = paid.refunds.get()
    assert told(audits.refunds_held) == [
        (
            f"Refund {held.pk} of Payment {paid.pk} (re_1): "
            "the provider gave back 61.000 where 60.000 were left"
        )
    ]


@pytest.mark.parametrize(
    ("fault", "found"),
    [
        (
            "UPDATE orders_orderitem SET refunded_quantity = 0",
            "refunded_quantity is 0; its refunds are for 2 and 20.000 of 30.000",
        ),
        (
            "UPDATE payments_refunditem SET quantity = 1",
            "refunded_quantity is 2; its refunds are for 1 and 20.000 of 30.000",
        ),
        (
            "UPDATE payments_refunditem SET amount = 31",
            "refunded_quantity is 2; its refunds are for 2 and 31.000 of 30.000",
        ),
        (
            "UPDATE payments_refund SET status = 'failed', succeeded_at = NULL",
            "refunded_quantity is 2; its refunds are for 0 and 0 of 30.000",
        ),
    ],
)
def test_finds_a_line_that_was_given_back_otherwise(
    paid: Payment, clerk: User, fault: str, found: str
) -> None:
    give_back(paid, clerk, 2)
    assert told(audits.refunded_quantities) == []
    plant(fault)
    item = paid.order.items.order_by("id")[0]
    assert told(audits.refunded_quantities) == [
        f"OrderItem {item.pk} ({item.sku}) of {paid.order.number}: {found}"
    ]


def test_finds_a_refund_that_its_lines_exceed(paid: Payment, clerk: User) -> None:
    refund = give_back(paid, clerk, 2)
    plant("UPDATE payments_refunditem SET amount = 21")
    assert told(audits.refund_items) == [
        (
            f"Refund {refund.pk} of Payment {paid.pk}: "
            "it is of 20.000, its lines sum to 21.000; 0 are of another order"
        )
    ]


def test_finds_a_refund_of_the_goods_of_others(paid: Payment, clerk: User, bob: User) -> None:
    refund = give_back(paid, clerk, 2)
    other = make_order(bob).items.get()
    plant(f"UPDATE payments_refunditem SET order_item_id = {other.pk}")
    assert told(audits.refund_items) == [
        (
            f"Refund {refund.pk} of Payment {paid.pk}: "
            "it is of 20.000, its lines sum to 20.000; 1 are of another order"
        )
    ]


def test_finds_a_refund_by_another_provider(paid: Payment, clerk: User) -> None:
    refund = give_back(paid, clerk, 2)
    plant("UPDATE payments_refund SET provider = 'offline'")
    (found,) = told(audits.refunds)
    assert found.startswith(f"Refund {refund.pk} of Payment {paid.pk}: it is succeeded at 20")
    assert "by offline, of money that arrived" in found


def test_finds_goods_of_a_refund_that_did_not_come_back(paid: Payment, clerk: User) -> None:
    give_back(paid, clerk, 2, restock=True)
    assert told(audits.goods_returned) == []
    plant("DELETE FROM inventory_stockmovement WHERE kind = 'return'")
    assert told(audits.goods_returned) == [
        (
            f"{part_of(paid.order)}: it is PAID; of 6 sold 0 came back to the shelf, "
            "and its refunds say 2 to 2"
        )
    ]


def test_finds_goods_that_came_back_and_were_kept(paid: Payment, clerk: User) -> None:
    give_back(paid, clerk, 2, restock=True)
    plant("UPDATE payments_refunditem SET restock = FALSE")
    assert told(audits.goods_returned) == [
        (
            f"{part_of(paid.order)}: it is PAID; of 6 sold 2 came back to the shelf, "
            "and its refunds say 0 to 0"
        )
    ]


def test_finds_goods_of_a_cancelled_order_that_did_not_come_back(
    paid: Payment, clerk: User
) -> None:
    give_back(paid, clerk, 1, restock=False)
    orders.cancel_order(order=paid.order, actor=clerk)
    settle()
    assert told(audits.goods_returned) == []
    plant("DELETE FROM inventory_stockmovement WHERE kind = 'return'")
    assert told(audits.goods_returned) == [
        (
            f"{part_of(paid.order)}: it is CANCELLED; of 6 sold 0 came back to the shelf, "
            "and its refunds say 5 to 5"
        )
    ]


def test_finds_a_failure_that_nobody_was_told_of(paid: Payment, clerk: User) -> None:
    refund = give_back(paid, clerk, 1)
    failed = Refunded(status=Refund.Status.FAILED, reference=refund.provider_reference)
    services.record_refund(refund_id=refund.pk, done=failed)
    assert told(audits.events) == []
    plant("DELETE FROM core_outboxevent WHERE name = 'refund.failed'")
    assert told(audits.events) == [
        f"Refund {refund.pk}: refund.failed happened 1 times, and the outbox tells of it 0 times"
    ]
