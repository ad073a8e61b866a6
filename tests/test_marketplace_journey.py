"""Three sellers, one cart, one payment: everybody does over HTTP what is theirs to do."""

import io
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pytest
from django.core.management import call_command

from shop.accounts.models import User
from shop.accounts.tests.make import make_staff, make_user
from shop.orders.tests.sellers import Seller, house_seller, make_seller
from shop.payments.tests.make import deliver
from tests.api import body, client_of

pytestmark = pytest.mark.django_db

STORE = "/api/store"
ADDRESS = {
    "full_name": "Alice Archer",
    "line1": "12 Orchard Lane",
    "city": "Springfield",
    "postal_code": "62701",
    "country": "US",
}


def get(user: User, path: str) -> Any:
    response = client_of(user).get(f"{STORE}/{path}")
    assert response.status_code == 200, response.content
    return body(response)


def post(user: User, path: str, data: Any = None, *, expect: int = 200) -> Any:
    response = client_of(user).post(f"{STORE}/{path}", data or {})
    assert response.status_code == expect, response.content
    return body(response)


@dataclass(frozen=True)
class Market:
    """Alice buys of three sellers, the first of them the shop itself; the clerk is staff."""

    alice: User
    clerk: User
    house: Seller
    vera: Seller
    otto: Seller

    def sees(self, order: str) -> tuple[str, list[str]]:
        """How far the buyer is told that the order and its parcels are."""
        shown = get(self.alice, f"orders/{order}/")
        sellers = (self.house, self.vera, self.otto)
        slugs = [parcel["vendor"]["slug"] for parcel in shown["parcels"]]
        assert slugs == [seller.vendor.slug for seller in sellers]
        return shown["status"], [parcel["status"] for parcel in shown["parcels"]]

    def refunded(self, order: str) -> Decimal:
        """What was given back of it, as staff see it."""
        (payment,) = get(self.clerk, f"orders/{order}/")["payments"]
        return Decimal(payment["refunded_amount"])


def buy(buyer: User, goods: dict[Seller, int]) -> str:
    """The number of an order of so many pieces of each seller, paid in one go."""
    for seller, quantity in goods.items():
        line = {"variant": seller.variant.pk, "quantity": quantity}
        post(buyer, "carts/add_item/", line)
    order = post(buyer, "orders/", {"shipping_address": ADDRESS}, expect=201)
    payment = post(buyer, "payments/", {"order": order["id"], "method": "test"}, expect=201)
    post(buyer, f"payments/{payment['id']}/confirm/", {"outcome": "succeed"})
    deliver()
    return str(order["number"])


def own_part(seller: Seller, order: str) -> Any:
    """What the seller is shown of the order: one part, of its own goods only."""
    (part,) = body(seller.get("orders/", search=order))["results"]
    assert part["order_number"] == order
    assert {item["sku"] for item in part["items"]} == {seller.variant.sku}
    return part


def move(seller: Seller, part: Any, to: str, data: Any = None) -> Any:
    response = seller.post(f"orders/{part['id']}/{to}/", data)
    assert response.status_code == 200, response.content
    deliver()
    return body(response)


def send_three_parcels(market: Market) -> str:
    """Each at its own time: the order is as far as the slowest one."""
    alice, house, vera, otto = market.alice, market.house, market.vera, market.otto
    order = buy(alice, {house: 1, vera: 3, otto: 1})
    shown = get(alice, f"orders/{order}/")
    assert (shown["status"], shown["total_price"]) == ("PAID", "249.70")
    parts = {seller: own_part(seller, order) for seller in (house, vera, otto)}
    assert [part["total_price"] for part in parts.values()] == ["10.00", "119.70", "120.00"]
    move(otto, parts[otto], "ship", {"carrier": "DHL", "tracking_number": "0034"})
    move(vera, parts[vera], "process")
    assert market.sees(order) == ("PAID", ["PAID", "PROCESSING", "SHIPPED"])
    move(house, parts[house], "ship")
    move(otto, parts[otto], "deliver")
    assert market.sees(order) == ("PROCESSING", ["SHIPPED", "PROCESSING", "DELIVERED"])
    move(vera, parts[vera], "ship", {"carrier": "UPS", "tracking_number": "1Z"})
    assert market.sees(order) == ("SHIPPED", ["SHIPPED", "SHIPPED", "DELIVERED"])
    tracked = [parcel["tracking_number"] for parcel in get(alice, f"orders/{order}/")["parcels"]]
    assert tracked == ["", "1Z", "0034"]
    move(house, parts[house], "deliver")
    move(vera, parts[vera], "deliver")
    assert market.sees(order) == ("DELIVERED", ["DELIVERED", "DELIVERED", "DELIVERED"])
    return order


def give_one_vase_back(market: Market, order: str) -> None:
    """One of three came broken: that is Vera's business alone."""
    (line,) = own_part(market.vera, order)["items"]
    wish = {"items": [{"item": line["id"], "quantity": 1}], "reason": "It came broken."}
    post(market.clerk, f"orders/{order}/refund/", wish)
    deliver()
    assert market.refunded(order) == Decimal("39.90")
    assert own_part(market.vera, order)["items"][0]["refunded_quantity"] == 1
    assert own_part(market.otto, order)["items"][0]["refunded_quantity"] == 0
    assert market.sees(order) == ("DELIVERED", ["DELIVERED", "DELIVERED", "DELIVERED"])


def send_two_parcels_and_cancel_the_third(market: Market) -> None:
    """Otto cannot send his part: its money goes back, the others go on."""
    order = buy(market.alice, {market.house: 1, market.vera: 1, market.otto: 2})
    for seller in (market.house, market.vera):
        move(seller, own_part(seller, order), "ship")
    move(market.otto, own_part(market.otto, order), "cancel", {"note": "Moths."})
    assert market.refunded(order) == Decimal("240.00")
    assert market.sees(order) == ("SHIPPED", ["SHIPPED", "SHIPPED", "CANCELLED"])
    assert own_part(market.otto, order)["status"] == "CANCELLED"


def test_three_sellers_share_one_cart() -> None:
    market = Market(
        alice=make_user("alice@example.test"),
        clerk=make_staff("order managers"),
        house=house_seller(),
        vera=make_seller("Veras Vases", price="39.90"),
        otto=make_seller("Ottos Coats", price="120.00"),
    )
    order = send_three_parcels(market)
    give_one_vase_back(market, order)
    send_two_parcels_and_cancel_the_third(market)
    sellers = (market.house, market.vera, market.otto)
    told = [body(seller.get("summary/"))["totals"] for seller in sellers]
    assert [(totals["sales"], totals["refunds"]) for totals in told] == [
        ("20.00", "0.00"),
        ("159.60", "39.90"),
        ("360.00", "240.00"),
    ]
    # --- Books and payouts: the ledger of each seller, the balances, what is paid out. ---
    assert_all_agrees()


def assert_all_agrees() -> None:
    printed = io.StringIO()
    call_command("verify", stdout=printed)
    assert "no disagreement" in printed.getvalue()
