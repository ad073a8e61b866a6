"""Many shoppers, one last unit: exactly one of them gets it, every time."""

import http.client
import json
import os
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

import pytest

from shop.accounts.models import User
from shop.accounts.tests.make import access_token, make_user
from shop.cart.models import Cart, CartItem
from shop.inventory.models import Reservation, StockLevel
from shop.orders.models import OrderItem
from shop.products.models import Variant
from shop.products.tests.make import make_category, make_product
from tests.server import running_server

CLIENTS = 200
# All of them on a PostgreSQL as in production; fewer each time that anybody runs the tests.
ROUNDS = 20 if "DATABASE_URL" in os.environ else 5

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow, pytest.mark.services]


@pytest.fixture
def shoppers() -> list[tuple[User, str]]:
    people = [make_user() for _ in range(CLIENTS)]
    return [(person, access_token(person)) for person in people]


def last_unit() -> Variant:
    category = make_category()
    return make_product(stock=1, category=category).variants.get()


def fill_carts(shoppers: list[tuple[User, str]], variant: Variant) -> None:
    """Everybody has exactly the one thing in the cart."""
    open_carts = Cart.objects.filter(status=Cart.Status.OPEN)
    CartItem.objects.filter(cart__in=open_carts).delete()
    without = [user for user, _ in shoppers if not open_carts.filter(user=user).exists()]
    Cart.objects.bulk_create([Cart(user=user) for user in without])
    CartItem.objects.bulk_create(
        [CartItem(cart=cart, variant=variant, quantity=1) for cart in open_carts]
    )


def all_order_at_once(address: str, shoppers: list[tuple[User, str]]) -> Counter[tuple[int, str]]:
    """Every shopper places the order at the same moment; counts (status, error code)."""
    everybody_is_ready = threading.Barrier(len(shoppers))

    def place(token: str) -> tuple[int, str]:
        connection = http.client.HTTPConnection(urlsplit(address).netloc, timeout=60)
        connection.connect()
        everybody_is_ready.wait(60)
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        connection.request("POST", "/api/store/orders/", "{}", headers)
        response = connection.getresponse()
        answer = json.loads(response.read())
        connection.close()
        code = answer["errors"][0]["code"] if response.status >= 400 else ""
        return response.status, code

    with ThreadPoolExecutor(len(shoppers)) as pool:
        return Counter(pool.map(place, [token for _, token in shoppers]))


def test_exactly_one_shopper_gets_the_last_unit(shoppers: list[tuple[User, str]]) -> None:
    with running_server(workers=2) as address:
        for round_number in range(ROUNDS):
            variant = last_unit()
            fill_carts(shoppers, variant)
            answers = all_order_at_once(address, shoppers)
            expected = {(201, ""): 1, (409, "out_of_stock"): CLIENTS - 1}
            assert answers == expected, f"round {round_number}"
            assert OrderItem.objects.filter(variant=variant).count() == 1
            level = StockLevel.objects.get(variant=variant)
            assert (level.on_hand, level.reserved) == (1, 1)
            assert Reservation.objects.get(level=level).quantity == 1


def test_the_same_race_oversells_when_the_lock_is_taken_out(
    shoppers: list[tuple[User, str]],
) -> None:
    """The negative control: the test above can fail, so its passing means something."""
    with running_server(workers=2, sabotage="tests.races.without_lock") as address:
        for _ in range(20):  # mostly the first is one
            variant = last_unit()
            fill_carts(shoppers, variant)
            all_order_at_once(address, shoppers)
            if OrderItem.objects.filter(variant=variant).count() > 1:
                return
    pytest.fail("the last unit was never sold twice: this race proves nothing")
