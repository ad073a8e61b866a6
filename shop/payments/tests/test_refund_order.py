import json
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from shop.accounts.models import User
from shop.accounts.tests.make import make_staff
from shop.core.relay import deliver_pending
from shop.inventory.models import StockLevel
from shop.orders import services as orders
from shop.orders.models import Order
from shop.orders.tests.make import make_order, make_variant
from shop.payments import services, tasks
from shop.payments.errors import ProviderAway
from shop.payments.models import Payment, Refund
from shop.payments.provider import Outcome, Refunded
from shop.payments.sandbox import Sandbox
from shop.payments.services import promising
from shop.payments.tests.make import make_payment, pay
from shop.products.models import Variant
from tests.api import body, client_of, codes

pytestmark = pytest.mark.django_db


def refund(user: User | None, order: Order, **data: Any) -> Any:
    return client_of(user).post(f"/api/store/orders/{order.number}/refund/", data)


def stock_of(variant: Variant) -> int:
    return StockLevel.objects.get(variant=variant).available


@pytest.fixture
def variant(db: None) -> Variant:
    return make_variant(stock=5)


@pytest.fixture
def paid(alice: User, variant: Variant) -> Order:
    """An order of two for 20.00, of five."""
    order = make_order(alice, variants=[variant], quantity=2)
    pay(order)
    return order


def test_gives_back_the_whole_price(paid: Order, clerk: User, variant: Variant) -> None:
    response = refund(clerk, paid, reason="Found broken.")
    assert response.status_code == 200
    answer = body(response)
    assert answer["status"] == "REFUNDED"
    assert answer["payments"][0]["status"] == "refunded"
    assert answer["payments"][0]["refunded_amount"] == "20.00"
    done = Refund.objects.get()
    assert (done.actor, done.status, done.reason) == (clerk, "succeeded", "Found broken.")
    assert stock_of(variant) == 5


def test_gives_back_parts_until_nothing_is_left(paid: Order, clerk: User) -> None:
    assert body(refund(clerk, paid, amount="5.50"))["status"] == "PAID"
    too_much = refund(clerk, paid, amount="14.51")
    assert too_much.status_code == 409
    assert codes(too_much) == ["refund_too_large"]
    assert body(refund(clerk, paid))["status"] == "REFUNDED"
    amounts = Refund.objects.order_by("id").values_list("amount", flat=True)
    assert list(amounts) == [Decimal("5.50"), Decimal("14.50")]
    again = refund(clerk, paid)
    assert again.status_code == 409
    assert codes(again) == ["nothing_to_refund"]


def test_leaves_goods_that_have_left_unless_told(
    paid: Order, alice: User, clerk: User, variant: Variant
) -> None:
    orders.ship_order(order=paid, actor=clerk)
    refund(clerk, paid)
    assert stock_of(variant) == 3
    other = make_order(alice, variants=[variant])
    pay(other)
    orders.ship_order(order=other, actor=clerk)
    refund(clerk, other, restock=True)
    assert stock_of(variant) == 3


def test_keeps_the_goods_off_the_shelf_when_told(
    paid: Order, clerk: User, variant: Variant
) -> None:
    refund(clerk, paid, restock=False)
    assert stock_of(variant) == 3


def test_refuses_to_restock_for_a_part(paid: Order, clerk: User) -> None:
    response = refund(clerk, paid, amount="1.00", restock=True)
    assert response.status_code == 400
    assert codes(response) == ["restock_needs_full_refund"]
    assert not Refund.objects.exists()


@pytest.mark.parametrize(
    "amount", ["0", "-1", "0.001", "abc", "NaN", "1e400", "9" * 5000, True, [1], {"a": 1}, 2**63]
)
def test_refuses_amounts_that_make_no_sense(paid: Order, clerk: User, amount: Any) -> None:
    response = refund(clerk, paid, amount=amount)
    assert response.status_code == 400
    codes(response)
    assert not Refund.objects.exists()


@pytest.mark.parametrize("data", [{"restock": "maybe"}, {"reason": ["x"]}, {"reason": "x" * 501}])
def test_refuses_what_makes_no_sense(paid: Order, clerk: User, data: dict[str, Any]) -> None:
    response = refund(clerk, paid, **data)
    assert response.status_code == 400
    assert body(response)["errors"][0]["attr"] == next(iter(data))
    assert not Refund.objects.exists()


def test_refuses_an_order_that_was_not_paid(alice: User, clerk: User) -> None:
    order = make_order(alice)
    make_payment(order)
    response = refund(clerk, order)
    assert response.status_code == 409
    assert codes(response) == ["nothing_to_refund"]


