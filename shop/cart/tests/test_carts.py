"""GET carts/, POST carts/add_item/, POST carts/clear/."""

from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext

from shop.accounts.models import User
from shop.accounts.tests.make import make_user
from shop.cart import services
from shop.cart.models import Cart, CartItem
from shop.inventory import services as inventory
from shop.products.models import Product, ProductImage, Variant
from shop.products.tests.make import make_product
from shop.vendors.models import Vendor
from shop.vendors.tests.make import make_vendor
from tests.api import body, client_of, codes

pytestmark = pytest.mark.django_db

CART = "/api/store/carts/"
ADD = "/api/store/carts/add_item/"
CLEAR = "/api/store/carts/clear/"


@pytest.fixture
def alice() -> User:
    return make_user("alice@example.test")


def add(user: User, data: Any) -> Any:
    return client_of(user).post(ADD, data)


def quantities(user: User) -> list[int]:
    items = CartItem.objects.filter(cart__user=user, cart__status="open")
    return list(items.order_by("id").values_list("quantity", flat=True))


def test_shows_an_empty_cart_to_a_newcomer(alice: User) -> None:
    answer = body(client_of(alice).get(CART))
    cart = Cart.objects.get(user=alice)
    assert answer == {
        "id": cart.pk,
        "items": [],
        "item_count": 0,
        "subtotal": "0.00",
        "currency": "USD",
    }


def test_adds_a_variant_and_answers_with_the_whole_cart(alice: User) -> None:
    shirt = make_product("Shirt", price="19.99", stock=14, sizes=["M", "L"])
    medium, large = shirt.variants.order_by("id")
    Variant.objects.filter(pk=large.pk).update(own_price=Decimal(25))
    ProductImage.objects.create(product=shirt, remote_url="https://img.example/a.png", is_main=True)
    add(alice, {"variant": medium.pk, "quantity": 2})
    response = add(alice, {"variant": large.pk})
    assert response.status_code == 200
    answer = body(response)
    assert (answer["item_count"], answer["subtotal"]) == (3, "64.98")
    first, second = answer["items"]
    assert first == {
        "id": CartItem.objects.get(variant=medium).pk,
        "product": {"id": shirt.pk, "name": "Shirt", "slug": shirt.slug},
        "variant": {"id": medium.pk, "sku": medium.sku, "size": "M", "options": {"size": "M"}},
        "quantity": 2,
        "unit_price": "19.99",
        "line_total": "39.98",
        "currency": "USD",
        "is_buyable": True,
        "in_stock": True,
        "available": 14,
        "image": "https://img.example/a.png",
    }
    assert second["unit_price"] == "25.00"
    assert body(client_of(alice).get(CART)) == answer


def test_the_same_variant_adds_up(alice: User) -> None:
    variant = make_product().variants.get()
    add(alice, {"variant": variant.pk, "quantity": 2})
    answer = body(add(alice, {"variant": variant.pk, "quantity": 3}))
    assert [item["quantity"] for item in answer["items"]] == [5]


def test_takes_a_product_with_one_variant_by_slug_and_by_id(alice: User) -> None:
    mug = make_product("Mug")
    add(alice, {"product": mug.slug})
    assert body(add(alice, {"product": mug.pk}))["item_count"] == 2


@pytest.mark.parametrize("choice", [{"size": "L"}, {"options": {"size": "l"}}])
def test_finds_the_variant_by_its_options(alice: User, choice: dict[str, Any]) -> None:
    shirt = make_product(sizes=["M", "L"])
    (item,) = body(add(alice, {"product": shirt.slug} | choice))["items"]
    assert item["variant"]["size"] == "L"


def test_asks_for_the_variant_when_several_match(alice: User) -> None:
    shirt = make_product(sizes=["M", "L"])
    response = add(alice, {"product": shirt.slug})
    assert (response.status_code, codes(response)) == (400, ["variant_required"])
    assert "M, L" in body(response)["errors"][0]["detail"]


