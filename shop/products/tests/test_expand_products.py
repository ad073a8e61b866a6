"""`expand` in lists of goods, and goods in other lists: the same as the detail routes, no more."""

from collections.abc import Callable

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from shop.accounts.models import User
from shop.accounts.tests.make import make_staff, make_user
from shop.orders.tests.make import make_order
from shop.products import services
from shop.products.models import Product, Variant
from shop.products.tests.make import make_product, make_seller
from shop.reviews.tests.make import make_review
from shop.vendors import services as vendors
from shop.vendors.models import Vendor
from shop.vendors.tests.make import make_vendor
from shop.wishlist import services as wishlist
from tests.api import body, client_of

pytestmark = pytest.mark.django_db

LIST = "/api/store/products/"


def _with_hidden_size(vendor: Vendor | None = None) -> Product:
    product = make_product(sizes=["S", "M"], vendor=vendor)
    Variant.objects.filter(product=product, options={"size": "M"}).update(is_active=False)
    return product


@pytest.mark.parametrize("name", ["category", "vendor"])
def test_a_reference_becomes_what_its_own_address_answers(name: str) -> None:
    product = make_product(vendor=make_vendor())
    client = client_of()
    address = {
        "category": f"/api/store/categories/{product.category.slug}/",
        "vendor": f"/api/store/vendors/{product.vendor.slug}/",
    }[name]
    for path in (LIST, f"{LIST}{product.slug}/"):
        answer = body(client.get(path, {"expand": name}))
        row = answer["results"][0] if path == LIST else answer
        assert row[name] == body(client.get(address))


def test_lists_bring_variants_and_images() -> None:
    product = make_product(sizes=["M", "S"])
    services.add_image(product=product, remote_url="https://cdn.example.com/one.jpg")
    client = client_of()
    page = body(client.get(f"{LIST}{product.slug}/"))
    row = body(client.get(LIST, {"expand": "variants,images"}))["results"][0]
    assert (row["variants"], row["images"]) == (page["variants"], page["images"])
    assert len(row["variants"]) == 2
    assert len(row["images"]) == 1


@pytest.mark.parametrize("who", ["nobody", "another seller", "its seller", "staff"])
def test_shows_hidden_variants_to_whom_the_page_shows_them(who: str) -> None:
    vendor = make_vendor()
    product = _with_hidden_size(vendor)
    people: dict[str, Callable[[], User | None]] = {
        "nobody": lambda: None,
        "another seller": lambda: make_seller(make_vendor()),
        "its seller": lambda: make_seller(vendor),
        "staff": lambda: make_staff("catalog managers"),
    }
    client = client_of(people[who]())
    page = body(client.get(f"{LIST}{product.slug}/"))["variants"]
    assert len(page) == (2 if who in ("its seller", "staff") else 1)
    assert body(client.get(LIST, {"expand": "variants"}))["results"][0]["variants"] == page


def _order_of(user: User, product: Product) -> str:
    order = make_order(user, variants=[product.variants.get()])
    return f"/api/store/orders/{order.number}/"


def test_an_order_brings_its_products() -> None:
    user, product = make_user(), make_product()
    path = _order_of(user, product)
    order = body(client_of(user).get(path, {"expand": "items.product,parcels.vendor"}))
    assert order["items"][0]["product"] == body(client_of().get(f"{LIST}{product.slug}/"))
    assert order["parcels"][0]["vendor"]["country"] == product.vendor.country


@pytest.mark.parametrize("gone", ["draft", "suspended", "deleted"])
def test_what_may_not_be_seen_any_more_stays_as_it_was(gone: str) -> None:
    user, product = make_user(), make_product(vendor=make_vendor())
    path = _order_of(user, product)
    if gone == "draft":
        Product.objects.filter(pk=product.pk).update(status=Product.Status.DRAFT)
    elif gone == "suspended":
        staff = make_staff("vendor managers")
        vendors.suspend_vendor(vendor=product.vendor, actor=staff, reason="Gone.")
    else:
        services.delete_product(product=product, actor=user)
        Product.objects.filter(pk=product.pk).update(status=Product.Status.DRAFT)
    client = client_of(user)
    expand = "items.product,items.vendor"
    before, after = body(client.get(path)), body(client.get(path, {"expand": expand}))
    assert after["items"][0]["product"] == before["items"][0]["product"]
    if gone == "suspended":
        assert after == before


def test_a_product_brings_its_newest_reviews() -> None:
    product = make_product()
    for rating in (1, 2, 3):
        make_review(product, rating=rating)
    client = client_of()
    answer = body(client.get(f"{LIST}{product.slug}/", {"expand": "reviews"}))
    assert answer["reviews"] == body(client.get(f"{LIST}{product.slug}/reviews/"))["results"]
    assert [one["rating"] for one in answer["reviews"]] == [3, 2, 1]


def test_reviews_bring_their_product() -> None:
    product = make_product()
    make_review(product)
    for named in (product.slug, str(product.pk)):
        answer = body(client_of().get(f"{LIST}{named}/reviews/", {"expand": "product"}))
        assert answer["results"][0]["product"]["variants"]


def test_asks_as_often_for_fifty_as_for_one() -> None:
    user = make_user()
    client = client_of(user)
    counts: dict[str, set[int]] = {}
    for size in (1, 50):
        while Product.objects.count() < size:
            product = _with_hidden_size(make_vendor())
            wishlist.keep_product(user=user, product=product.pk)
        make_order(user, variants=[one.variants.all()[0] for one in Product.objects.all()])
        for path, expand in (
            (LIST, "category,vendor,variants,images"),
            ("/api/store/wishlists/", "product"),
            ("/api/store/orders/", "items.product,items.vendor,parcels.vendor"),
        ):
            with CaptureQueriesContext(connection) as statements:
                answer = body(client.get(f"{path}?expand={expand}&page_size=50"))
            assert len(answer["results"]) == size or path == "/api/store/orders/"
            counts.setdefault(path, set()).add(len(statements))
    assert all(len(seen) == 1 for seen in counts.values()), counts
