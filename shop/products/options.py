"""The options that tell a product's variants apart: {"size": "M", "color": "Blue"}."""

from collections.abc import Mapping
from typing import Any

MAX_OPTIONS = 3
SIZES = ("XS", "S", "M", "L", "XL", "XXL")
_ORDER = {size: index for index, size in enumerate(SIZES)}


class Options:
    """A read-only view of one variant's options; `str()` is "M / Blue"."""

    def __init__(self, values: Mapping[str, Any]) -> None:
        self.values = values

    def __str__(self) -> str:
        return " / ".join(str(value) for value in self.values.values())

    @property
    def size(self) -> str | None:
        value = self.values.get("size")
        return None if value is None else str(value)


def size_rank(options: Mapping[str, Any]) -> int:
    """Sorts XS S M L XL XXL in their order; other and missing sizes come after."""
    return _ORDER.get(str(options.get("size", "")).upper(), len(SIZES))
