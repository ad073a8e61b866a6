"""POST /api/store/vendors/{slug}/logo/."""

from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

from shop.accounts.models import User
from shop.accounts.tests.make import make_user
from shop.products.tests.pictures import upload
from shop.vendors.models import Vendor
from shop.vendors.tests.make import make_member, make_vendor
from tests.api import body, client_of, codes

pytestmark = pytest.mark.django_db

URL = "/api/store/vendors/vases/logo/"


@pytest.fixture(autouse=True)
def media(settings: Settings, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


@pytest.fixture
def vera() -> User:
    return make_user("vera@example.test")


@pytest.fixture(autouse=True)
def vases(vera: User) -> Vendor:
    return make_vendor("Vases", owner=vera)


def send(user: User | None, file: SimpleUploadedFile) -> Any:
    return client_of(user).post(URL, {"image": file}, format="multipart")


def files(media: Path) -> list[Path]:
    return [path for path in media.rglob("*") if path.is_file()]


def test_is_encoded_anew_and_made_smaller(vera: User, media: Path, vases: Vendor) -> None:
    exif = Image.Exif()
    exif[0x010E] = "taken at home"
    response = send(vera, upload("JPEG", size=(2048, 1024), exif=exif, name="../me.exe"))
    assert response.status_code == 200, response.content
    (kept,) = files(media)
    with Image.open(kept) as image:
        assert (image.format, image.size) == ("JPEG", (1024, 512))
        assert not image.getexif()
    address = body(response)["logo"]
    assert address == f"http://testserver/media/{kept.relative_to(media)}"
    assert body(client_of().get("/api/store/vendors/"))["results"][-1]["logo"] == address
    assert vases.changes.get().kind == "logo_changed"


def test_another_one_takes_its_place(
    vera: User, media: Path, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    send(vera, upload())
    (first,) = files(media)
    with django_capture_on_commit_callbacks(execute=True):
        send(vera, upload("WEBP"))
    (second,) = files(media)
    assert (first.suffix, second.suffix) == (".png", ".webp")


def test_null_takes_it_away(
    vera: User,
    media: Path,
    vases: Vendor,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    send(vera, upload())
    with django_capture_on_commit_callbacks(execute=True):
        response = client_of(vera).post(URL, {"image": None})
    assert body(response)["logo"] == ""
    assert files(media) == []
    assert vases.changes.latest("id").kind == "logo_removed"


@pytest.mark.parametrize(
    "file",
    [
        SimpleUploadedFile("a.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>"),
        SimpleUploadedFile("a.png", b"no picture"),
        upload("GIF", name="a.png"),
    ],
    ids=["svg", "text", "gif"],
)
def test_refuses_what_is_no_picture(vera: User, media: Path, file: SimpleUploadedFile) -> None:
    response = send(vera, file)
    assert (response.status_code, codes(response)) == (400, ["image_not_acceptable"])
    assert files(media) == []


@pytest.mark.parametrize("sent", [{}, {"image": "a.png"}, {"image": 7}])
def test_refuses_what_is_no_file(vera: User, sent: dict[str, Any]) -> None:
    assert client_of(vera).post(URL, sent).status_code == 400


def test_is_for_owners_and_leaves_no_file_of_others(vases: Vendor, media: Path) -> None:
    assert send(make_member(vases).user, upload()).status_code == 403
    assert send(make_user(), upload()).status_code == 404
    assert send(None, upload()).status_code == 401
    assert files(media) == []


def test_a_suspended_vendor_has_none_of_it(vera: User, vases: Vendor, media: Path) -> None:
    Vendor.objects.filter(pk=vases.pk).update(status=Vendor.Status.SUSPENDED)
    response = send(vera, upload())
    assert (response.status_code, codes(response)) == (403, ["vendor_suspended"])
    assert files(media) == []
