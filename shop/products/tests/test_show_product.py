"""GET /api/store/products/{slug}/, and its variants and images."""

from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from shop.accounts.tests.make import make_staff, make_user
from shop.products import services
from shop.products.models import Product, ProductImage, SlugRedirect, Variant
from shop.products.tests.make import make_product
from shop.vendors.models import Vendor, VendorMember
from shop.vendors.tests.make import make_vendor
from tests.api import body, client_of, codes

pytestmark = pytest.mark.django_db

URL = "/api/store/products/"
PARTS = ("", "variants/", "images/")


def test_shows_variants_images_and_texts() -> None:
    product = make_product(
        "Shirt",
        price="10.00",
        sizes=["M", "L"],
        stock=2,
        slug="shirt",
        description="<p>Soft.</p>",
        tags=["new"],
        meta_title="Shirts",
    )
    medium, large = product.variants.order_by("position")
    Variant.objects.filter(pk=large.pk).update(own_price=Decimal("12.50"))
    large.stock_levels.update(on_hand=3, reserved=3)
    file = ProductImage.objects.create(
        product=product, file="productimage/ab/abc.png", alt_text="Front", is_main=True
    )
    remote = ProductImage.objects.create(
        product=product, remote_url="https://x.test/2.jpg", position=1
    )

    shown = body(client_of().get(f"{URL}shirt/"))

    assert (shown["stock"], shown["in_stock"], shown["price"]) == (2, True, "10.00")
    assert (shown["description"], shown["tags"]) == ("<p>Soft.</p>", ["new"])
    assert (shown["meta_title"], shown["meta_description"]) == ("Shirts", "")
    assert shown["image"] == "http://testserver/media/productimage/ab/abc.png"
    assert shown["variants"] == [
        {
            "id": medium.pk,
            "sku": medium.sku,
            "size": "M",
            "options": {"size": "M"},
            "price": "10.00",
            "compare_at_price": None,
            "currency": "USD",
            "stock": 2,
            "in_stock": True,
            "barcode": "",
            "weight_grams": None,
            "position": 0,
            "is_active": True,
        },
        shown["variants"][1],
    ]
    second = shown["variants"][1]
    assert (second["id"], second["price"]) == (large.pk, "12.50")
    assert (second["stock"], second["in_stock"]) == (0, False)
    assert shown["images"] == [
        {
            "id": file.pk,
            "image": "http://testserver/media/productimage/ab/abc.png",
            "thumbnails": {
                "small": "http://testserver/media/productimage/ab/abc.small.webp",
                "medium": "http://testserver/media/productimage/ab/abc.medium.webp",
                "large": "http://testserver/media/productimage/ab/abc.large.webp",
            },
            "alt_text": "Front",
            "position": 0,
            "is_main": True,
        },
        {
            "id": remote.pk,
            "image": "https://x.test/2.jpg",
            "thumbnails": dict.fromkeys(("small", "medium", "large"), "https://x.test/2.jpg"),
            "alt_text": "",
            "position": 1,
            "is_main": False,
        },
    ]


def test_begins_with_the_fields_of_the_list() -> None:
    product = make_product()
    (in_list,) = body(client_of().get(URL))["results"]
    shown = body(client_of().get(f"{URL}{product.slug}/"))
    assert in_list.items() <= shown.items()


def test_is_found_by_slug_and_by_id() -> None:
    product = make_product(slug="lamp")
    by_slug = body(client_of().get(f"{URL}lamp/"))
    assert by_slug["id"] == product.pk
    assert body(client_of().get(f"/api/v1/store/products/{product.pk}/")) == by_slug


@pytest.mark.parametrize("reference", ["none", "0", str(2**63), str(10**30), "%F0%9F%A6%8A", "a.b"])
@pytest.mark.parametrize("part", [*PARTS, "variants/1/", "images/1/"])
def test_is_404_for_what_is_not_there(reference: str, part: str) -> None:
    response = client_of().get(f"{URL}{reference}/{part}")
    assert (response.status_code, codes(response)) == (404, ["not_found"])


def test_shows_sizes_in_their_order_and_other_options_as_the_merchant_put_them() -> None:
    mixed = make_product(sizes=["XL", "XS", "One size", "M", "42", "XXL", "S", "L"])
    answer = body(client_of().get(f"{URL}{mixed.slug}/"))
    sizes = [variant["size"] for variant in answer["variants"]]
    assert sizes == ["XS", "S", "M", "L", "XL", "XXL", "One size", "42"]


def test_lists_variants_and_images_and_shows_each() -> None:
    product = make_product(slug="shirt", sizes=["M", "L"])
    for number in range(2):
        ProductImage.objects.create(product=product, remote_url=f"https://x.test/{number}.jpg")
    shown = body(client_of().get(f"{URL}shirt/"))
    for part in ("variants", "images"):
        answer = body(client_of().get(f"{URL}shirt/{part}/"))
        assert (answer["count"], answer["results"]) == (2, shown[part])
        one = body(client_of().get(f"{URL}shirt/{part}/{shown[part][1]['id']}/"))
        assert one == shown[part][1]


