from typing import Any

import pytest
from django.db import IntegrityError, connection
from django.test.utils import CaptureQueriesContext

from shop.accounts.models import Address, User
from shop.accounts.tests.make import make_user
from shop.cart.models import Cart
from shop.core.models import OutboxEvent
from shop.inventory.models import StockLevel
from shop.orders import services
from shop.orders.models import Order
from shop.orders.tests.make import fill_cart, make_variant
from shop.products.models import Product, Variant
from tests.api import body, client_of, codes

pytestmark = pytest.mark.django_db

ORDERS = "/api/store/orders/"
WRITTEN_OUT = {
    "full_name": "Alice Archer",
    "line1": "12 High Street",
    "city": "Springfield",
    "country": "us",
}


def stock_of(variant: Variant) -> tuple[int, int]:
    level = StockLevel.objects.get(variant=variant)
    return level.on_hand, level.reserved


def make_address(user: User, **fields: Any) -> Address:
    return Address.objects.create(user=user, **{**WRITTEN_OUT, "country": "US"} | fields)


def test_turns_the_cart_into_a_pending_order(alice: User) -> None:
    shirt, mug = make_variant(price="39.90"), make_variant(price="8.05")
    fill_cart(alice, [shirt, mug], quantity=2)
    response = client_of(alice).post(ORDERS, {"note": "Ring twice."})
    assert response.status_code == 201
    order = body(response)
    assert order["status"] == "PENDING"
    assert order["number"].startswith(f"NX-{order['placed_at'][:4]}-")
    assert order["subtotal"] == order["total_price"] == "95.90"
    assert order["currency"] == "USD"
    assert order["note"] == "Ring twice."
    assert order["expires_at"] > order["placed_at"]
    assert order["paid_at"] is None
    assert order["payments"] == []
    first = order["items"][0]
    product = shirt.product
    assert first == {
        "id": first["id"],
        "vendor_order": order["parcels"][0]["id"],
        "product": {"id": product.pk, "name": product.name, "slug": product.slug},
        "variant_id": shirt.pk,
        "product_name": product.name,
        "sku": shirt.sku,
        "options": {},
        "vendor": {
            "id": product.vendor_id,
            "name": product.vendor.name,
            "slug": product.vendor.slug,
        },
        "quantity": 2,
        "refunded_quantity": 0,
        "price": "39.90",
        "line_total": "79.80",
    }
    assert [item["variant_id"] for item in order["items"]] == [shirt.pk, mug.pk]


def test_reserves_the_stock_and_closes_the_cart(alice: User) -> None:
    variant = make_variant(stock=5)
    fill_cart(alice, [variant], quantity=3)
    order = services.place_order(user=alice)
    assert stock_of(variant) == (5, 3)
    assert order.cart is not None
    assert order.cart.status == Cart.Status.ORDERED
    assert not Cart.objects.filter(user=alice, status=Cart.Status.OPEN).exists()
    placed = OutboxEvent.objects.get(name="order.placed")
    assert placed.payload == {"order_id": order.pk}


def test_keeps_prices_and_names_as_they_were(alice: User) -> None:
    variant = make_variant(price="10.00")
    fill_cart(alice, [variant])
    order = services.place_order(user=alice)
    Product.objects.update(name="Renamed", base_price=99, price=99)
    item = order.items.get()
    assert (item.product_name != "Renamed", str(item.price)) == (True, "10.00")


def test_uses_the_addresses_of_the_book(alice: User) -> None:
    home = make_address(alice, line1="Home", is_default_shipping=True)
    office = make_address(alice, line1="Office")
    fill_cart(alice)
    chosen = body(client_of(alice).post(ORDERS, {"shipping_address": office.pk}))
    assert chosen["shipping_address"]["line1"] == "Office"
    assert chosen["billing_address"]["line1"] == "Office"
    fill_cart(alice)
    by_default = body(client_of(alice).post(ORDERS))
    assert by_default["shipping_address"]["line1"] == "Home"
    home.delete()
    assert Order.objects.get(pk=by_default["id"]).shipping_address == {
        "full_name": "Alice Archer",
        "line1": "Home",
        "line2": "",
        "city": "Springfield",
        "region": "",
        "postal_code": "",
        "country": "US",
        "phone_number": "",
    }


def test_takes_an_address_that_is_written_out(alice: User) -> None:
    fill_cart(alice)
    data = {"shipping_address": WRITTEN_OUT, "billing_address": WRITTEN_OUT | {"line1": "Bank"}}
    order = body(client_of(alice).post(ORDERS, data))
    assert order["shipping_address"]["country"] == "US"
    assert order["billing_address"]["line1"] == "Bank"
    assert not Address.objects.exists()