def test_refuses_options_that_no_variant_has(alice: User) -> None:
    response = add(alice, {"product": make_product(sizes=["M"]).slug, "size": "XXL"})
    assert (response.status_code, codes(response)) == (404, ["not_found"])


@pytest.mark.parametrize("status", [Product.Status.DRAFT, Product.Status.INACTIVE])
def test_hidden_products_are_not_there(alice: User, status: Product.Status) -> None:
    product = make_product(status=status)
    for data in ({"variant": product.variants.get().pk}, {"product": product.slug}):
        assert add(alice, data).status_code == 404
    assert not quantities(alice)


def test_inactive_variants_are_not_there(alice: User) -> None:
    product = make_product()
    product.variants.update(is_active=False)
    for data in ({"variant": product.variants.get().pk}, {"product": product.slug}):
        assert add(alice, data).status_code == 404


def test_goods_of_a_suspended_vendor_are_not_there(alice: User) -> None:
    product = make_product(vendor=make_vendor(status=Vendor.Status.SUSPENDED))
    for data in ({"variant": product.variants.get().pk}, {"product": product.slug}):
        assert add(alice, data).status_code == 404


def test_discontinued_goods_are_not_for_sale(alice: User) -> None:
    product = make_product(status=Product.Status.DISCONTINUED)
    for data in ({"variant": product.variants.get().pk}, {"product": product.slug}):
        response = add(alice, data)
        assert (response.status_code, codes(response)) == (409, ["not_buyable"])


def test_refuses_more_than_there_is(alice: User) -> None:
    variant = make_product("Mug", stock=3).variants.get()
    add(alice, {"variant": variant.pk, "quantity": 2})
    response = add(alice, {"variant": variant.pk, "quantity": 2})
    assert response.status_code == 409
    assert body(response)["errors"] == [
        {
            "code": "out_of_stock",
            "detail": "Only 3 of Mug are left; 2 are in the cart already.",
            "attr": "quantity",
        }
    ]
    assert quantities(alice) == [2]


def test_what_others_reserved_is_not_available(alice: User) -> None:
    variant = make_product(stock=3).variants.get()
    inventory.reserve_stock(reference="order:1", quantities={variant.pk: 3})
    assert codes(add(alice, {"variant": variant.pk})) == ["out_of_stock"]


def test_refuses_more_than_999_of_a_variant(alice: User) -> None:
    variant = make_product(stock=5000).variants.get()
    add(alice, {"variant": variant.pk, "quantity": 999})
    response = add(alice, {"variant": variant.pk})
    assert (response.status_code, codes(response)) == (400, ["quantity_out_of_range"])
    assert quantities(alice) == [999]


@pytest.mark.parametrize(
    "quantity", [0, -1, 1000, 2**31, 10**400, True, 1.5, 2.0, "2", "x", None, [], {}]
)
def test_refuses_quantities_that_are_none(alice: User, quantity: Any) -> None:
    variant = make_product(stock=5000).variants.get()
    response = add(alice, {"variant": variant.pk, "quantity": quantity})
    assert response.status_code == 400
    assert codes(response)
    assert body(response)["errors"][0]["attr"] == "quantity"
    assert not quantities(alice)


@pytest.mark.parametrize(
    ("data", "status"),
    [
        ({}, 400),
        ({"variant": None}, 400),
        ({"product": 1.5}, 400),
        ({"product": True}, 400),
        ({"product": "mug", "size": 42}, 400),
        ({"product": "mug", "options": {"size": 42}}, 400),
        ({"variant": True}, 400),
        ({"variant": "1"}, 400),
        ({"variant": 0}, 400),
        ({"variant": [1]}, 400),
        ({"variant": 2**63}, 404),
        ({"variant": 2**63 - 1}, 404),
        ({"product": None}, 400),
        ({"product": ""}, 400),
        ({"product": {"id": 1}}, 400),
        ({"product": "no-such-product"}, 404),
        ({"product": 2**70}, 404),
        ({"product": "9" * 200}, 404),
        ({"product": "x" * 300}, 400),
        ({"product": "mug", "options": ["size"]}, 400),
        ({"product": "mug", "options": {"size": None}}, 400),
        ({"product": "mug", "size": {}}, 400),
    ],
)
def test_bad_references_are_4xx(alice: User, data: Any, status: int) -> None:
    make_product(slug="mug")
    response = add(alice, data)
    assert response.status_code == status
    assert codes(response)
    assert not quantities(alice)


