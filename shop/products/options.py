"""The options that tell a product's variants apart: {"size": "M", "color": "Blue"}."""

import re
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from shop.products.errors import OptionsNotAcceptable

MAX_OPTIONS = 3
MAX_VALUE_LENGTH = 100
SIZES = ("XS", "S", "M", "L", "XL", "XXL")
_ORDER = {size: index for index, size in enumerate(SIZES)}
_NAME = re.compile(r"[a-z0-9_ -]{1,30}")


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


def normalize(options: Mapping[Any, Any]) -> dict[str, str]:
    """The one spelling of `options`: names in lower case, no spaces around names and values.

    Raises `OptionsNotAcceptable` for more than three, for a name twice, for odd
    names and for values that are not texts of 1 to 100 characters.
    """
    if len(options) > MAX_OPTIONS:
        detail = _("At most {most} options are possible.").format(most=MAX_OPTIONS)
        raise OptionsNotAcceptable(detail, attr="options")
    result: dict[str, str] = {}
    for raw_name, raw_value in options.items():
        name = str(raw_name).strip().lower()
        if not _NAME.fullmatch(name) or name in result:
            raise OptionsNotAcceptable(
                "Option names are 1 to 30 letters a-z, digits, spaces, _ and -, each once.",
                attr="options",
            )
        if not isinstance(raw_value, str) or not 1 <= len(raw_value.strip()) <= MAX_VALUE_LENGTH:
            raise OptionsNotAcceptable(
                _("The option {name} needs a text of 1 to {most} characters.").format(
                    name=repr(name), most=MAX_VALUE_LENGTH
                ),
                attr=f"options.{name}",
            )
        result[name] = raw_value.strip()
    return result
