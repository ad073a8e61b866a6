"""Pictures: what is accepted, where they are kept, and the thumbnails beside each."""

import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import PurePosixPath

from django.conf import settings
from django.core.files.base import ContentFile, File
from django.core.files.storage import default_storage
from django.db import models
from PIL import Image, ImageOps

from shop.core.origin import absolute
from shop.products.errors import ImageNotAcceptable

# The longest side in pixels.
THUMBNAILS = {"small": 160, "medium": 480, "large": 960}
MAX_BYTES = 8 * 1024 * 1024
_SUFFIXES = {"PNG": ".png", "JPEG": ".jpg", "WEBP": ".webp"}
_MODES = {"PNG": ("L", "LA", "RGB", "RGBA"), "JPEG": ("L", "RGB"), "WEBP": ("RGB", "RGBA")}


def image_path(instance: models.Model, filename: str) -> str:
    """A fresh name for an upload; the client's own name is never trusted."""
    return fresh_name(str(instance._meta.model_name), PurePosixPath(filename).suffix.lower())


def fresh_name(folder: str, suffix: str) -> str:
    name = uuid.uuid4().hex
    return f"{folder}/{name[:2]}/{name}{suffix}"


def thumbnail_name(name: str, size: str) -> str:
    """The stored name of the thumbnail `size` ("small", "medium", "large") of image `name`."""
    path = PurePosixPath(name)
    return str(path.with_name(f"{path.stem}.{size}.webp"))


def thumbnail_urls(*, file: str, remote_url: str) -> dict[str, str]:
    """Addresses by size; a picture kept elsewhere serves as its own thumbnail."""
    if not file:
        return dict.fromkeys(THUMBNAILS, remote_url)
    return {size: absolute(default_storage.url(thumbnail_name(file, size))) for size in THUMBNAILS}


def image_url(*, file: str, remote_url: str) -> str:
    """The address for a front end on whatever host; one of elsewhere stays as it is."""
    return absolute(default_storage.url(file)) if file else remote_url


@dataclass(frozen=True)
class Picture:
    """An accepted picture, encoded anew, and its thumbnails by size."""

    content: bytes
    suffix: str
    thumbnails: Mapping[str, bytes]


def prepare(file: File) -> Picture:  # type: ignore[type-arg]  # not generic at run time
    """Check and re-encode an upload; raises `ImageNotAcceptable`.

    Slow: call it outside transactions. The content decides, not the name. Encoding anew
    drops metadata (places, cameras, names) and whatever else was hidden in the file; of an
    animation the first frame stays.
    """
    if not file.size or file.size > MAX_BYTES:
        raise ImageNotAcceptable(attr="image")
    try:
        with Image.open(file, formats=list(_SUFFIXES)) as opened:
            _check_pixels(opened)
            kind = str(opened.format)
            image = _plain(ImageOps.exif_transpose(opened), kind)
    except Exception:
        # Pillow's decoders raise a dozen kinds of errors on broken files; each means the same.
        raise ImageNotAcceptable(attr="image") from None
    return Picture(_encoded(image, kind), _SUFFIXES[kind], _thumbnails(image))


@contextmanager
def stored(picture: Picture | None, *, folder: str) -> Iterator[str]:
    """Write `picture` with its thumbnails and give its name; remove them when the block fails.

    `None` gives "". Open the transaction inside the block: one that is rolled back
    leaves no files then.
    """
    name = ""
    try:
        if picture is not None:
            name = default_storage.save(
                fresh_name(folder, picture.suffix), ContentFile(picture.content)
            )
            for size, content in picture.thumbnails.items():
                default_storage.save(thumbnail_name(name, size), ContentFile(content))
        yield name
    except BaseException:
        remove(name)
        raise


def remove(name: str) -> None:
    """Delete the file `name` and its thumbnails; those that are not there do not matter."""
    if name:
        for each in (name, *(thumbnail_name(name, size) for size in THUMBNAILS)):
            default_storage.delete(each)


def _check_pixels(image: Image.Image) -> None:
    """The header alone tells the size: a decompression bomb is never unpacked."""
    if image.width * image.height > settings.IMAGE_MAX_PIXELS:
        raise ImageNotAcceptable


def _plain(image: Image.Image, kind: str) -> Image.Image:
    """Pixels only, in a mode that `kind` can hold."""
    if image.mode not in _MODES[kind]:
        keeps_alpha = kind != "JPEG" and image.has_transparency_data
        image = image.convert("RGBA" if keeps_alpha else "RGB")
    elif "transparency" in image.info and kind == "PNG":
        image = image.convert("RGBA")
    plain = image.copy()
    plain.info = {}
    return plain


def _encoded(image: Image.Image, kind: str) -> bytes:
    target = BytesIO()
    image.save(target, kind, **({} if kind == "PNG" else {"quality": 88}))
    return target.getvalue()


def _thumbnails(image: Image.Image) -> dict[str, bytes]:
    """Largest first, each from the one before: the whole picture is scaled once."""
    result: dict[str, bytes] = {}
    smaller = image if image.mode in _MODES["WEBP"] else _webp_mode(image)
    for size, pixels in sorted(THUMBNAILS.items(), key=lambda item: -item[1]):
        smaller = smaller.copy()
        smaller.thumbnail((pixels, pixels))
        result[size] = _encoded(smaller, "WEBP")
    return result


def _webp_mode(image: Image.Image) -> Image.Image:
    return image.convert("RGBA" if image.mode == "LA" else "RGB")
