"""Giving back one part of an order of several vendors."""

from decimal import Decimal
from typing import Any

import pytest

from shop.accounts.models import User
from shop.core.models import OutboxEvent
from shop.core.tests.plant import told
from shop.inventory.models import StockLevel
from shop.orders import audits as order_audits
from shop.orders import services as orders
from shop.orders.models import Order, VendorOrder
from shop.orders.tests.make import make_order, make_split_order
from shop.payments import audits, services, tasks
from shop.payments.errors import NothingToRefund
from shop.payments.models import Payment, Refund
from shop.payments.provider import Refunded
from shop.payments.sandbox import Sandbox
from shop.payments.services import Goods
from shop.payments.tests.make import deliver, pay
from shop.products.tests.make import make_product
from shop.vendors.tests.make import make_vendor
from tests.api import body, client_of, codes

pytestmark = pytest.mark.django_db

Parts = list[VendorOrder]
EVERY = [
    *(order_audits.parts, order_audits.status, order_audits.parts_status, order_audits.goods),
    *(order_audits.parts_history, order_audits.parts_events, order_audits.events),
    *(audits.refunded_amounts, audits.refunded, audits.orders_refunded, audits.owed),
    *(audits.refund_items, audits.refunded_quantities, audits.goods_returned, audits.events),
    *(audits.parts_owed, audits.parts_refunded),
]


@pytest.fixture
def paid(alice: User) -> tuple[Order, Parts]:
    """Three vendors, two pieces of 10.00 each, of five."""
    order, parts = make_split_order(alice, parts=3, quantity=2, stock=5)
    pay(order)
    return order, parts


def refund(user: User | None, order: Order, **data: Any) -> Any:
    return client_of(user).post(f"/api/store/orders/{order.pk}/refund/", data)


def states_of(order: Order) -> tuple[str, list[str]]:
    order.refresh_from_db()
    return order.status, list(order.parts.order_by("id").values_list("status", flat=True))


def on_hand(part: VendorOrder) -> int:
    return StockLevel.objects.get(variant=part.items.get().variant_id).on_hand


def given_back(order: Order) -> list[tuple[Decimal, int | None]]:
    """Each refund of the order: how much, and by whom."""
    refunds = Refund.objects.filter(payment__order=order).order_by("id")
    return list(refunds.values_list("amount", "actor"))


def assert_sound() -> None:
    assert [line for audit in EVERY for line in told(audit)] == []


# --- By the shop itself -----------------------------------------------------------------


def test_a_cancelled_part_is_given_back_by_the_shop(paid: tuple[Order, Parts], bob: User) -> None:
    order, parts = paid
    orders.cancel_part(part=parts[1], actor=bob)
    deliver()
    assert given_back(order) == [(Decimal("20.00"), None)]
    assert Refund.objects.get().reason == f"{parts[1].number} was cancelled."
    assert states_of(order) == ("PAID", ["PAID", "CANCELLED", "PAID"])
    assert [on_hand(part) for part in parts] == [3, 5, 3]
    assert_sound()


def test_settles_a_cancelled_part_once(paid: tuple[Order, Parts], bob: User) -> None:
    order, parts = paid
    orders.cancel_part(part=parts[0], actor=bob)
    for _ in range(2):
        tasks.settle_cancelled_part(order_id=order.pk, vendor_order_id=parts[0].pk)
    deliver()
    assert given_back(order) == [(Decimal("20.00"), None)]


def test_gives_back_only_what_is_left_of_the_part(
    paid: tuple[Order, Parts], bob: User, clerk: User
) -> None:
    order, parts = paid
    items: list[Goods] = [{"item": parts[0].items.get().pk, "quantity": 1}]
    services.refund_order(order=order, actor=clerk, items=items, restock=False)
    orders.cancel_part(part=parts[0], actor=bob)
    deliver()
    assert given_back(order) == [(Decimal("10.00"), clerk.pk), (Decimal("10.00"), None)]
    # One piece stays where the refund left it.
    assert on_hand(parts[0]) == 4
    assert_sound()


