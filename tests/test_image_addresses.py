"""Addresses of pictures work from any host: a front end rarely stands on the API's own."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings

from shop.accounts.models import User
from shop.accounts.tests.make import make_user
from shop.cart import services as cart
from shop.core.origin import absolute
from shop.products.models import Category, Product, ProductImage
from shop.products.tests.make import make_product
from shop.wishlist import services as wishlist
from tests.api import body, client_of

pytestmark = pytest.mark.django_db

HOST = "api.shop.example"
PAGES = {
    "list": "/api/store/products/",
    "detail": "/api/store/products/shirt/",
    "images": "/api/store/products/shirt/images/",
    "categories": "/api/store/categories/",
    "tree": "/api/store/categories/?tree=true",
    "cart": "/api/store/carts/",
    "wishlist": "/api/store/wishlists/",
}


@pytest.fixture(autouse=True)
def _host(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "ALLOWED_HOSTS", [HOST])


@pytest.fixture
def alice() -> User:
    return make_user("alice@example.test")


@pytest.fixture
def shirt(alice: User) -> Product:
    shirt = make_product("Shirt", slug="shirt")
    Category.objects.update(image="category/ab/c.png")
    ProductImage.objects.create(product=shirt, file="productimage/ab/a.png", is_main=True)
    cart.add_item(user=alice, variant_id=shirt.variants.get().pk, quantity=1)
    wishlist.keep_product(user=alice, product=shirt.pk)
    return shirt


def addresses(answer: Any) -> Iterator[str]:
    """Every picture that the answer names, however deep."""
    if isinstance(answer, list):
        for each in answer:
            yield from addresses(each)
    elif isinstance(answer, dict):
        for name, value in answer.items():
            if name == "thumbnails":
                yield from value.values()
            elif name == "image" and isinstance(value, str):
                yield value
            else:
                yield from addresses(value)


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.usefixtures("shirt")
def test_name_the_host_that_was_asked(alice: User, page: str) -> None:
    response = client_of(alice).get(PAGES[page], headers={"host": HOST})
    found = list(addresses(body(response)))
    assert found
    assert all(address.startswith(f"http://{HOST}/media/") for address in found), found


@pytest.mark.usefixtures("shirt")
def test_name_https_where_it_was_asked_over_https(alice: User) -> None:
    response = client_of(alice).get(PAGES["list"], headers={"host": HOST}, secure=True)
    assert list(addresses(body(response))) == [f"https://{HOST}/media/productimage/ab/a.png"]


def test_stay_as_they_are_elsewhere(alice: User, shirt: Product) -> None:
    ProductImage.objects.update(file="", remote_url="https://cdn.example/a.png")
    response = client_of(alice).get(PAGES["images"], headers={"host": HOST})
    assert set(addresses(body(response))) == {"https://cdn.example/a.png"}


def test_name_no_host_outside_of_requests(alice: User, shirt: Product) -> None:
    client_of(alice).get(PAGES["list"], headers={"host": HOST})
    assert absolute("/media/a.png") == "/media/a.png"
