"""Pictures of goods: where they are kept, and the thumbnails beside each."""

from pathlib import PurePosixPath

from django.core.files.base import File
from django.core.files.storage import default_storage
from django.db import models

from shop.core import images
from shop.core.images import (
    MAX_BYTES,
    Picture,
    fresh_name,
    image_url,
    stored,
    thumbnail_name,
)
from shop.core.origin import absolute

__all__ = [
    "MAX_BYTES",
    "THUMBNAILS",
    "image_path",
    "image_url",
    "prepare",
    "remove",
    "stored",
    "thumbnail_name",
    "thumbnail_urls",
]

# The longest side in pixels.
THUMBNAILS = {"small": 160, "medium": 480, "large": 960}


def image_path(instance: models.Model, filename: str) -> str:
    """A fresh name for an upload; the client's own name is never trusted."""
    return fresh_name(str(instance._meta.model_name), PurePosixPath(filename).suffix.lower())


def thumbnail_urls(*, file: str, remote_url: str) -> dict[str, str]:
    """Addresses by size; a picture kept elsewhere serves as its own thumbnail."""
    if not file:
        return dict.fromkeys(THUMBNAILS, remote_url)
    return {size: absolute(default_storage.url(thumbnail_name(file, size))) for size in THUMBNAILS}


def prepare(file: File) -> Picture:  # type: ignore[type-arg]  # not generic at run time
    """As `shop.core.images.prepare`, with the thumbnails of goods."""
    return images.prepare(file, thumbnails=THUMBNAILS)


def remove(name: str) -> None:
    """Delete the file `name` and its thumbnails; those that are not there do not matter."""
    images.remove(name, thumbnails=THUMBNAILS)