def test_gives_back_only_what_there_still_is(
    paid: tuple[Order, Parts], bob: User, clerk: User
) -> None:
    order, parts = paid
    services.refund_order(order=order, actor=clerk, amount=Decimal(55))
    orders.cancel_part(part=parts[0], actor=bob)
    deliver()
    assert given_back(order) == [(Decimal(55), clerk.pk), (Decimal(5), None)]
    assert states_of(order) == ("REFUNDED", ["CANCELLED", "REFUNDED", "REFUNDED"])
    assert_sound()


def test_gives_back_each_part_of_an_order_that_ends_part_by_part(
    paid: tuple[Order, Parts], bob: User
) -> None:
    order, parts = paid
    for part in parts:
        orders.cancel_part(part=part, actor=bob)
    deliver()
    payment = Payment.objects.get(order=order)
    assert (payment.status, payment.refunded_amount) == ("refunded", Decimal(60))
    assert states_of(order) == ("CANCELLED", ["CANCELLED"] * 3)
    assert [on_hand(part) for part in parts] == [5, 5, 5]
    assert_sound()


def test_gives_back_the_rest_when_only_refunded_parts_are_left(
    paid: tuple[Order, Parts], bob: User, clerk: User
) -> None:
    order, parts = paid
    for part in parts[:2]:
        services.refund_order(order=order, actor=clerk, part=part)
    orders.cancel_part(part=parts[2], actor=bob)
    assert states_of(order) == ("PAID", ["REFUNDED", "REFUNDED", "CANCELLED"])
    deliver()
    assert states_of(order) == ("REFUNDED", ["REFUNDED", "REFUNDED", "CANCELLED"])
    assert_sound()


def test_leaves_a_cancelled_order_to_its_own_settling(
    paid: tuple[Order, Parts], bob: User, clerk: User
) -> None:
    order, parts = paid
    orders.cancel_part(part=parts[0], actor=bob)
    orders.cancel_order(order=order, actor=clerk)
    tasks.settle_cancelled_part(order_id=order.pk, vendor_order_id=parts[0].pk)
    assert given_back(order) == []
    deliver()
    assert given_back(order) == [(Decimal(60), None)]
    assert [on_hand(part) for part in parts] == [5, 5, 5]
    assert_sound()


def test_cash_for_a_cancelled_part_waits_for_staff(alice: User, bob: User, clerk: User) -> None:
    order, parts = make_split_order(alice, quantity=2)
    pay(order, method="cash_on_delivery", actor=clerk)
    orders.cancel_part(part=parts[0], actor=bob)
    deliver()
    assert Refund.objects.get().status == "pending"
    # Of the other part nothing is owed yet: it is given back besides.
    services.refund_order(order=order, actor=clerk, part=parts[1])
    owed = Refund.objects.earliest("id")
    assert (owed.status, owed.actor) == ("pending", None)
    services.refund_order(order=order, actor=clerk, part=parts[0])
    owed.refresh_from_db()
    assert (owed.status, owed.actor) == ("succeeded", clerk)
    assert Refund.objects.count() == 2
    assert states_of(order) == ("REFUNDED", ["CANCELLED", "REFUNDED"])
    assert_sound()


def test_takes_the_share_of_a_part_of_money_in_another_currency(
    paid: tuple[Order, Parts], bob: User
) -> None:
    order, parts = paid
    Payment.objects.update(captured_amount=Decimal(9000), captured_currency="JPY")
    orders.cancel_part(part=parts[0], actor=bob)
    deliver()
    assert given_back(order) == [(Decimal(3000), None)]


# --- By staff ---------------------------------------------------------------------------