def test_shows_no_variant_or_image_of_another_product() -> None:
    product, other = make_product(slug="lamp"), make_product()
    image = ProductImage.objects.create(product=other, remote_url="https://x.test/1.jpg")
    variant = other.variants.get()
    assert client_of().get(f"{URL}lamp/variants/{variant.pk}/").status_code == 404
    assert client_of().get(f"{URL}lamp/images/{image.pk}/").status_code == 404
    assert client_of().get(f"{URL}lamp/variants/{2**63}/").status_code == 404
    assert client_of().get(f"{URL}{product.slug}/variants/x/").status_code == 404


def test_cannot_be_bought_when_discontinued() -> None:
    product = make_product(status=Product.Status.DISCONTINUED, stock=5)
    shown = body(client_of().get(f"{URL}{product.slug}/"))
    assert shown["status"] == "discontinued"
    assert shown["in_stock"] is False
    assert [variant["in_stock"] for variant in shown["variants"]] == [False]


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("status", [Product.Status.DRAFT, Product.Status.INACTIVE])
def test_hides_what_is_not_public(status: Product.Status, part: str) -> None:
    vera, bob = make_user(), make_user()
    product = make_product(vendor=make_vendor(owner=vera), status=status)
    make_vendor(owner=bob)
    url = f"{URL}{product.slug}/{part}"
    for user in (None, make_user(), bob):
        assert client_of(user).get(url).status_code == 404
    for user in (vera, make_staff("catalog managers"), make_staff("support")):
        assert client_of(user).get(url).status_code == 200


def test_hides_the_goods_of_a_suspended_vendor() -> None:
    product = make_product(vendor=make_vendor(status=Vendor.Status.SUSPENDED))
    url = f"{URL}{product.slug}/"
    assert client_of().get(url).status_code == 404
    shown = body(client_of(make_staff("catalog managers")).get(url))
    assert shown["in_stock"] is False


def test_shows_inactive_variants_to_members_and_staff_only() -> None:
    vera, fred = make_user(), make_user()
    vendor = make_vendor(owner=vera)
    VendorMember.objects.create(vendor=vendor, user=fred, role=VendorMember.Role.FULFILLER)
    product = make_product(vendor=vendor, sizes=["S", "M"], stock=1)
    hidden = product.variants.get(options={"size": "S"})
    Variant.objects.filter(pk=hidden.pk).update(is_active=False)
    url = f"{URL}{product.slug}/"

    for user, sizes in (
        (None, ["M"]),
        (make_user(), ["M"]),
        (vera, ["S", "M"]),
        (fred, ["S", "M"]),
        (make_staff("support"), ["S", "M"]),
    ):
        shown = body(client_of(user).get(url))
        assert [variant["size"] for variant in shown["variants"]] == sizes
        assert shown["stock"] == 1
    assert client_of().get(f"{url}variants/{hidden.pk}/").status_code == 404


@pytest.mark.parametrize("prefix", ["/api/", "/api/v1/"])
@pytest.mark.parametrize("part", PARTS)
def test_sends_old_slugs_on(prefix: str, part: str) -> None:
    product = make_product(slug="variants")
    services.update_product(product=product, changes={"slug": "new"})
    response = client_of().get(f"{prefix}store/products/variants/{part}?page=1")
    assert response.status_code == 301
    assert response["Location"] == f"{prefix}store/products/new/{part}?page=1"
    assert client_of().get(response["Location"]).status_code == 200


def test_sends_nobody_to_a_hidden_product() -> None:
    product = make_product(slug="new", status=Product.Status.DRAFT)
    SlugRedirect.objects.create(slug="old", product=product)
    assert client_of().get(f"{URL}old/").status_code == 404
    staff = client_of(make_staff("catalog managers"))
    assert staff.get(f"{URL}old/").status_code == 301
    assert staff.patch(f"{URL}old/", {"name": "x"}).status_code == 404


@pytest.mark.parametrize(("part", "most"), [("", 3), ("variants/", 2), ("images/", 2)])
def test_takes_as_many_queries_for_50_parts_as_for_one(part: str, most: int) -> None:
    products = [make_product(sizes=["S"]), make_product(sizes=[f"size {n}" for n in range(50)])]
    for product, images in zip(products, (1, 50), strict=True):
        for _ in range(images):
            ProductImage.objects.create(product=product, remote_url="https://x.test/1.jpg")
    for product in products:
        with CaptureQueriesContext(connection) as queries:
            response = client_of().get(f"{URL}{product.slug}/{part}?page_size=100")
        assert response.status_code == 200
        assert len(queries) == most