def test_refuses_an_empty_cart(alice: User) -> None:
    for _ in range(2):
        response = client_of(alice).post(ORDERS)
        assert response.status_code == 409
        assert codes(response) == ["cart_is_empty"]
        Cart.objects.get_or_create(user=alice, status=Cart.Status.OPEN)
    assert not Order.objects.exists()


def test_names_the_lines_that_are_out_of_stock(alice: User) -> None:
    plenty, scarce = make_variant(stock=9), make_variant(stock=3)
    fill_cart(alice, [plenty, scarce], quantity=3)
    StockLevel.objects.filter(variant=scarce).update(on_hand=2)
    response = client_of(alice).post(ORDERS)
    assert response.status_code == 409
    assert codes(response) == ["out_of_stock"]
    (error,) = body(response)["errors"]
    assert error["attr"] == "items.1.quantity"
    assert "only 2 left" in error["detail"]
    assert not Order.objects.exists()
    assert stock_of(plenty) == (9, 0)
    assert Cart.objects.get(user=alice).status == Cart.Status.OPEN


def test_names_the_lines_that_cannot_be_bought_any_more(alice: User) -> None:
    kept, gone = make_variant(), make_variant()
    fill_cart(alice, [kept, gone])
    Product.objects.filter(pk=gone.product_id).update(status=Product.Status.DRAFT)
    response = client_of(alice).post(ORDERS)
    assert response.status_code == 409
    assert codes(response) == ["not_buyable"]
    assert body(response)["errors"][0]["attr"] == "items.1"
    assert not Order.objects.exists()


def test_refuses_a_total_that_no_column_holds(alice: User) -> None:
    fill_cart(alice, [make_variant(stock=999, price="999999999.00")], quantity=999)
    response = client_of(alice).post(ORDERS)
    assert response.status_code == 409
    assert codes(response) == ["total_too_large"]


def test_refuses_an_address_of_somebody_else(alice: User, bob: User) -> None:
    fill_cart(alice)
    for field in ("shipping_address", "billing_address"):
        for pk in (make_address(bob).pk, 2**63, 2**200, 0, -1):
            response = client_of(alice).post(ORDERS, {field: pk})
            assert response.status_code == 400, pk
            assert codes(response) == ["does_not_exist"]
            assert body(response)["errors"][0]["attr"] == field
    assert not Order.objects.exists()


@pytest.mark.parametrize(
    ("data", "attr"),
    [
        ({"shipping_address": True}, "shipping_address"),
        ({"shipping_address": "1"}, "shipping_address"),
        ({"shipping_address": 1.5}, "shipping_address"),
        ({"shipping_address": [1]}, "shipping_address"),
        ({"shipping_address": {**WRITTEN_OUT, "country": "XX"}}, "shipping_address.country"),
        ({"shipping_address": {**WRITTEN_OUT, "line1": ["x"]}}, "shipping_address.line1"),
        ({"billing_address": {**WRITTEN_OUT, "city": "x" * 101}}, "billing_address.city"),
        ({"note": {"a": 1}}, "note"),
        ({"note": "x" * 1001}, "note"),
    ],
)
def test_refuses_what_makes_no_sense(alice: User, data: dict[str, Any], attr: str) -> None:
    fill_cart(alice)
    response = client_of(alice).post(ORDERS, data)
    assert response.status_code == 400
    codes(response)
    assert body(response)["errors"][0]["attr"] == attr
    assert not Order.objects.exists()


def test_ignores_fields_that_are_not_the_buyers(alice: User, bob: User) -> None:
    fill_cart(alice)
    data = {"status": "PAID", "total_price": "0.01", "user": bob.pk, "number": "NX-1"}
    order = body(client_of(alice).post(ORDERS, data))
    assert (order["status"], order["total_price"]) == ("PENDING", "10.00")
    assert Order.objects.get().user == alice


def test_needs_a_token() -> None:
    response = client_of().post(ORDERS)
    assert response.status_code == 401
    codes(response)


def test_takes_as_many_statements_for_50_lines_as_for_1() -> None:
    counts = []
    for lines in (1, 50):
        user = make_user()
        fill_cart(user, [make_variant() for _ in range(lines)])
        with CaptureQueriesContext(connection) as captured:
            order = services.place_order(user=user)
        assert order.items.count() == lines
        counts.append(len(captured))
    # Two of them are the savepoint that stands for a transaction in tests.
    assert counts[0] == counts[1] <= 12, counts


def test_cannot_be_stored_with_a_total_that_its_lines_do_not_have(alice: User) -> None:
    fill_cart(alice)
    order = services.place_order(user=alice)
    Order.objects.filter(pk=order.pk).update(subtotal=1, total_price=1)
    with pytest.raises(IntegrityError, match="does not equal the sum"):
        connection.check_constraints()
