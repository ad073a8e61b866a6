"""What staff do with orders, parcels and money by GraphQL."""

from decimal import Decimal
from typing import Any

import pytest
from pytest_django import Settings

from shop.accounts.models import User
from shop.accounts.tests.make import make_staff, make_user
from shop.core.models import IdempotencyKey
from shop.inventory.models import StockLevel
from shop.orders.models import Order, VendorOrder, VendorOrderStatusChange
from shop.orders.tests.make import make_order, make_split_order, make_variant
from shop.orders.tests.sellers import make_seller
from shop.payments.models import Payment, Refund
from shop.payments.tests.fake_stripe import hear, offered
from shop.payments.tests.make import make_payment, pay
from shop.vendors.models import Vendor
from tests.api import body, client_of
from tests.graphql_door import ADDRESS, ask, data, problem

pytestmark = pytest.mark.django_db

SHIP = "mutation($o: ID!, $input: ShipInput) { shipOrder(order: $o, input: $input) { order { status carrier trackingNumber shippedAt } } }"
SHIP_PARCEL = "mutation($o: ID!, $p: ID!, $input: ShipInput) { shipParcel(order: $o, parcel: $p, input: $input) { parcel { pk status carrier } order { status } } }"
REFUND = "mutation($o: ID!, $input: RefundOrderInput) { refundOrder(order: $o, input: $input) { order { status payments { status refundedAmount refunds { amount reason status items { item quantity } } } } } }"
RESOLVE = "mutation($p: ID!, $accept: Boolean!) { resolvePayment(payment: $p, accept: $accept) { payment { status } order { status } } }"
OF_ORDERS = ("processOrder", "shipOrder", "deliverOrder")
OF_PARCELS = ("processParcel", "shipParcel", "deliverParcel", "cancelParcel")


def move(name: str, words: str = "") -> str:
    return f"mutation($o: ID!) {{ {name}(order: $o{words}) {{ order {{ number status }} }} }}"


def move_parcel(name: str, words: str = "") -> str:
    return f"mutation($o: ID!, $p: ID!) {{ {name}(order: $o, parcel: $p{words}) {{ parcel {{ number status }} order {{ status }} }} }}"


@pytest.fixture
def alice() -> User:
    return make_user("alice@example.test")


@pytest.fixture
def clerk() -> User:
    return make_staff("order managers", email="clerk@example.test")


def statuses(order: Order) -> list[str]:
    order.refresh_from_db()
    parts = VendorOrder.objects.filter(order=order).order_by("id")
    return [order.status, *parts.values_list("status", flat=True)]


# --- Orders and parcels ---------------------------------------------------------------------


def test_staff_take_an_order_from_paid_to_delivered(alice: User, clerk: User) -> None:
    order, client = make_order(alice), client_of(clerk)
    pay(order)
    done = data(client, move("processOrder", ', note: "In the cellar."'), {"o": order.number})
    assert done["processOrder"]["order"] == {"number": order.number, "status": "PROCESSING"}
    parcel = {"carrier": "DHL", "trackingNumber": "0034"}
    shipped = data(client, SHIP, {"o": order.pk, "input": parcel})["shipOrder"]["order"]
    assert shipped.pop("shippedAt").endswith("Z")
    assert shipped == {"status": "SHIPPED", **parcel}
    data(client, move("deliverOrder"), {"o": order.pk})
    assert statuses(order) == ["DELIVERED", "DELIVERED"]
    assert order.history.filter(actor=clerk, note="In the cellar.").exists()