@pytest.mark.parametrize("raw", ["null", "[]", '"x"', '{"variant": "\\u0000"}', "{"])
def test_bodies_that_are_no_object_are_refused(alice: User, raw: str) -> None:
    response = client_of(alice).generic("POST", ADD, raw, content_type="application/json")
    assert response.status_code == 400
    assert codes(response) == ["parse_error"]


def test_clears_the_cart_and_only_the_own_one(alice: User) -> None:
    bob = make_user()
    variant = make_product().variants.get()
    for user in (alice, bob):
        add(user, {"variant": variant.pk})
    response = client_of(alice).post(CLEAR)
    assert response.status_code == 200
    assert body(response)["items"] == []
    assert (quantities(alice), quantities(bob)) == ([], [1])


def test_needs_a_signed_in_shopper() -> None:
    for method, path in (("get", CART), ("post", ADD), ("post", CLEAR)):
        response = getattr(client_of(), method)(path)
        assert (response.status_code, codes(response)) == (401, ["not_authenticated"])


def test_shows_lines_that_can_no_longer_be_bought(alice: User) -> None:
    product = make_product(stock=5)
    add(alice, {"product": product.slug, "quantity": 5})
    variant = product.variants.get()
    inventory.adjust_stock(variant_id=variant.pk, change=-2, reason="broken")
    (line,) = body(client_of(alice).get(CART))["items"]
    assert (line["in_stock"], line["available"], line["is_buyable"]) == (False, 3, True)
    Product.objects.update(status=Product.Status.INACTIVE)
    (line,) = body(client_of(alice).get(CART))["items"]
    assert (line["in_stock"], line["available"], line["is_buyable"]) == (False, 0, False)


def test_an_ordered_cart_gives_way_to_a_new_one(alice: User) -> None:
    add(alice, {"product": make_product().slug})
    cart = services.lock_cart(user=alice)
    assert cart is not None
    services.close_cart(cart=cart)
    answer = body(client_of(alice).get(CART))
    assert answer["items"] == []
    assert answer["id"] != cart.pk
    assert cart.items.count() == 1


def test_takes_as_many_statements_for_one_line_as_for_fifty(alice: User) -> None:
    client = client_of(alice)
    counts = []
    for sizes in ([], [f"S{n}" for n in range(49)]):
        for variant in make_product(sizes=sizes).variants.all():
            services.add_item(user=alice, variant_id=variant.pk)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(CART).status_code == 200
        counts.append(len(queries))
    assert len(quantities(alice)) == 50
    assert counts == [3, 3]  # who, which cart, its lines


# --- Races ------------------------------------------------------------------------------


def at_once(*actions: Any) -> list[Any]:
    def run(action: Any) -> Any:
        try:
            return action()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(actions)) as pool:
        return [future.result() for future in [pool.submit(run, action) for action in actions]]


@pytest.mark.django_db(transaction=True)
def test_two_clicks_at_once_add_up() -> None:
    shopper = make_user()
    variant = make_product(stock=100).variants.get()
    click = lambda: services.add_item(user=shopper, variant_id=variant.pk)  # noqa: E731
    at_once(*[click] * 16)
    assert quantities(shopper) == [16]
    assert Cart.objects.filter(user=shopper).count() == 1


@pytest.mark.django_db(transaction=True)
def test_first_requests_at_once_open_one_cart() -> None:
    shopper = make_user()
    carts = at_once(*[lambda: services.open_cart(user=shopper).pk] * 8)
    assert len(set(carts)) == 1
