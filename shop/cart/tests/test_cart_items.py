"""The lines of a cart at /cart-items/."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from shop.accounts.models import User
from shop.accounts.tests.make import make_user
from shop.cart import services
from shop.cart.models import CartItem
from shop.products.models import Product
from shop.products.tests.make import make_product
from tests.api import body, client_of, codes

pytestmark = pytest.mark.django_db

LINES = "/api/store/cart-items/"


@pytest.fixture
def alice() -> User:
    return make_user("alice@example.test")


def line_in_cart(user: User, *, stock: int = 10, quantity: int = 1) -> CartItem:
    variant = make_product("Mug", stock=stock).variants.get()
    return services.add_item(user=user, variant_id=variant.pk, quantity=quantity)


def test_lists_the_own_lines_only(alice: User) -> None:
    item = line_in_cart(alice)
    line_in_cart(make_user())
    answer = body(client_of(alice).get(LINES))
    assert answer["count"] == 1
    assert [line["id"] for line in answer["results"]] == [item.pk]


def test_lists_nothing_without_a_cart(alice: User) -> None:
    assert body(client_of(alice).get(LINES))["results"] == []


def test_adds_a_line(alice: User) -> None:
    response = client_of(alice).post(LINES, {"product": make_product("Mug").slug, "quantity": 2})
    assert response.status_code == 201
    answer = body(response)
    assert (answer["product"]["name"], answer["quantity"]) == ("Mug", 2)
    assert body(client_of(alice).get(f"{LINES}{answer['id']}/")) == answer


@pytest.mark.parametrize("method", ["put", "patch"])
def test_sets_the_quantity(alice: User, method: str) -> None:
    item = line_in_cart(alice, quantity=5)
    response = getattr(client_of(alice), method)(f"{LINES}{item.pk}/", {"quantity": 3})
    assert response.status_code == 200
    assert (body(response)["quantity"], body(response)["line_total"]) == (3, "30.00")


def test_zero_removes_the_line(alice: User) -> None:
    item = line_in_cart(alice)
    assert client_of(alice).patch(f"{LINES}{item.pk}/", {"quantity": 0}).status_code == 204
    assert not CartItem.objects.exists()


def test_removes_a_line_once(alice: User) -> None:
    item = line_in_cart(alice)
    assert client_of(alice).delete(f"{LINES}{item.pk}/").status_code == 204
    assert client_of(alice).delete(f"{LINES}{item.pk}/").status_code == 404


@pytest.mark.parametrize("quantity", [-1, 1000, 2**63, True, 1.5, "2", None, [1]])
def test_refuses_quantities_that_are_none(alice: User, quantity: Any) -> None:
    item = line_in_cart(alice)
    response = client_of(alice).patch(f"{LINES}{item.pk}/", {"quantity": quantity})
    assert response.status_code == 400
    assert body(response)["errors"][0]["attr"] == "quantity"
    item.refresh_from_db()
    assert item.quantity == 1


def test_refuses_a_change_that_says_nothing(alice: User) -> None:
    item = line_in_cart(alice)
    assert codes(client_of(alice).patch(f"{LINES}{item.pk}/", {})) == ["required"]


def test_refuses_more_than_there_is(alice: User) -> None:
    item = line_in_cart(alice, stock=4)
    response = client_of(alice).patch(f"{LINES}{item.pk}/", {"quantity": 5})
    assert response.status_code == 409
    assert body(response)["errors"] == [
        {"code": "out_of_stock", "detail": "Only 4 of Mug are left.", "attr": "quantity"}
    ]
    item.refresh_from_db()
    assert item.quantity == 1


def test_what_is_not_for_sale_can_only_be_removed(alice: User) -> None:
    item = line_in_cart(alice, quantity=2)
    Product.objects.update(status=Product.Status.INACTIVE)
    response = client_of(alice).patch(f"{LINES}{item.pk}/", {"quantity": 1})
    assert (response.status_code, codes(response)) == (409, ["not_buyable"])
    assert client_of(alice).patch(f"{LINES}{item.pk}/", {"quantity": 0}).status_code == 204


@pytest.mark.parametrize("method", ["get", "put", "patch", "delete"])
def test_lines_of_others_are_not_there(alice: User, method: str) -> None:
    item = line_in_cart(alice)
    for pk in (item.pk, 2**63, 9_999_999_999_999_999_999, "9" * 5000, "x"):
        response = getattr(client_of(make_user()), method)(f"{LINES}{pk}/", {"quantity": 7})
        assert (response.status_code, codes(response)) == (404, ["not_found"])
    item.refresh_from_db()
    assert item.quantity == 1


def test_lines_of_an_ordered_cart_are_not_there(alice: User) -> None:
    item = line_in_cart(alice)
    services.close_cart(cart=item.cart)
    assert client_of(alice).patch(f"{LINES}{item.pk}/", {"quantity": 2}).status_code == 404


def test_needs_a_signed_in_shopper() -> None:
    for method in ("get", "post"):
        assert getattr(client_of(), method)(LINES).status_code == 401


def test_takes_as_many_statements_for_one_line_as_for_fifty(alice: User) -> None:
    client = client_of(alice)
    counts = []
    for sizes in ([], [f"S{n}" for n in range(49)]):
        for variant in make_product(sizes=sizes).variants.all():
            services.add_item(user=alice, variant_id=variant.pk)
        with CaptureQueriesContext(connection) as queries:
            answer = body(client.get(LINES, {"page_size": 100}))
        counts.append((len(queries), len(answer["results"])))
    assert counts == [(2, 1), (2, 50)]  # who, and the lines