def test_staff_go_on_with_the_parcel_of_a_suspended_vendor(alice: User, clerk: User) -> None:
    order, (first, second) = make_split_order(alice)
    pay(order)
    Vendor.objects.filter(pk=first.vendor_id).update(status=Vendor.Status.SUSPENDED)
    client = client_of(clerk)
    names: dict[str, Any] = {"o": order.number, "p": first.number}
    done = data(client, move_parcel("processParcel"), names)["processParcel"]
    assert done == {
        "parcel": {"number": first.number, "status": "PROCESSING"},
        "order": {"status": "PAID"},
    }
    by_id = {"o": order.pk, "p": first.pk, "input": {"carrier": "DHL", "note": "Two boxes."}}
    shipped = data(client, SHIP_PARCEL, by_id)["shipParcel"]
    assert shipped["parcel"] == {"pk": first.pk, "status": "SHIPPED", "carrier": "DHL"}
    data(client, move_parcel("deliverParcel"), names)
    data(client, move_parcel("cancelParcel"), {"o": order.pk, "p": second.number})
    assert statuses(order) == ["DELIVERED", "DELIVERED", "CANCELLED"]
    last = VendorOrderStatusChange.objects.filter(vendor_order=first, to_status="SHIPPED").get()
    assert (last.actor, last.note) == (clerk, "Two boxes.")


@pytest.mark.parametrize("name", [*OF_ORDERS, *OF_PARCELS])
def test_only_staff_who_may_change_orders_move_them(name: str, alice: User, clerk: User) -> None:
    vera = make_seller("Vera's Vases")
    order = make_order(alice, variants=[vera.variant])
    pay(order)
    query = move(name) if name in OF_ORDERS else move_parcel(name)
    named = {"o": order.number, "p": f"{order.number}-1"}
    assert problem(ask(client_of(), query, named)) == ("not_authenticated", None, 401)
    for person in (alice, vera.user, make_staff("support"), make_staff("catalog managers")):
        assert problem(ask(client_of(person), query, named)) == ("permission_denied", None, 403)
    client = client_of(clerk)
    for wrong in (named | {"o": "NX-2026-999999"}, named | {"o": "9" * 30}):
        assert problem(ask(client, query, wrong)) == ("not_found", None, 404)
    if name in OF_PARCELS:
        another = make_order(alice)
        for parcel in (f"{another.number}-1", "nothing", "0"):
            assert problem(ask(client, query, named | {"p": parcel}))[2] == 404
    assert statuses(order) == ["PAID", "PAID"]


def test_illegal_moves_have_the_code_of_rest(alice: User, clerk: User) -> None:
    order, client = make_order(alice), client_of(clerk)
    illegal = ask(client, move("deliverOrder"), {"o": order.pk})
    assert problem(illegal) == ("illegal_move", None, 409)
    names = {"o": order.pk, "p": order.parts.get().pk}
    unpaid = ask(client, move_parcel("shipParcel"), names)
    assert problem(unpaid) == ("order_not_paid", None, 409)
    long = ask(client, SHIP, {"o": order.pk, "input": {"carrier": "x" * 101}})
    assert problem(long) == ("max_length", "carrier", 400)
    assert statuses(order) == ["PENDING", "PENDING"]


# --- Refunds --------------------------------------------------------------------------------


def test_staff_give_back_an_amount_goods_and_the_rest(alice: User, clerk: User) -> None:
    variant = make_variant(stock=5)
    order = make_order(alice, variants=[variant], quantity=3)
    pay(order)
    client, line = client_of(clerk), order.items.get()
    partly = {"amount": "5.50", "reason": "Scratched.", "currency": "USD"}
    told = data(client, REFUND, {"o": order.number, "input": partly})["refundOrder"]["order"]
    assert told["status"] == "PAID"
    assert told["payments"][0]["refunds"][0]["reason"] == "Scratched."
    goods = {"items": [{"item": line.pk, "quantity": 1}], "restock": True}
    told = data(client, REFUND, {"o": order.pk, "input": goods})["refundOrder"]["order"]
    newest = told["payments"][0]["refunds"][0]
    assert (newest["amount"], newest["items"]) == ("10.00", [{"item": line.pk, "quantity": 1}])
    told = data(client, REFUND, {"o": order.pk})["refundOrder"]["order"]
    assert (told["status"], told["payments"][0]["refundedAmount"]) == ("REFUNDED", "30.00")
    amounts = Refund.objects.order_by("id").values_list("amount", flat=True)
    assert list(amounts) == [Decimal("5.50"), Decimal("10.00"), Decimal("14.50")]
    assert StockLevel.objects.get(variant=variant).available == 5


