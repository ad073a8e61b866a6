"""Uploads for tests."""

from io import BytesIO
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image


def upload(
    kind: str = "PNG",
    *,
    size: tuple[int, int] = (40, 20),
    mode: str = "RGB",
    name: str | None = None,
    color: Any = None,
    **options: Any,
) -> SimpleUploadedFile:
    """A picture of one color, encoded as `kind`; `options` go to Pillow's `save`."""
    target = BytesIO()
    Image.new(mode, size, color or 0).save(target, kind, **options)
    return SimpleUploadedFile(name or f"picture.{kind.lower()}", target.getvalue())
