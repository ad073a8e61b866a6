"""services.add_image, update_image, delete_image."""

from io import BytesIO

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image
from pytest_django import DjangoCaptureOnCommitCallbacks

from shop.core.errors import ImageNotAcceptable, NotFound
from shop.products import services
from shop.products.images import MAX_BYTES, THUMBNAILS, thumbnail_name
from shop.products.models import Product, ProductImage
from shop.products.tests.make import make_product
from shop.products.tests.pictures import upload

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def media(settings: pytest.FixtureRequest, tmp_path: object) -> None:
    settings.MEDIA_ROOT = tmp_path  # type: ignore[attr-defined]


def opened(name: str | None) -> Image.Image:
    with default_storage.open(name or "") as file:
        return Image.open(BytesIO(file.read()))


def files_under(folder: str = "") -> list[str]:
    folders, files = default_storage.listdir(folder)
    return files + [file for each in folders for file in files_under(f"{folder}/{each}".strip("/"))]


def mains(product: Product) -> list[int]:
    return list(product.images.filter(is_main=True).values_list("pk", flat=True))


def add_remote(product: Product, number: int = 1, *, is_main: bool | None = None) -> ProductImage:
    address = f"https://images.example/{number}.jpg"
    return services.add_image(product=product, remote_url=address, is_main=is_main)


@pytest.mark.parametrize(
    ("kind", "mode", "suffix"),
    [
        ("PNG", "RGB", ".png"),
        ("PNG", "RGBA", ".png"),
        ("PNG", "P", ".png"),
        ("PNG", "LA", ".png"),
        ("PNG", "I;16", ".png"),
        ("JPEG", "RGB", ".jpg"),
        ("JPEG", "CMYK", ".jpg"),
        ("JPEG", "L", ".jpg"),
        ("WEBP", "RGBA", ".webp"),
    ],
)
def test_is_kept_in_its_format_with_three_thumbnails(kind: str, mode: str, suffix: str) -> None:
    file = upload(kind, mode=mode, size=(1200, 600), name="holiday.exe")
    image = services.add_image(product=make_product(), file=file, alt_text="A shirt")
    kept = opened(image.file.name)
    assert (kept.format, kept.size) == (kind, (1200, 600))
    assert (image.file.name or "").endswith(suffix)
    assert "holiday" not in (image.file.name or "")
    for size, pixels in THUMBNAILS.items():
        thumbnail = opened(thumbnail_name(image.file.name or "", size))
        assert (thumbnail.format, thumbnail.size) == ("WEBP", (pixels, pixels // 2))


def test_small_pictures_are_not_enlarged() -> None:
    image = services.add_image(product=make_product(), file=upload(size=(40, 20)))
    assert opened(thumbnail_name(image.file.name or "", "large")).size == (40, 20)


def test_is_turned_upright_and_loses_its_metadata() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010E] = "taken at home"
    file = upload("JPEG", size=(40, 20), exif=exif, comment=b"secret")
    kept = opened(services.add_image(product=make_product(), file=file).file.name)
    assert kept.size == (20, 40)
    assert not kept.getexif()
    assert "comment" not in kept.info


def test_transparency_survives() -> None:
    file = upload("PNG", mode="RGBA", color=(1, 2, 3, 0))
    name = services.add_image(product=make_product(), file=file).file.name or ""
    for each in (name, thumbnail_name(name, "small")):
        assert opened(each).convert("RGBA").getpixel((0, 0))[3] == 0  # type: ignore[index]


@pytest.mark.parametrize(
    "file",
    [
        SimpleUploadedFile("a.png", b""),
        SimpleUploadedFile("a.png", b"not an image"),
        SimpleUploadedFile("a.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>"),
        upload("GIF", name="a.png"),
        upload("BMP", name="a.jpg"),
        SimpleUploadedFile("a.jpg", (upload("JPEG", size=(90, 90)).read())[:-60]),
        SimpleUploadedFile("a.png", upload("PNG").read() + b"\0" * MAX_BYTES),
        upload("PNG", size=(5001, 5000), mode="1"),
        upload("PNG", size=(12000, 12000), mode="1"),
    ],
    ids=["empty", "text", "svg", "gif", "bmp", "truncated", "large", "pixels", "bomb"],
)
def test_refuses_what_is_no_acceptable_picture(file: SimpleUploadedFile) -> None:
    product = make_product()
    with pytest.raises(ImageNotAcceptable):
        services.add_image(product=product, file=file)
    assert not product.images.exists()
    assert files_under() == []


def test_takes_exactly_one_of_file_and_address() -> None:
    product = make_product()
    with pytest.raises(ImageNotAcceptable):
        services.add_image(product=product)
    with pytest.raises(ImageNotAcceptable):
        services.add_image(product=product, file=upload(), remote_url="https://a.example/b.png")


def test_files_of_a_failed_transaction_are_removed() -> None:
    product = make_product()
    Product.objects.all().delete()
    with pytest.raises(NotFound):
        services.add_image(product=product, file=upload())
    assert files_under() == []


def test_the_first_is_the_main_one_and_others_come_after_it() -> None:
    product = make_product()
    first, second = add_remote(product, is_main=False), add_remote(product, 2)
    assert mains(product) == [first.pk]
    assert (first.position, second.position) == (0, 1)
    third = add_remote(product, 3, is_main=True)
    assert mains(product) == [third.pk]


def test_the_main_flag_moves() -> None:
    product = make_product()
    first, second = add_remote(product), add_remote(product, 2)
    services.update_image(image=second, changes={"is_main": True, "alt_text": "Front"})
    second.refresh_from_db()
    assert (mains(product), second.alt_text) == ([second.pk], "Front")
    services.update_image(image=second, changes={"is_main": False})
    assert mains(product) == [first.pk]


def test_the_only_one_stays_the_main_one() -> None:
    product = make_product()
    image = services.update_image(image=add_remote(product), changes={"is_main": False})
    assert image.is_main
    assert mains(product) == [image.pk]


def test_the_next_becomes_main_when_the_main_one_is_deleted() -> None:
    product, other = make_product(), make_product()
    bystander = add_remote(other)
    first, second, _ = (add_remote(product, number) for number in range(3))
    services.delete_image(image=first)
    assert mains(product) == [second.pk]
    assert mains(other) == [bystander.pk]


def test_files_go_after_commit(
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    image = services.add_image(product=make_product(), file=upload())
    default_storage.save("kept.txt", ContentFile(b"x"))
    with django_capture_on_commit_callbacks(execute=True):
        services.delete_image(image=image)
        assert len(files_under()) == 5
    assert files_under() == ["kept.txt"]
