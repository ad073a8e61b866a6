"""Fields that take what a person is described by, and refuse what only looks like it."""

import re
from typing import Any

import phonenumbers
from django_countries import countries
from rest_framework import serializers

from shop.accounts.models import normalize_email

# Shorter ones exist in E.164 only as emergency and service numbers.
_E164 = re.compile(r"\+[1-9][0-9]{6,14}")


class TextField(serializers.CharField):
    """A JSON string; REST framework alone would also take numbers."""

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        return super().to_internal_value(data)


class SecretField(TextField):
    """A password or a token: kept to the letter, never shown."""

    def __init__(self, *, max_length: int, **kwargs: Any) -> None:
        super().__init__(max_length=max_length, trim_whitespace=False, write_only=True, **kwargs)


class EmailField(serializers.EmailField):
    """An address in the one spelling that accounts keep; the checks are on that spelling."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=254, **kwargs)

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        return normalize_email(super().to_internal_value(data))


class PhoneNumberField(TextField):
    """Written as people write it, from the `+` on; kept as E.164.

    The country must exist. Numbering plans change faster than libraries, so whether
    the number is assigned is not asked.
    """

    default_error_messages = {
        "invalid_phone_number": "Enter a phone number with its country code: +15550100."
    }

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=40, **kwargs)

    def to_internal_value(self, data: Any) -> str:
        text = super().to_internal_value(data)
        if not text:
            return ""
        try:
            parsed = phonenumbers.parse(text)
        except phonenumbers.NumberParseException:
            self.fail("invalid_phone_number")
        number = phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)
        if parsed.extension or not _E164.fullmatch(number):
            self.fail("invalid_phone_number")
        return number


class CountryField(TextField):
    """ISO 3166-1 alpha-2, in capitals."""

    default_error_messages = {"invalid_country": "Enter a country's two letters (ISO 3166-1)."}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=2, **kwargs)

    def to_internal_value(self, data: Any) -> str:
        code = super().to_internal_value(data).upper()
        if code not in countries:
            self.fail("invalid_country")
        return code