def test_one_parcel_is_given_back(alice: User, clerk: User) -> None:
    order, (first, _second) = make_split_order(alice)
    pay(order)
    data(client_of(clerk), REFUND, {"o": order.pk, "input": {"part": first.number}})
    assert statuses(order) == ["PAID", "REFUNDED", "PAID"]
    another = make_order(alice).parts.get()
    wrong = ask(client_of(clerk), REFUND, {"o": order.pk, "input": {"part": another.number}})
    assert problem(wrong) == ("does_not_exist", "part", 400)


def test_refunds_are_refused_as_in_rest(alice: User, clerk: User) -> None:
    order, client = make_order(alice), client_of(clerk)
    assert problem(ask(client, REFUND, {"o": order.pk}))[0] == "nothing_to_refund"
    pay(order)
    for wish, code in [
        ({"amount": "10.01"}, "refund_too_large"),
        ({"amount": "1", "items": [{"item": 1, "quantity": 1}]}, "amount_or_items"),
        ({"items": [{"item": 1, "quantity": 1}]}, "does_not_exist"),
        ({"items": []}, "empty"),
        ({"items": None}, "null"),
        ({"currency": "EUR"}, "wrong_currency"),
        ({"amount": "1e400"}, "invalid"),
    ]:
        rest = body(client.post(f"/api/store/orders/{order.pk}/refund/", wish, format="json"))
        found = problem(ask(client, REFUND, {"o": order.pk, "input": wish}))[0]
        assert found == rest["errors"][0]["code"] == code, wish
    for person in (alice, make_staff("support")):
        assert problem(ask(client_of(person), REFUND, {"o": order.pk}))[0] == "permission_denied"
    assert problem(ask(client_of(), REFUND, {"o": order.pk}))[0] == "not_authenticated"
    assert problem(ask(client, REFUND, {"o": "NX-2026-999999"}))[0] == "not_found"
    assert not Refund.objects.exists()


def test_a_refund_under_a_key_is_given_once_and_in_steps(alice: User, clerk: User) -> None:
    order = make_order(alice)
    pay(order)
    asked = {"query": REFUND, "variables": {"o": order.pk, "input": {"amount": "1.00"}}}
    client = client_of(clerk)
    first, second = (
        client.post(ADDRESS, asked, format="json", headers={"idempotency-key": "once"})
        for _ in range(2)
    )
    assert "errors" not in body(first)
    assert second.content == first.content
    assert second["Idempotent-Replayed"] == "true"
    assert Refund.objects.count() == 1
    assert IdempotencyKey.objects.get().steps


# --- Money that came otherwise --------------------------------------------------------------


@pytest.mark.parametrize(
    ("accept", "payment", "status"), [(True, "SUCCEEDED", "PAID"), (False, "CANCELLED", "PENDING")]
)
def test_a_held_payment_is_decided_by_staff(
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    alice: User,
    clerk: User,
    accept: bool,
    payment: str,
    status: str,
) -> None:
    with offered(settings, monkeypatch) as stripe:
        order = make_order(alice)
        make_payment(order, method="card")
        hear(stripe.pay("pi_1", amount=900))
        held = Payment.objects.get()
        for person, code in [
            (None, "not_authenticated"),
            (make_user(), "not_found"),
            (alice, "permission_denied"),
            (make_staff("support"), "permission_denied"),
        ]:
            refused = ask(client_of(person), RESOLVE, {"p": held.pk, "accept": accept})
            assert problem(refused)[0] == code
        assert problem(ask(client_of(clerk), RESOLVE, {"p": "x", "accept": True}))[2] == 404
        told = data(client_of(clerk), RESOLVE, {"p": held.pk, "accept": accept})["resolvePayment"]
        again = ask(client_of(clerk), RESOLVE, {"p": held.pk, "accept": accept})
        assert problem(again)[2] == 409
    assert told == {"payment": {"status": payment}, "order": {"status": status}}
    held.refresh_from_db()
    order.refresh_from_db()
    assert (held.status.upper(), order.status) == (payment, status)
    given = Refund.objects.values_list("amount", flat=True)
    assert list(given) == ([] if accept else [Decimal("9.00")])