def test_staff_give_a_part_back_by_id_or_number(paid: tuple[Order, Parts], clerk: User) -> None:
    order, parts = paid
    for part, reference in zip(parts[:2], (parts[0].pk, parts[1].number.lower()), strict=True):
        answer = body(refund(clerk, order, part=reference, reason="Lost."))
        (parcel,) = [each for each in answer["parcels"] if each["id"] == part.pk]
        assert parcel["status"] == "REFUNDED"
    assert answer["status"] == "PAID"
    assert given_back(order) == [(Decimal(20), clerk.pk)] * 2
    events = OutboxEvent.objects.filter(name="vendor_order.refunded").order_by("id")
    assert [event.payload["vendor_order_id"] for event in events] == [parts[0].pk, parts[1].pk]
    last = body(refund(clerk, order, part=parts[2].pk))
    assert (last["status"], last["parcels"][2]["status"]) == ("REFUNDED", "REFUNDED")
    # That was the order's own end.
    assert events.count() == 2
    assert_sound()


def test_a_part_ends_when_its_last_piece_is_given_back(
    paid: tuple[Order, Parts], clerk: User
) -> None:
    order, parts = paid
    items = [{"item": parts[0].items.get().pk, "quantity": 1}]
    assert body(refund(clerk, order, items=items))["parcels"][0]["status"] == "PAID"
    assert body(refund(clerk, order, items=items))["parcels"][0]["status"] == "REFUNDED"
    assert_sound()


def test_the_order_jumps_when_the_part_that_held_it_back_is_refunded(
    paid: tuple[Order, Parts], clerk: User
) -> None:
    order, parts = paid
    for part in parts[1:]:
        orders.ship_part(part=part, actor=clerk)
    assert states_of(order)[0] == "PAID"
    assert body(refund(clerk, order, part=parts[0].pk))["status"] == "SHIPPED"
    assert_sound()


def test_goods_that_have_not_left_come_back_to_the_shelf(
    paid: tuple[Order, Parts], clerk: User
) -> None:
    order, parts = paid
    orders.ship_part(part=parts[0], actor=clerk)
    orders.cancel_part(part=parts[1], actor=clerk)
    # All that is left, before the shop has settled the cancelled part.
    assert body(refund(clerk, order))["status"] == "REFUNDED"
    assert [on_hand(part) for part in parts] == [3, 5, 5]
    deliver()
    assert_sound()


def test_restocks_as_told_but_never_twice(paid: tuple[Order, Parts], clerk: User) -> None:
    order, parts = paid
    orders.ship_part(part=parts[0], actor=clerk)
    orders.cancel_part(part=parts[1], actor=clerk)
    refund(clerk, order, restock=True)
    assert [on_hand(part) for part in parts] == [5, 5, 5]
    assert_sound()


def test_keeps_goods_off_the_shelf_as_told(paid: tuple[Order, Parts], clerk: User) -> None:
    order, parts = paid
    refund(clerk, order, part=parts[0].pk, restock=False)
    assert on_hand(parts[0]) == 3
    assert_sound()


