"""manage.py import_products --download-images: careful with addresses from strangers."""

from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image
from pytest_django import Settings

from shop.products.importing import pictures
from shop.products.models import Product
from shop.products.tests.imports import counts, import_text

TEXT = "handle,name,price,image,image_alt\nmug,Mug,5,https://pictures.example/mug.png,A mug\n"


def png() -> bytes:
    target = BytesIO()
    Image.new("RGB", (8, 8), "red").save(target, "PNG")
    return target.getvalue()


@pytest.mark.django_db
def test_makes_remote_pictures_the_shops_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"
    monkeypatch.setattr(pictures, "fetch", lambda url: png())

    result = import_text(tmp_path, TEXT, download_images=True)

    assert "1 images downloaded" in result.lines
    image = Product.objects.get().images.get()
    assert (image.remote_url, image.alt_text, image.is_main) == ("", "A mug", True)
    assert image.file.read().startswith(b"\x89PNG")
    assert import_text(tmp_path, TEXT).counts == counts(skipped=1)


@pytest.mark.django_db
def test_keeps_the_address_of_what_is_no_picture(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pictures, "fetch", lambda url: b"<svg onload='alert(1)'/>")
    result = import_text(tmp_path, TEXT, download_images=True)
    assert result.error == ""
    assert any("not a PNG, JPEG or WebP" in line for line in result.lines)
    assert Product.objects.get().images.get().remote_url == "https://pictures.example/mug.png"


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/a.png",
        "http://localhost:8000/a.png",
        "http://[::1]/a.png",
        "http://[::ffff:127.0.0.1]/a.png",
        "http://169.254.169.254/latest/meta-data/",
        "http://10.0.0.1/a.png",
        "http://2130706433/a.png",
        "http://0/a.png",
    ],
)
def test_does_not_reach_into_private_networks(url: str) -> None:
    with pytest.raises(pictures.NotDownloaded, match="not a public address"):
        pictures.fetch(url)


@pytest.mark.parametrize("url", ["file:///etc/passwd", "ftp://a.example/a.png", "gopher://a/", ""])
def test_follows_http_only(url: str) -> None:
    with pytest.raises(pictures.NotDownloaded, match="not an http or https address"):
        pictures.fetch(url)
