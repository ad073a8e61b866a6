"""Pictures: where they are kept, and the three sizes of thumbnails beside each."""

import uuid
from pathlib import PurePosixPath

from django.core.files.storage import default_storage
from django.db import models

# The longest side in pixels.
THUMBNAILS = {"small": 160, "medium": 480, "large": 960}


def image_path(instance: models.Model, filename: str) -> str:
    """A fresh name for an upload; the client's own name is never trusted."""
    suffix = PurePosixPath(filename).suffix.lower()
    name = uuid.uuid4().hex
    return f"{instance._meta.model_name}/{name[:2]}/{name}{suffix}"


def thumbnail_name(name: str, size: str) -> str:
    """The stored name of the thumbnail `size` ("small", "medium", "large") of image `name`."""
    path = PurePosixPath(name)
    return str(path.with_name(f"{path.stem}.{size}.webp"))


def thumbnail_urls(*, file: str, remote_url: str) -> dict[str, str]:
    """Addresses by size; a picture kept elsewhere serves as its own thumbnail."""
    if not file:
        return dict.fromkeys(THUMBNAILS, remote_url)
    return {size: default_storage.url(thumbnail_name(file, size)) for size in THUMBNAILS}


def image_url(*, file: str, remote_url: str) -> str:
    return default_storage.url(file) if file else remote_url
