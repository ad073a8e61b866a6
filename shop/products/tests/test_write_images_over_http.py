"""POST, PUT, PATCH and DELETE /api/store/products/{slug}/images/."""

from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from pytest_django import Settings

from shop.accounts.models import User
from shop.accounts.tests.make import make_staff, make_user
from shop.products.models import Product, ProductImage
from shop.products.tests.make import make_product
from shop.products.tests.pictures import upload
from shop.vendors.tests.make import make_vendor
from tests.api import body, client_of, codes

pytestmark = pytest.mark.django_db

URL = "/api/store/products/shirt/images/"
ADDRESS = "https://x.test/1.jpg"


@pytest.fixture(autouse=True)
def media(settings: Settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def vera() -> User:
    return make_user("vera@example.test")


@pytest.fixture
def shirt(vera: User) -> Product:
    return make_product(slug="shirt", vendor=make_vendor(owner=vera))


@pytest.fixture
def image(shirt: Product) -> ProductImage:
    return ProductImage.objects.create(product=shirt, remote_url=ADDRESS, is_main=True)


def test_takes_an_upload(vera: User, shirt: Product, settings: Settings) -> None:
    fields = {"image": upload(), "alt_text": "Front", "position": "3"}
    response = client_of(vera).post(URL, fields, format="multipart")
    assert response.status_code == 201, response.content
    added = body(response)
    assert (added["alt_text"], added["position"], added["is_main"]) == ("Front", 3, True)
    for address in (added["image"], *added["thumbnails"].values()):
        assert (
            Path(settings.MEDIA_ROOT) / address.removeprefix("http://testserver/media/")
        ).exists()
    assert body(client_of().get("/api/store/products/shirt/"))["images"] == [added]


def test_takes_the_address_of_a_picture_kept_elsewhere(vera: User, shirt: Product) -> None:
    response = client_of(vera).post(URL, {"remote_url": ADDRESS})
    assert (response.status_code, body(response)["image"]) == (201, ADDRESS)


def test_moves_the_mark_of_the_main_image(vera: User, shirt: Product, image: ProductImage) -> None:
    second = body(client_of(vera).post(URL, {"remote_url": ADDRESS}))
    assert second["is_main"] is False
    for method in ("patch", "put"):
        response = getattr(client_of(vera), method)(f"{URL}{second['id']}/", {"is_main": True})
        assert (response.status_code, body(response)["is_main"]) == (200, True)
    images = body(client_of().get(URL))["results"]
    assert [each["id"] for each in images if each["is_main"]] == [second["id"]]


def test_deletes_one(vera: User, image: ProductImage) -> None:
    assert client_of(vera).delete(f"{URL}{image.pk}/").status_code == 204
    assert body(client_of().get(URL))["count"] == 0


@pytest.mark.parametrize(
    "bad",
    [
        {},
        {"remote_url": "ftp://x.test/1.jpg"},
        {"remote_url": "javascript:alert(1)"},
        {"remote_url": 5},
        {"remote_url": "https://x.test/" + "x" * 500},
        {"image": "not a file"},
        {"remote_url": ADDRESS, "position": -1},
        {"remote_url": ADDRESS, "position": 2**31},
        {"remote_url": ADDRESS, "is_main": "yes"},
        {"remote_url": ADDRESS, "alt_text": "x" * 301},
    ],
)
def test_refuses_a_bad_body(bad: dict[str, Any], vera: User, shirt: Product) -> None:
    response = client_of(vera).post(URL, bad)
    assert response.status_code == 400, response.content
    assert codes(response)
    assert not ProductImage.objects.exists()


def test_refuses_a_file_that_is_no_picture(vera: User, shirt: Product) -> None:
    for file in (SimpleUploadedFile("a.png", b"not a picture"), upload("GIF")):
        response = client_of(vera).post(URL, {"image": file}, format="multipart")
        assert (response.status_code, codes(response)) == (400, ["image_not_acceptable"])
    assert not ProductImage.objects.exists()


def test_refuses_a_broken_form(vera: User, shirt: Product) -> None:
    for kind in ("multipart/form-data", "multipart/form-data; boundary=x"):
        response = client_of(vera).post(URL, b"--y\r\nbroken", content_type=kind)
        assert response.status_code == 400, response.content
        assert codes(response)


def test_refuses_a_text_in_a_form_that_is_too_large(vera: User, shirt: Product) -> None:
    fields = {"image": upload(), "alt_text": "x" * 3_000_000}
    response = client_of(vera).post(URL, fields, format="multipart")
    assert (response.status_code, codes(response)) == (413, ["body_too_large"])


def test_refuses_a_form_of_a_thousand_fields(vera: User, shirt: Product) -> None:
    fields = {f"field{number}": "x" for number in range(1001)}
    response = client_of(vera).post(URL, fields, format="multipart")
    assert (response.status_code, codes(response)) == (400, ["parse_error"])


def test_refuses_other_media_types(vera: User, shirt: Product) -> None:
    response = client_of(vera).post(URL, b"\x89PNG", content_type="image/png")
    assert (response.status_code, codes(response)) == (415, ["unsupported_media_type"])


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_refuses_everybody_else(method: str, image: ProductImage) -> None:
    bob = make_user()
    make_vendor(owner=bob)
    url = URL if method == "post" else f"{URL}{image.pk}/"
    for user, status in ((None, 401), (make_user(), 403), (make_staff("support"), 403), (bob, 404)):
        response = getattr(client_of(user), method)(url, {"remote_url": ADDRESS})
        assert response.status_code == status
        assert codes(response)
    assert list(ProductImage.objects.all()) == [image]


def test_writes_no_image_of_another_product(vera: User, shirt: Product) -> None:
    foreign = ProductImage.objects.create(product=make_product(), remote_url=ADDRESS)
    for pk in (foreign.pk, 2**63):
        assert client_of(vera).patch(f"{URL}{pk}/", {"alt_text": "x"}).status_code == 404
        assert client_of(vera).delete(f"{URL}{pk}/").status_code == 404
    assert ProductImage.objects.filter(pk=foreign.pk).exists()
