"""Many writers who have read the same: one of them writes, and nobody overwrites unseen."""

import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from shop.accounts.models import User
from shop.accounts.tests.make import make_address, make_user
from shop.products.tests.make import make_product
from shop.products.views import ProductViewSet
from shop.vendors.tests.make import make_vendor
from tests.api import client_of

WRITERS = 8
ROUNDS = 6

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


@pytest.fixture
def seller() -> User:
    return make_user()


@pytest.fixture
def product_address(seller: User) -> str:
    vendor = make_vendor("Alder", owner=seller)
    return f"/api/vendor/products/{make_product('Coat', vendor=vendor).slug}/"


def all_write_at_once(user: User, address: str, field: str, tag: str) -> Counter[int]:
    """Everybody sends a value of `field` that it never had; counts the statuses."""
    everybody_is_ready = threading.Barrier(WRITERS)

    def write(number: int) -> int:
        client = client_of(user)
        headers = {"If-Match": tag}
        try:
            everybody_is_ready.wait(30)
            return client.patch(
                address, {field: f"{number} after {tag[1:9]}"}, headers=headers
            ).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(WRITERS) as pool:
        return Counter(pool.map(write, range(WRITERS)))


def race(user: User, address: str, field: str) -> list[Counter[int]]:
    client = client_of(user)
    return [
        all_write_at_once(user, address, field, client.get(address)["ETag"]) for _ in range(ROUNDS)
    ]


ONE_WINS = Counter({412: WRITERS - 1, 200: 1})


def test_one_of_many_writers_changes_the_product(seller: User, product_address: str) -> None:
    assert race(seller, product_address, "meta_title") == [ONE_WINS] * ROUNDS


def test_the_same_by_the_door_of_the_store(seller: User, product_address: str) -> None:
    address = product_address.replace("/vendor/", "/store/")
    assert race(seller, address, "meta_title") == [ONE_WINS] * ROUNDS


def test_one_of_many_writers_changes_the_address(seller: User) -> None:
    address = f"/api/store/addresses/{make_address(seller).pk}/"
    assert race(seller, address, "line2") == [ONE_WINS] * ROUNDS


def test_one_of_many_writers_changes_the_account(seller: User) -> None:
    assert race(seller, "/api/store/users/me/", "first_name") == [ONE_WINS] * ROUNDS


def test_several_win_when_nothing_is_held(
    seller: User, product_address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control: the tests above can fail, so their passing means something."""
    monkeypatch.setattr(ProductViewSet, "hold", lambda *_, **__: None)
    results = race(seller, product_address.replace("/vendor/", "/store/"), "meta_title")
    assert any(result[200] > 1 for result in results)