def test_is_for_staff_with_the_right_to_refund(paid: Order, alice: User, bob: User) -> None:
    for person in (alice, bob, make_staff("support")):
        response = refund(person, paid)
        assert response.status_code == 403
        assert codes(response) == ["permission_denied"]
    assert refund(None, paid).status_code == 401
    assert not Refund.objects.exists()


def test_keeps_the_order_when_the_provider_refuses(
    paid: Order, clerk: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as refusing:
        refused = Refunded(status=Refund.Status.FAILED)
        refusing.setattr(Sandbox, "refund", lambda self, refund: refused)
        response = refund(clerk, paid)
    assert response.status_code == 409
    assert codes(response) == ["refund_failed"]
    paid.refresh_from_db()
    assert paid.status == Order.Status.PAID
    assert Payment.objects.get().refunded_amount == 0
    assert body(refund(clerk, paid))["status"] == "REFUNDED"


def test_is_completed_later_when_the_provider_is_away(
    paid: Order, clerk: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def be_away(self: Sandbox, refund: Refund) -> Refunded:
        raise ProviderAway

    with monkeypatch.context() as away:
        away.setattr(Sandbox, "refund", be_away)
        response = refund(clerk, paid)
        assert response.status_code == 200
        answer = body(response)
        assert (answer["status"], answer["payments"][0]["refunded_amount"]) == ("PAID", "20.00")
        assert answer["payments"][0]["refunds"][0]["status"] == "pending"
        Refund.objects.update(created_at=timezone.now() - timedelta(hours=1))
        assert services.complete_refunds() == 0
    assert codes(refund(clerk, paid)) == ["nothing_to_refund"]
    tasks.complete_refunds()
    paid.refresh_from_db()
    assert paid.status == Order.Status.REFUNDED


def test_leaves_young_promises_to_those_who_made_them(
    paid: Order, clerk: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as slow:
        pending = Refunded(status=Refund.Status.PENDING)
        slow.setattr(Sandbox, "refund", lambda self, refund: pending)
        refund(clerk, paid)
    assert services.complete_refunds() == 0
    assert Refund.objects.get().status == "pending"


def test_completes_the_others_when_one_is_broken(
    alice: User, clerk: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = Sandbox.refund

    def fall_over(self: Sandbox, refund: Refund) -> Refunded:
        if refund.amount == 10:
            raise TimeoutError
        return done(self, refund)

    with monkeypatch.context() as slow:
        pending = Refunded(status=Refund.Status.PENDING)
        slow.setattr(Sandbox, "refund", lambda self, refund: pending)
        for quantity in (1, 2):
            order = make_order(alice, quantity=quantity)
            pay(order)
            refund(clerk, order)
    Refund.objects.update(created_at=timezone.now() - timedelta(hours=1))
    monkeypatch.setattr(Sandbox, "refund", fall_over)
    assert services.complete_refunds() == 1
    assert {one.amount: one.status for one in Refund.objects.all()} == {
        10: "pending",
        20: "succeeded",
    }


def test_asks_what_became_of_a_refund_that_the_provider_has(
    paid: Order, clerk: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []

    def take(self: Sandbox, refund: Refund) -> Refunded:
        asked.append(refund)
        return Refunded(status=Refund.Status.PENDING, reference="re_1")

    monkeypatch.setattr(Sandbox, "refund", take)
    refund(clerk, paid)
    Refund.objects.update(created_at=timezone.now() - timedelta(hours=1))
    # One that cannot be asked is waited for; nothing is refunded anew.
    assert services.complete_refunds() == 0
    done = Refunded(status=Refund.Status.SUCCEEDED, reference="re_1")
    monkeypatch.setattr(Sandbox, "fetch_refund", lambda self, refund: done, raising=False)
    assert services.complete_refunds() == 1
    assert len(asked) == 1
    paid.refresh_from_db()
    assert paid.status == Order.Status.REFUNDED


def test_a_repeated_request_continues_its_refund(
    paid: Order, clerk: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Under one idempotency key a promise is made once, whatever became of the answer."""
    steps: dict[str, Any] = {}

    def once(step: str, action: Callable[[], Any]) -> Any:
        if step not in steps:
            steps[step] = json.loads(json.dumps(action()))
        return steps[step]

    def fall_over(self: Sandbox, refund: Refund) -> Refunded:
        raise TimeoutError

    monkeypatch.setattr(promising, "once", once)
    with monkeypatch.context() as broken:
        broken.setattr(Sandbox, "refund", fall_over)
        assert refund(clerk, paid, amount="5.00").status_code == 500
    for _ in range(2):
        answer = body(refund(clerk, paid, amount="5.00"))
        assert answer["payments"][0]["refunded_amount"] == "5.00"
        assert answer["payments"][0]["refunds"][0]["status"] == "succeeded"
    assert Refund.objects.count() == 1


def test_tells_every_cent_in_the_history(paid: Order, clerk: User) -> None:
    refund(clerk, paid, amount="5.50", reason="Scratched.")
    refund(clerk, paid, reason="x" * 500)
    lines = [(line.to_status, line.actor, line.note) for line in paid.history.order_by("id")]
    assert lines[1:] == [
        ("PAID", paid.user, "Paid 20.00 USD by test payment."),
        ("PAID", clerk, "Refunded 5.50 USD: Scratched."),
        ("REFUNDED", clerk, ("Refunded 14.50 USD: " + "x" * 500)[:500]),
    ]


@pytest.mark.parametrize("currency", ["EUR", "usd", ""])
def test_refuses_another_currency(paid: Order, clerk: User, currency: str) -> None:
    response = refund(clerk, paid, amount="1.00", currency=currency)
    assert response.status_code == 400
    assert codes(response) == ["wrong_currency" if currency else "blank"]
    assert body(response)["errors"][0]["attr"] == "currency"
    assert not Refund.objects.exists()
    assert refund(clerk, paid, amount="1.00", currency="USD").status_code == 200


def test_gives_back_what_came_on_top_and_was_refused_before(
    alice: User, clerk: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = make_order(alice)
    late = make_payment(order)
    services.confirm_payment(payment=late, actor=alice, outcome=Outcome.DECLINE)
    pay(order)
    services.record_success(payment=late, amount=late.amount, currency="USD")
    with monkeypatch.context() as refusing:
        refused = Refunded(status=Refund.Status.FAILED)
        refusing.setattr(Sandbox, "refund", lambda self, refund: refused)
        tasks.complete_refund(refund_id=Refund.objects.get().pk)
    assert body(refund(clerk, order))["status"] == "REFUNDED"
    assert body(refund(clerk, order))["status"] == "REFUNDED"
    late.refresh_from_db()
    assert late.status == "refunded"
    assert codes(refund(clerk, order)) == ["nothing_to_refund"]


def test_gives_back_what_was_paid_for_a_cancelled_order(
    paid: Order, alice: User, variant: Variant
) -> None:
    orders.cancel_order(order=paid, actor=alice)
    for _ in range(2):
        tasks.settle_cancelled_order(order_id=paid.pk)
    tasks.complete_refund(refund_id=Refund.objects.get().pk)
    paid.refresh_from_db()
    payment = Payment.objects.get()
    assert (paid.status, payment.status) == ("CANCELLED", "refunded")
    assert stock_of(variant) == 5


def test_closes_the_open_payment_of_a_cancelled_order(alice: User) -> None:
    order = make_order(alice)
    payment = make_payment(order)
    tasks.settle_cancelled_order(order_id=order.pk)
    payment.refresh_from_db()
    assert payment.status == "pending"
    orders.cancel_order(order=order, actor=alice)
    tasks.settle_cancelled_order(order_id=order.pk)
    payment.refresh_from_db()
    assert payment.status == "cancelled"


def test_waits_for_people_to_hand_back_cash(alice: User, clerk: User) -> None:
    order = make_order(alice)
    pay(order, method="cash_on_delivery", actor=clerk)
    orders.cancel_order(order=order, actor=alice)
    tasks.settle_cancelled_order(order_id=order.pk)
    owed = Refund.objects.get()
    tasks.complete_refund(refund_id=owed.pk)
    owed.refresh_from_db()
    assert owed.status == "pending"
    assert codes(refund(clerk, order, currency="EUR")) == ["wrong_currency"]
    assert body(refund(clerk, order))["status"] == "CANCELLED"
    owed.refresh_from_db()
    assert (owed.status, owed.actor) == ("succeeded", clerk)
    assert Payment.objects.get().status == "refunded"


def test_refuses_more_than_is_left_beside_a_promise(alice: User, clerk: User) -> None:
    order = make_order(alice)
    pay(order, method="cash_on_delivery", actor=clerk)
    orders.cancel_order(order=order, actor=alice)
    tasks.settle_cancelled_order(order_id=order.pk)
    response = refund(clerk, order, amount="1.00")
    assert response.status_code == 409
    assert codes(response) == ["nothing_to_refund"]


def test_follows_a_cancellation_by_itself(paid: Order, alice: User) -> None:
    orders.cancel_order(order=paid, actor=alice)
    while deliver_pending():
        pass
    assert Payment.objects.get().status == "refunded"
