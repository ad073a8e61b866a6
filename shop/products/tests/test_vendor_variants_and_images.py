"""/api/vendor/products/{slug}/variants/ and …/images/: parts of the own goods only."""

from typing import Any

import pytest
from rest_framework.test import APIClient

from shop.products import services
from shop.products.models import Product, ProductImage, Variant
from shop.products.tests.make import make_product, make_seller
from shop.products.tests.pictures import upload
from shop.vendors.models import Vendor, VendorMember
from shop.vendors.tests.make import make_vendor
from tests.api import body, client_of, codes

pytestmark = pytest.mark.django_db

VARIANTS = "/api/vendor/products/vase/variants/"
IMAGES = "/api/vendor/products/vase/images/"
ADDRESS = "https://cdn.example.com/a.jpg"


@pytest.fixture
def vendor() -> Vendor:
    return make_vendor("Vera")


@pytest.fixture
def client(vendor: Vendor) -> APIClient:
    return client_of(make_seller(vendor))


@pytest.fixture
def vase(vendor: Vendor) -> Product:
    return make_product(slug="vase", vendor=vendor, sizes=["S"], status=Product.Status.DRAFT)


@pytest.fixture
def coat() -> Product:
    product = make_product(slug="coat", vendor=make_vendor("Other"), sizes=["S", "M"])
    services.add_image(product=product, remote_url=ADDRESS)
    return product


def rows_of(product: Product) -> list[Any]:
    return [*product.variants.order_by("pk").values(), *product.images.values()]


def test_writes_variants_and_shows_the_inactive_ones_too(client: APIClient, vase: Product) -> None:
    made = client.post(VARIANTS, {"size": "M", "stock": 3})
    assert made.status_code == 201, made.content
    address = f"{VARIANTS}{body(made)['id']}/"
    changed = client.patch(address, {"is_active": False, "price": "9.00", "stock": 7})
    assert (body(changed)["price"], body(changed)["stock"]) == ("9.00", 7)
    assert body(client.get(address)) == body(changed)
    replaced = body(client.put(address, {"size": "L"}))
    assert (replaced["size"], replaced["is_active"]) == ("L", False)
    listed = body(client.get(VARIANTS))["results"]
    assert [(row["size"], row["is_active"]) for row in listed] == [("S", True), ("L", False)]
    assert client.delete(address).status_code == 204
    assert vase.variants.count() == 1


def test_writes_images(client: APIClient, vase: Product, settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path
    first = client.post(IMAGES, {"remote_url": ADDRESS})
    second = client.post(IMAGES, {"image": upload()}, format="multipart")
    assert (first.status_code, second.status_code) == (201, 201), second.content
    address = f"{IMAGES}{body(second)['id']}/"
    assert body(client.patch(address, {"is_main": True}))["is_main"]
    assert body(client.get(address))["is_main"]
    assert [row["is_main"] for row in body(client.get(IMAGES))["results"]] == [False, True]
    assert client.delete(address).status_code == 204
    assert body(client.get(IMAGES))["results"][0]["is_main"]


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("part", ["variants", "images"])
def test_finds_no_parts_of_others(client: APIClient, coat: Product, part: str, method: str) -> None:
    before = rows_of(coat)
    sent = {"size": "L", "remote_url": ADDRESS}
    response = getattr(client, method)(f"/api/vendor/products/coat/{part}/", sent)
    assert (response.status_code, codes(response)) == (404, ["not_found"])
    assert rows_of(coat) == before


@pytest.mark.parametrize("method", ["get", "patch", "put", "delete"])
@pytest.mark.parametrize("product", ["coat", "vase"])
def test_finds_none_of_them_below_an_own_product_either(
    client: APIClient, coat: Product, vase: Product, product: str, method: str
) -> None:
    before = rows_of(coat)
    variant, image = coat.variants.latest("pk"), coat.images.get()
    for part, row in (("variants", variant), ("images", image)):
        address = f"/api/vendor/products/{product}/{part}/{row.pk}/"
        response = getattr(client, method)(address, {"size": "XL", "alt_text": "Mine"})
        assert (response.status_code, codes(response)) == (404, ["not_found"])
    assert rows_of(coat) == before


def test_is_not_for_fulfillers_nor_for_suspended_vendors(vendor: Vendor, vase: Product) -> None:
    fulfiller = client_of(make_seller(vendor, VendorMember.Role.FULFILLER))
    manager = client_of(make_seller(vendor))
    assert codes(fulfiller.post(VARIANTS, {"size": "M"})) == ["role_too_low"]
    assert codes(fulfiller.post(IMAGES, {"remote_url": ADDRESS})) == ["role_too_low"]
    Vendor.objects.filter(pk=vendor.pk).update(status=Vendor.Status.SUSPENDED)
    assert codes(manager.post(VARIANTS, {"size": "M"})) == ["vendor_suspended"]
    assert codes(manager.post(IMAGES, {"remote_url": ADDRESS})) == ["vendor_suspended"]
    assert (Variant.objects.count(), ProductImage.objects.count()) == (1, 0)
