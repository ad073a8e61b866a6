"""What becomes of a vendor's goods and orders while it is suspended."""

from typing import Any

import pytest

from shop.accounts.models import User
from shop.accounts.tests.make import make_staff, make_user
from shop.core.models import OutboxEvent
from shop.orders import services as orders
from shop.orders.models import Order
from shop.orders.tests.make import fill_cart, make_order
from shop.payments.tests.make import pay
from shop.products.models import Product
from shop.products.tests.make import make_product
from shop.vendors import services
from shop.vendors.models import Vendor
from shop.vendors.tests.make import make_vendor
from tests.api import body, client_of, codes

pytestmark = pytest.mark.django_db

PRODUCTS = "/api/store/products/"


@pytest.fixture
def vera() -> User:
    return make_user("vera@example.test")


@pytest.fixture
def alice() -> User:
    return make_user("alice@example.test")


@pytest.fixture
def vases(vera: User) -> Vendor:
    return make_vendor("Vases", owner=vera)


@pytest.fixture
def vase(vases: Vendor) -> Product:
    return make_product("Blue vase", slug="blue-vase", vendor=vases)


def suspend(vendor: Vendor) -> None:
    services.suspend_vendor(vendor=vendor, actor=make_staff(), reason="Nothing was shipped.")


def approve(vendor: Vendor) -> None:
    services.approve_vendor(vendor=vendor, actor=make_staff())


def public_names(**query: Any) -> list[str]:
    return [row["name"] for row in body(client_of().get(PRODUCTS, query))["results"]]


@pytest.mark.parametrize("query", [{}, {"search": "vase"}, {"ordering": "-price"}])
def test_its_goods_are_in_no_list_until_it_is_approved_again(
    vases: Vendor, vase: Product, query: dict[str, Any]
) -> None:
    other = make_product("Red vase").name
    assert set(public_names(**query)) == {"Blue vase", other}
    suspend(vases)
    assert public_names(**query) == [other]
    approve(vases)
    assert set(public_names(**query)) == {"Blue vase", other}


def test_nobody_filters_by_it(vases: Vendor, vase: Product) -> None:
    suspend(vases)
    response = client_of().get(PRODUCTS, {"vendor": "vases"})
    assert response.status_code == 400


def test_its_pages_are_gone(vases: Vendor, vase: Product) -> None:
    assert client_of().get(f"{PRODUCTS}blue-vase/").status_code == 200
    suspend(vases)
    for path in ("", "variants/", "images/", "reviews/"):
        assert client_of().get(f"{PRODUCTS}blue-vase/{path}").status_code == 404
    assert client_of().get("/api/store/vendors/vases/").status_code == 404
    approve(vases)
    assert client_of().get(f"{PRODUCTS}blue-vase/").status_code == 200


def test_what_is_in_carts_is_not_bought(alice: User, vases: Vendor, vase: Product) -> None:
    fill_cart(alice, [vase.variants.get()])
    suspend(vases)
    client = client_of(alice)
    response = client.post("/api/store/orders/", {})
    assert (response.status_code, codes(response)) == (409, ["not_buyable"])
    added = client.post("/api/store/carts/add_item/", {"product": "blue-vase"})
    assert added.status_code == 404
    assert not Order.objects.exists()
    approve(vases)
    assert client.post("/api/store/orders/", {}).status_code == 201


def test_its_open_orders_go_on(alice: User, vases: Vendor, vase: Product) -> None:
    waiting, paid = (make_order(alice, variants=[vase.variants.get()]) for _ in range(2))
    pay(paid)
    suspend(vases)
    staff = make_staff("order managers")
    pay(waiting)
    assert waiting.status == Order.Status.PAID
    orders.process_order(order=paid, actor=staff)
    orders.ship_order(order=paid, actor=staff)
    orders.deliver_order(order=paid, actor=staff)
    paid.refresh_from_db()
    assert paid.status == Order.Status.DELIVERED
    shown = body(client_of(alice).get(f"/api/store/orders/{paid.number}/"))
    assert shown["items"][0]["vendor"]["slug"] == "vases"


def test_its_members_write_nothing_and_read_why(vera: User, vases: Vendor, vase: Product) -> None:
    suspend(vases)
    client = client_of(vera)
    changed = client.patch(f"{PRODUCTS}blue-vase/", {"price": "1.00"})
    assert changed.status_code in {403, 404}
    for path in ("", "members/", "invitations/"):
        response = client.get(f"/api/vendor/{path}")
        assert (response.status_code, codes(response)) == (403, ["vendor_suspended"])
    assert codes(client.post("/api/vendor/invitations/", {})) == ["vendor_suspended"]
    own = body(client.get("/api/store/vendors/vases/"))
    assert (own["status"], own["status_reason"]) == ("suspended", "Nothing was shipped.")
    assert OutboxEvent.objects.filter(name="vendor.suspended").count() == 1
