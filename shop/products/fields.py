"""Fields of inputs: strict about types, and references to rows by slug or id."""

import re
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.core.validators import URLValidator
from django.db.models import Model, Q, QuerySet
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.utils.html import is_html_input

from shop.core.fields import WholeNumberField
from shop.core.money import minor_units, quantum
from shop.core.references import key_of, reference
from shop.products.errors import OptionsNotAcceptable
from shop.products.models import Category
from shop.products.options import normalize
from shop.vendors import querysets as vendors

_PRICE = re.compile(r"-?[0-9]{1,40}(\.[0-9]{1,40})?")
_INTEGER = re.compile(r"-?[0-9]{1,18}")
_DIGITS = re.compile(r"[0-9]+")


class TextField(serializers.CharField):
    """A JSON string; numbers are not taken for texts."""

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        return str(super().to_internal_value(data))


class HtmlField(TextField):
    """HTML of at most `max_bytes` in UTF-8; the services sanitize it."""

    default_error_messages = {"max_bytes": _("At most {max_bytes} bytes are accepted.")}

    def __init__(self, *, max_bytes: int = 100_000, **kwargs: Any) -> None:
        self.max_bytes = max_bytes
        super().__init__(**kwargs)

    def to_internal_value(self, data: Any) -> str:
        html = super().to_internal_value(data)
        if len(html.encode("utf-8", "surrogatepass")) > self.max_bytes:
            self.fail("max_bytes", max_bytes=self.max_bytes)
        return html


class IntegerField(WholeNumberField):
    """A JSON integer; in forms, where everything is a text, its digits."""

    def to_internal_value(self, data: Any) -> int:
        in_form = is_html_input(getattr(self.root, "initial_data", None))
        if in_form and isinstance(data, str) and _INTEGER.fullmatch(data):
            return int(data)
        return super().to_internal_value(data)


class FlagField(serializers.BooleanField):
    """true or false; in forms their usual spellings."""

    def to_internal_value(self, data: Any) -> bool:
        in_form = is_html_input(getattr(self.root, "initial_data", None))
        if not in_form and not isinstance(data, bool):
            self.fail("invalid", input=data)
        return bool(super().to_internal_value(data))


@extend_schema_field(
    {
        "oneOf": [
            {"type": "string", "format": "decimal", "pattern": r"^[0-9]{1,9}(\.[0-9]{1,3})?$"},
            {"type": "number", "minimum": 0, "exclusiveMaximum": 1_000_000_000},
        ]
    }
)
class PriceField(serializers.DecimalField):
    """0 to 999999999.99, as a string or a number, with no more digits than the currency has."""

    def __init__(self, **kwargs: Any) -> None:
        step = quantum(settings.SHOP_CURRENCY)
        kwargs |= {
            "max_digits": None,
            "decimal_places": minor_units(settings.SHOP_CURRENCY),
            "min_value": Decimal(0),
            "max_value": Decimal(1_000_000_000) - step,
        }
        super().__init__(**kwargs)

    def validate_empty_values(self, data: Any) -> tuple[bool, Any]:
        # REST framework takes a blank text for null, which means something else here.
        if isinstance(data, str) and not data.strip():
            self.fail("invalid")
        return super().validate_empty_values(data)

    def to_internal_value(self, data: Any) -> Decimal:
        is_number = isinstance(data, int | Decimal) and not isinstance(data, bool)
        if not is_number and not (isinstance(data, str) and _PRICE.fullmatch(data)):
            self.fail("invalid")
        amount: Decimal = super().to_internal_value(data)
        return amount

    def quantize(self, value: Decimal) -> Decimal:
        # Too large a number is left as it is: the validators refuse it.
        return super().quantize(value) if abs(value) < 10**12 else value


class SlugField(serializers.SlugField):
    """Letters, digits, "-" and "_", and not digits alone, which would be taken for an id."""

    default_error_messages = {"only_digits": "A slug must not consist of digits only."}

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        slug = str(super().to_internal_value(data))
        if _DIGITS.fullmatch(slug):
            self.fail("only_digits")
        return slug


class WebAddressField(TextField):
    """An http or https address."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.validators.append(URLValidator(schemes=["http", "https"]))


@extend_schema_field(
    {
        "type": "object",
        "maxProperties": 3,
        "additionalProperties": {"type": "string", "minLength": 1, "maxLength": 100},
        "example": {"size": "M", "color": "Blue"},
    }
)
class OptionsField(serializers.Field[dict[str, str], Any, dict[str, str], Any]):
    """An object of 1 to 3 short names with short texts; `options.normalize` has the rules."""

    default_error_messages = {
        "not_an_object": _("Give an object, such as {{'size': 'M'}}."),
        "empty": "Give at least one option.",
    }

    def to_internal_value(self, data: Any) -> dict[str, str]:
        if not isinstance(data, dict):
            self.fail("not_an_object")
        if not data:
            self.fail("empty")
        try:
            return normalize(data)
        except OptionsNotAcceptable as error:
            raise serializers.ValidationError(str(error), code=error.code) from None

    def to_representation(self, value: dict[str, str]) -> dict[str, str]:
        return value


@extend_schema_field(
    {"oneOf": [{"type": "string"}, {"type": "integer"}], "description": "Slug or id."}
)
class ReferenceField(serializers.Field[Any, Any, Any, Any]):
    """A row by its slug or id. Subclasses say among which, and that it `does_not_exist`."""

    default_error_messages = {"invalid": "Give a slug or an id."}
    _together: dict[str | int, Any] | None = None

    def among(self) -> QuerySet[Any]:
        raise NotImplementedError

    def look_up(self, values: Iterable[Any]) -> None:
        """Find at once whatever of `values` names a row: from now on no others are there."""
        keys = {key for value in values if (key := key_of(value)) is not None}
        slugs = [key for key in keys if isinstance(key, str)]
        ids = [key for key in keys if isinstance(key, int)]
        rows = self.among().defer(None).filter(Q(slug__in=slugs) | Q(pk__in=ids))
        self._together = {key: row for row in rows for key in (row.pk, row.slug)}

    def to_internal_value(self, data: Any) -> Model:
        if isinstance(data, bool) or not isinstance(data, str | int):
            self.fail("invalid")
        if isinstance(data, str) and "\0" in data:
            self.fail("invalid")
        if self._together is None:
            found = self.among().filter(reference(data)).first()
        else:
            found = self._together.get(key_of(data) or "")
        row: Model | None = found
        if row is None:
            self.fail("does_not_exist")
        return row

    def to_representation(self, value: Any) -> Any:
        return value.slug


class CategoryReferenceField(ReferenceField):
    default_error_messages = {"does_not_exist": "There is no such category."}

    def among(self) -> QuerySet[Category]:
        return Category.objects.only("pk")  # whoever files something there needs no more


class VendorReferenceField(ReferenceField):
    default_error_messages = {"does_not_exist": "There is no such vendor."}

    def among(self) -> QuerySet[Any]:
        return vendors.public()
