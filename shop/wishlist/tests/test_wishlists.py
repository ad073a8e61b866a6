from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from shop.accounts.models import User
from shop.accounts.tests.make import make_staff, make_user
from shop.cart.models import CartItem
from shop.products.models import Product, ProductImage
from shop.products.tests.make import make_product
from shop.vendors.models import Vendor
from shop.vendors.tests.make import make_vendor
from shop.wishlist import services
from shop.wishlist.models import WishlistItem
from tests.api import body, client_of, codes

pytestmark = pytest.mark.django_db

LIST = "/api/store/wishlists/"
BAD_QUANTITIES: list[Any] = [0, -1, 1000, 2**63, "1", True, 1.5, None, []]
BAD_SIZES: list[Any] = [5, None, [], "", "x" * 101]
BAD_OPTIONS: list[Any] = [5, None, [], {}, "M", {"size": 5}, {"": "M"}]


def keep(user: User, product: Product) -> WishlistItem:
    return services.keep_product(user=user, product=product.pk)[0]


def move(user: User, item: WishlistItem, sent: dict[str, Any] | None = None) -> Any:
    return client_of(user).post(f"{LIST}{item.pk}/move-to-cart/", sent or {})


@pytest.fixture
def alice() -> User:
    return make_user("alice@example.test")


class TestKeeping:
    def test_is_one_row_however_often(self, alice: User) -> None:
        product = make_product("Shirt", price="12.50", stock=3)
        client = client_of(alice)
        first = client.post(LIST, {"product": product.slug})
        second = client.post(LIST, {"product": product.pk})
        third = client.post(LIST, {"product": str(product.pk)})
        assert [r.status_code for r in (first, second, third)] == [201, 200, 200]
        assert body(first) == body(second) == body(third)
        answer = body(first)
        assert answer.pop("created_at").endswith("Z")
        assert answer == {
            "id": WishlistItem.objects.get().pk,
            "product": {
                "id": product.pk,
                "name": "Shirt",
                "slug": product.slug,
                "price": "12.50",
                "currency": "USD",
                "in_stock": True,
                "image": None,
            },
        }

    def test_is_for_goods_that_everybody_sees(self, alice: User) -> None:
        suspended = make_vendor(status=Vendor.Status.SUSPENDED)
        hidden = [
            make_product(status=Product.Status.DRAFT),
            make_product(status=Product.Status.INACTIVE),
            make_product(vendor=suspended),
        ]
        for name in [*(product.slug for product in hidden), "nothing", 2**63, "9" * 40, -1]:
            response = client_of(alice).post(LIST, {"product": name})
            assert (response.status_code, codes(response)) == (404, ["not_found"]), name
        assert not WishlistItem.objects.exists()

    @pytest.mark.parametrize("value", [None, True, 1.5, [], {}, ""])
    def test_refuses_what_names_no_product(self, alice: User, value: Any) -> None:
        response = client_of(alice).post(LIST, {"product": value})
        assert response.status_code == 400
        assert body(response)["errors"][0]["attr"] == "product"

    def test_needs_a_product_and_a_token(self, alice: User) -> None:
        assert codes(client_of(alice).post(LIST, {})) == ["required"]
        assert client_of().post(LIST, {"product": 1}).status_code == 401


class TestListing:
    def test_shows_own_wishes_newest_first(self, alice: User) -> None:
        one, two = make_product(), make_product(stock=0)
        ProductImage.objects.create(
            product=one, remote_url="https://example.test/one.jpg", is_main=True
        )
        for product in (one, two):
            keep(alice, product)
        keep(make_user(), make_product())
        answer = body(client_of(alice).get(LIST))
        assert answer["count"] == 2
        shown = [row["product"] for row in answer["results"]]
        assert [product["id"] for product in shown] == [two.pk, one.pk]
        assert [product["in_stock"] for product in shown] == [False, True]
        assert [product["image"] for product in shown] == [None, "https://example.test/one.jpg"]

    def test_leaves_out_goods_that_went_out_of_sight(self, alice: User) -> None:
        product = make_product()
        keep(alice, product)
        Product.objects.update(status=Product.Status.DRAFT)
        assert body(client_of(alice).get(LIST))["results"] == []
        Product.objects.update(status=Product.Status.DISCONTINUED)
        (row,) = body(client_of(alice).get(LIST))["results"]
        assert row["product"]["in_stock"] is False

    def test_needs_a_token(self) -> None:
        assert client_of().get(LIST).status_code == 401

    def test_takes_the_same_queries_for_1_and_for_50_wishes(self, alice: User) -> None:
        client = client_of(alice)

        def count() -> int:
            with CaptureQueriesContext(connection) as queries:
                response = client.get(LIST + "?page_size=100")
            assert response.status_code == 200
            return len(queries)

        keep(alice, make_product())
        one = count()
        for _ in range(49):
            keep(alice, make_product())
        assert count() == one <= 4


