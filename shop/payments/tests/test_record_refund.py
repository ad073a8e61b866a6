"""How refunds end at the provider, in whatever order that is learned."""

from decimal import Decimal
from itertools import permutations
from typing import Any

import pytest

from shop.accounts.models import User
from shop.core.models import OutboxEvent
from shop.inventory.models import StockLevel
from shop.orders import services as orders
from shop.orders.models import Order
from shop.orders.tests.make import make_order, make_variant
from shop.payments import services
from shop.payments.models import Payment, Refund
from shop.payments.provider import Refunded
from shop.payments.sandbox import Sandbox
from shop.payments.tests.make import pay

pytestmark = pytest.mark.django_db

PENDING, SUCCEEDED, FAILED, HELD = Refund.Status.values


@pytest.fixture
def paid(alice: User) -> Order:
    """Three for 30.00."""
    order = make_order(alice, variants=[make_variant(stock=5)], quantity=3)
    pay(order)
    return order


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> None:
    """A provider that takes every refund, and tells of its end later."""
    taken = Refunded(status=Refund.Status.PENDING)
    monkeypatch.setattr(Sandbox, "refund", lambda self, refund: taken)


def promise(order: Order, actor: User, **wish: Any) -> Refund:
    services.refund_order(order=order, actor=actor, **wish)
    return Refund.objects.latest("id")


def tell(refund: Refund, status: str, reference: str = "re_1") -> bool:
    done = Refunded(status=Refund.Status(status), reference=reference)
    is_kept = services.record_refund(refund_id=refund.pk, done=done)
    refund.refresh_from_db()
    return is_kept


def tell_of_other(payment: Payment, status: str, amount: str, reference: str = "re_2") -> Refund:
    services.record_refund_of_provider(
        payment=payment,
        reference=reference,
        amount=Decimal(amount),
        status=Refund.Status(status),
    )
    return Refund.objects.get(provider_reference=reference)


def events(name: str) -> int:
    return OutboxEvent.objects.filter(name=name).count()


def given_back() -> tuple[str, object]:
    payment = Payment.objects.get()
    return payment.status, payment.refunded_amount


def last_note(order: Order) -> str:
    return order.history.latest("id").note


@pytest.mark.usefixtures("slow")
class TestOurs:
    def test_waits_for_its_end(self, paid: Order, clerk: User) -> None:
        refund = promise(paid, clerk)
        assert tell(refund, PENDING)
        assert (refund.status, refund.provider_reference) == (PENDING, "re_1")
        paid.refresh_from_db()
        assert (paid.status, *given_back()) == ("PAID", "succeeded", 30)
        assert tell(refund, SUCCEEDED)
        paid.refresh_from_db()
        assert (paid.status, *given_back()) == ("REFUNDED", "refunded", 30)
        assert last_note(paid) == "Refunded 30.00 USD."

    def test_ends_once(self, paid: Order, clerk: User) -> None:
        refund = promise(paid, clerk)
        lines = paid.history.count()
        for status in (SUCCEEDED, PENDING, SUCCEEDED, SUCCEEDED):
            tell(refund, status)
        assert refund.status == SUCCEEDED
        assert paid.history.count() == lines + 1
        assert (events("payment.refunded"), events("order.refunded")) == (1, 1)
        assert StockLevel.objects.get().on_hand == 5

    def test_ends_the_same_in_any_order(self, alice: User, clerk: User) -> None:
        """With a refused call, the failure under its name is what stays."""
        variant = make_variant(stock=100)
        told = [(PENDING, "re"), (SUCCEEDED, "re"), (FAILED, "re"), (FAILED, "")]
        for n, order_of_arrival in enumerate(permutations(told)):
            order = make_order(alice, variants=[variant])
            payment = pay(order)
            refund = promise(order, clerk)
            for status, reference in order_of_arrival:
                tell(refund, status, reference and f"{reference}_{n}")
            payment.refresh_from_db()
            assert refund.status == FAILED, order_of_arrival
            assert (payment.status, payment.refunded_amount) == ("succeeded", 0)

    def test_a_success_overrules_a_refused_call(self, alice: User, clerk: User) -> None:
        told = [(FAILED, ""), (SUCCEEDED, "re"), (PENDING, "re")]
        for n, order_of_arrival in enumerate(permutations(told)):
            order = make_order(alice)
            payment = pay(order)
            refund = promise(order, clerk)
            for status, reference in order_of_arrival:
                tell(refund, status, reference and f"{reference}_{n}")
            payment.refresh_from_db()
            order.refresh_from_db()
            assert refund.status == SUCCEEDED, order_of_arrival
            assert (order.status, payment.status) == ("REFUNDED", "refunded")

    def test_a_late_success_is_held_when_the_money_went_otherwise(
        self, paid: Order, clerk: User
    ) -> None:
        refused = promise(paid, clerk)
        assert not tell(refused, FAILED, "")
        second = promise(paid, clerk)
        tell(second, SUCCEEDED, "re_2")
        tell(refused, SUCCEEDED)
        assert (refused.status, *given_back()) == (HELD, "refunded", 30)
        # The second one comes back: there is room for the first.
        tell(second, FAILED, "re_2")
        refused.refresh_from_db()
        assert (refused.status, second.status, *given_back()) == (
            SUCCEEDED,
            FAILED,
            "refunded",
            30,
        )

    def test_money_that_comes_back_is_owed_again(self, paid: Order, clerk: User) -> None:
        refund = promise(paid, clerk)
        tell(refund, SUCCEEDED)
        assert StockLevel.objects.get().on_hand == 5
        assert not tell(refund, FAILED)
        assert (refund.status, *given_back()) == (FAILED, "succeeded", 0)
        assert last_note(paid) == "The refund of 30.00 USD came back."
        assert events("refund.failed") == 1
        again = promise(paid, clerk)
        tell(again, SUCCEEDED, "re_2")
        paid.refresh_from_db()
        assert (paid.status, *given_back()) == ("REFUNDED", "refunded", 30)
        # The goods are back since the first time.
        assert StockLevel.objects.get().on_hand == 5
        assert paid.items.get().refunded_quantity == 3

    def test_a_failure_frees_the_goods_of_the_line(self, paid: Order, clerk: User) -> None:
        item = paid.items.get()
        refund = promise(paid, clerk, items=[{"item": item.pk, "quantity": 2}])
        item.refresh_from_db()
        assert item.refunded_quantity == 2
        tell(refund, FAILED)
        item.refresh_from_db()
        assert item.refunded_quantity == 0
        assert StockLevel.objects.get().on_hand == 2

    @pytest.mark.parametrize("end", [SUCCEEDED, FAILED])
    def test_goods_come_back_once_when_the_order_is_cancelled_meanwhile(
        self, paid: Order, clerk: User, end: str
    ) -> None:
        items = [{"item": paid.items.get().pk, "quantity": 2}]
        refund = promise(paid, clerk, items=items, restock=True)
        orders.cancel_order(order=paid, actor=clerk)
        assert StockLevel.objects.get().on_hand == 3
        tell(refund, end)
        assert StockLevel.objects.get().on_hand == 5

    def test_another_name_is_another_refund(self, paid: Order, clerk: User) -> None:
        refund = promise(paid, clerk, amount=Decimal("10.00"))
        tell(refund, SUCCEEDED)
        tell(refund, SUCCEEDED, "re_2")
        assert (refund.provider_reference, *given_back()) == ("re_1", "succeeded", 20)

    def test_is_not_counted_twice_when_it_was_told_of_first(self, paid: Order, clerk: User) -> None:
        refund = promise(paid, clerk, amount=Decimal("10.00"))
        other = tell_of_other(refund.payment, SUCCEEDED, "10.00", "re_1")
        assert not tell(refund, SUCCEEDED)
        assert (other.status, refund.status, *given_back()) == (
            SUCCEEDED,
            FAILED,
            "succeeded",
            10,
        )

    def test_takes_over_what_was_held_under_its_name(self, paid: Order, clerk: User) -> None:
        refund = promise(paid, clerk)
        assert tell_of_other(refund.payment, SUCCEEDED, "30.00", "re_1").status == HELD
        assert tell(refund, SUCCEEDED)
        assert Refund.objects.get() == refund
        assert given_back() == ("refunded", 30)


