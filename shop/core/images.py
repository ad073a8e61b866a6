"""Pictures that people upload: what is accepted, and how they are kept.

with images.stored(images.prepare(file), folder="logos") as name, transaction.atomic():
    ...
"""

import uuid
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import PurePosixPath

from django.conf import settings
from django.core.files.base import ContentFile, File
from django.core.files.storage import default_storage
from PIL import Image, ImageOps

from shop.core.errors import ImageNotAcceptable
from shop.core.origin import absolute

MAX_BYTES = 8 * 1024 * 1024
_SUFFIXES = {"PNG": ".png", "JPEG": ".jpg", "WEBP": ".webp"}
_MODES = {"PNG": ("L", "LA", "RGB", "RGBA"), "JPEG": ("L", "RGB"), "WEBP": ("RGB", "RGBA")}


@dataclass(frozen=True)
class Picture:
    """An accepted picture, encoded anew, and its thumbnails by size."""

    content: bytes
    suffix: str
    thumbnails: Mapping[str, bytes]


def fresh_name(folder: str, suffix: str) -> str:
    """A name for an upload; the client's own name is never trusted."""
    name = uuid.uuid4().hex
    return f"{folder}/{name[:2]}/{name}{suffix}"


def thumbnail_name(name: str, size: str) -> str:
    """The stored name of the thumbnail `size`, such as "small", of image `name`."""
    path = PurePosixPath(name)
    return str(path.with_name(f"{path.stem}.{size}.webp"))


def image_url(*, file: str, remote_url: str = "") -> str:
    """The address for a front end on whatever host; one of elsewhere stays as it is."""
    return absolute(default_storage.url(file)) if file else remote_url


def prepare(
    file: File,  # type: ignore[type-arg]  # not generic at run time
    *,
    thumbnails: Mapping[str, int] | None = None,
    longest_side: int | None = None,
) -> Picture:
    """Check and re-encode an upload; raises `ImageNotAcceptable`.

    `thumbnails` are sizes by name, the longest side of each in pixels; what is larger than
    `longest_side` is made smaller. Slow: call it outside transactions. The content decides,
    not the name. Encoding anew drops metadata (places, cameras, names) and whatever else was
    hidden in the file; of an animation the first frame stays.
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
    if longest_side is not None:
        image.thumbnail((longest_side, longest_side))
    return Picture(_encoded(image, kind), _SUFFIXES[kind], _thumbnails(image, thumbnails or {}))


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
        remove(name, thumbnails=picture.thumbnails if picture else ())
        raise


def remove(name: str, *, thumbnails: Iterable[str] = ()) -> None:
    """Delete the file `name` and its thumbnails; those that are not there do not matter."""
    if name:
        for each in (name, *(thumbnail_name(name, size) for size in thumbnails)):
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


def _thumbnails(image: Image.Image, sizes: Mapping[str, int]) -> dict[str, bytes]:
    """Largest first, each from the one before: the whole picture is scaled once."""
    result: dict[str, bytes] = {}
    smaller = image if image.mode in _MODES["WEBP"] else _webp_mode(image)
    for size, pixels in sorted(sizes.items(), key=lambda item: -item[1]):
        smaller = smaller.copy()
        smaller.thumbnail((pixels, pixels))
        result[size] = _encoded(smaller, "WEBP")
    return result


def _webp_mode(image: Image.Image) -> Image.Image:
    return image.convert("RGBA" if image.mode == "LA" else "RGB")