class TestForgetting:
    def test_removes_the_row(self, alice: User) -> None:
        item = keep(alice, make_product())
        assert client_of(alice).delete(f"{LIST}{item.pk}/").status_code == 204
        assert client_of(alice).delete(f"{LIST}{item.pk}/").status_code == 404

    def test_finds_own_rows_only(self, alice: User) -> None:
        item = keep(alice, make_product())
        for other in (make_user(), make_staff("support")):
            assert client_of(other).delete(f"{LIST}{item.pk}/").status_code == 404
        assert client_of(alice).delete(f"{LIST}{2**63}/").status_code == 404
        assert WishlistItem.objects.count() == 1


class TestMovingToTheCart:
    def test_fulfills_the_wish(self, alice: User) -> None:
        product = make_product(price="5.00")
        response = move(alice, keep(alice, product))
        assert response.status_code == 200
        cart = body(response)
        assert [(line["product"]["id"], line["quantity"]) for line in cart["items"]] == [
            (product.pk, 1)
        ]
        assert cart["subtotal"] == "5.00"
        assert not WishlistItem.objects.exists()

    @pytest.mark.parametrize("sent", [{"size": "L"}, {"options": {"size": "l"}}])
    def test_takes_the_chosen_variant(self, alice: User, sent: dict[str, Any]) -> None:
        item = keep(alice, make_product(sizes=["M", "L"]))
        response = move(alice, item, sent | {"quantity": 3})
        (line,) = body(response)["items"]
        assert (line["variant"]["size"], line["quantity"]) == ("L", 3)

    def test_asks_for_a_variant_when_there_are_several(self, alice: User) -> None:
        response = move(alice, keep(alice, make_product(sizes=["M", "L"])))
        assert (response.status_code, codes(response)) == (400, ["variant_required"])
        assert WishlistItem.objects.exists()
        assert not CartItem.objects.exists()

    def test_keeps_the_wish_when_the_cart_refuses(self, alice: User) -> None:
        item = keep(alice, make_product(stock=1))
        response = move(alice, item, {"quantity": 2})
        assert (response.status_code, codes(response)) == (409, ["out_of_stock"])
        Product.objects.update(status=Product.Status.DISCONTINUED)
        assert codes(move(alice, item)) == ["not_buyable"]
        Product.objects.update(status=Product.Status.DRAFT)
        assert codes(move(alice, item)) == ["not_found"]
        assert WishlistItem.objects.exists()
        assert not CartItem.objects.exists()

    def test_knows_no_missing_options(self, alice: User) -> None:
        response = move(alice, keep(alice, make_product(sizes=["M"])), {"size": "XXL"})
        assert (response.status_code, codes(response)) == (404, ["not_found"])

    def test_finds_own_rows_only(self, alice: User) -> None:
        item = keep(alice, make_product())
        assert move(make_user(), item).status_code == 404
        assert client_of().post(f"{LIST}{item.pk}/move-to-cart/").status_code == 401
        assert WishlistItem.objects.exists()

    @pytest.mark.parametrize(
        ("field", "value"),
        [
            *(("quantity", bad) for bad in BAD_QUANTITIES),
            *(("size", bad) for bad in BAD_SIZES),
            *(("options", bad) for bad in BAD_OPTIONS),
        ],
    )
    def test_refuses_bad_fields(self, alice: User, field: str, value: Any) -> None:
        response = move(alice, keep(alice, make_product()), {field: value})
        assert response.status_code == 400
        assert str(body(response)["errors"][0]["attr"]).startswith(field)
        assert WishlistItem.objects.exists()