class TestMadeAtTheProvider:
    def test_is_recorded_as_the_shops_own(self, paid: Order) -> None:
        payment = Payment.objects.get()
        for _ in range(2):
            refund = tell_of_other(payment, SUCCEEDED, "12.00")
        assert (refund.actor, refund.reason) == (None, "Made at the provider.")
        assert (refund.status, *given_back()) == (SUCCEEDED, "succeeded", 12)
        assert events("payment.refunded") == 1
        assert last_note(paid) == "Refunded 12.00 USD: Made at the provider."

    def test_ends_the_order_when_nothing_is_left(self, paid: Order) -> None:
        payment = Payment.objects.get()
        tell_of_other(payment, SUCCEEDED, "12.00", "re_1")
        tell_of_other(payment, PENDING, "18.00", "re_2")
        paid.refresh_from_db()
        assert (paid.status, *given_back()) == ("PAID", "succeeded", 30)
        tell_of_other(payment, SUCCEEDED, "18.00", "re_2")
        paid.refresh_from_db()
        assert (paid.status, *given_back()) == ("REFUNDED", "refunded", 30)

    def test_updates_one_of_ours_that_it_knows(self, paid: Order, clerk: User, slow: None) -> None:
        refund = promise(paid, clerk)
        tell(refund, PENDING)
        assert tell_of_other(refund.payment, SUCCEEDED, "30.00", "re_1") == refund
        assert given_back() == ("refunded", 30)

    def test_ends_the_same_in_any_order(self, alice: User) -> None:
        for n, told in enumerate(permutations([PENDING, SUCCEEDED, FAILED])):
            payment = pay(make_order(alice))
            for status in told:
                refund = tell_of_other(payment, status, "10.00", f"re_{n}")
            payment.refresh_from_db()
            assert refund.status == FAILED, told
            assert (payment.status, payment.refunded_amount) == ("succeeded", 0)

    def test_is_held_when_it_is_more_than_was_paid(self, paid: Order) -> None:
        refund = tell_of_other(Payment.objects.get(), SUCCEEDED, "30.01")
        assert (refund.status, *given_back()) == (HELD, "succeeded", 0)
        assert not events("payment.refunded")
        assert tell_of_other(refund.payment, FAILED, "30.01").status == FAILED

    def test_is_counted_when_a_promise_fails(self, paid: Order, clerk: User, slow: None) -> None:
        ours = promise(paid, clerk)
        theirs = tell_of_other(ours.payment, SUCCEEDED, "30.00")
        assert theirs.status == HELD
        tell(ours, FAILED, "")
        theirs.refresh_from_db()
        paid.refresh_from_db()
        assert (theirs.status, paid.status, *given_back()) == (
            SUCCEEDED,
            "REFUNDED",
            "refunded",
            30,
        )

    def test_is_counted_when_the_money_is_known_to_have_come(self, alice: User) -> None:
        payment = pay(make_order(alice))
        Payment.objects.update(captured_amount=0)
        refund = tell_of_other(payment, PENDING, "10.00")
        assert refund.status == HELD
        Payment.objects.update(captured_amount=10)
        services.complete_refunds()
        refund.refresh_from_db()
        assert (refund.status, *given_back()) == (PENDING, "succeeded", 10)