def test_a_refused_refund_leaves_the_goods_to_the_cancellation(
    paid: tuple[Order, Parts], clerk: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    order, parts = paid
    waiting = Refunded(status=Refund.Status.PENDING, reference="")
    monkeypatch.setattr(Sandbox, "refund", lambda *_: waiting)
    services.refund_order(order=order, actor=clerk, part=parts[0])
    orders.cancel_part(part=parts[0], actor=clerk)
    assert on_hand(parts[0]) == 3
    refused = Refunded(status=Refund.Status.FAILED, reference="")
    services.record_refund(refund_id=Refund.objects.get().pk, done=refused)
    assert on_hand(parts[0]) == 5
    assert states_of(order) == ("PAID", ["CANCELLED", "PAID", "PAID"])
    assert told(audits.goods_returned) == []


def test_refuses_what_is_no_part_of_the_order(
    paid: tuple[Order, Parts], alice: User, clerk: User
) -> None:
    order, _ = paid
    other, (foreign, _) = make_split_order(alice)
    pay(other)
    for reference in (foreign.pk, foreign.number, 2**70, "NX-1", "x\ud7ff"):
        response = refund(clerk, order, part=reference)
        assert response.status_code == 400, reference
        assert codes(response) == ["does_not_exist"]
        assert body(response)["errors"][0]["attr"] == "part"
    anything: tuple[Any, ...] = (None, [], True, 1.5, "")
    for nonsense in anything:
        assert refund(clerk, order, part=nonsense).status_code == 400
    assert given_back(order) == given_back(other) == []


def test_refuses_a_part_with_an_amount_or_items(paid: tuple[Order, Parts], clerk: User) -> None:
    order, parts = paid
    items = [{"item": parts[0].items.get().pk, "quantity": 1}]
    for more in ({"amount": "5.00"}, {"items": items}):
        response = refund(clerk, order, part=parts[0].pk, **more)
        assert (response.status_code, codes(response)) == (400, ["amount_or_items"])
    assert given_back(order) == []


def test_refuses_a_part_of_which_nothing_is_left(paid: tuple[Order, Parts], clerk: User) -> None:
    order, parts = paid
    refund(clerk, order, part=parts[0].pk)
    response = refund(clerk, order, part=parts[0].pk)
    assert (response.status_code, codes(response)) == (409, ["nothing_to_refund"])
    assert len(given_back(order)) == 1


def test_refuses_a_part_that_was_not_paid(alice: User, clerk: User) -> None:
    order, parts = make_split_order(alice)
    with pytest.raises(NothingToRefund):
        services.refund_order(order=order, actor=clerk, part=parts[0])


# --- Attempts that fail -----------------------------------------------------------------


def test_an_attempt_that_fails_leaves_an_order_that_has_begun_to_ship(
    alice: User, bob: User
) -> None:
    """The goods at the door are not recalled because somebody tried to pay by test."""
    order, parts = make_split_order(alice)
    orders.process_order(order=order, actor=bob)
    orders.ship_part(part=parts[0], actor=bob)
    payment = services.open_payment(order=order, method="test", user=alice).payment
    answer = client_of(alice).post(
        f"/api/store/payments/{payment.pk}/confirm/", {"outcome": "fail"}
    )
    assert body(answer)["status"] == "failed"
    assert states_of(order) == ("PROCESSING", ["SHIPPED", "PROCESSING"])


# --- When the money ends before the parts do ----------------------------------------------------


def test_who_gets_the_last_of_the_money_back_gets_no_goods(
    paid: tuple[Order, Parts], bob: User, clerk: User
) -> None:
    """Money was given back without goods before: then a part takes along what is left."""
    order, parts = paid
    services.refund_order(order=order, actor=clerk, amount=Decimal("45.00"))
    orders.cancel_part(part=parts[1], actor=bob)
    deliver()
    assert states_of(order) == ("REFUNDED", ["REFUNDED", "CANCELLED", "REFUNDED"])
    assert [line.refunded_quantity for line in order.items.order_by("id")] == [2, 2, 2]
    assert [on_hand(part) for part in parts] == [5, 5, 5]
    assert_sound()


@pytest.mark.parametrize(("restock", "back"), [(None, 3), (True, 5), (False, 3)])
def test_what_a_part_takes_along_comes_back_unless_it_has_left(
    paid: tuple[Order, Parts], clerk: User, restock: bool | None, back: int
) -> None:
    order, parts = paid
    for sent in parts[:2]:
        orders.ship_part(part=sent, actor=clerk)
    services.refund_order(order=order, actor=clerk, amount=Decimal("45.00"))
    services.refund_order(order=order, actor=clerk, part=parts[0], restock=restock)
    assert states_of(order) == ("REFUNDED", ["REFUNDED"] * 3)
    assert [on_hand(part) for part in parts] == [back, 3, 5]
    assert_sound()


def test_a_free_part_ends_with_the_one_that_was_paid(alice: User, clerk: User) -> None:
    paid_for, free = (
        make_product(stock=5, price=price, vendor=make_vendor()) for price in ("10.00", "0.00")
    )
    order = make_order(alice, variants=[paid_for.variants.get(), free.variants.get()])
    pay(order)
    parts = list(order.parts.order_by("id"))
    services.refund_order(order=order, actor=clerk, part=parts[0])
    assert states_of(order) == ("REFUNDED", ["REFUNDED", "REFUNDED"])
    assert [on_hand(part) for part in parts] == [5, 5]
    assert_sound()
