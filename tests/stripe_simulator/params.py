"""Checks of parameters that several endpoints share, with Stripe's refusals."""

import re
from collections.abc import Collection
from typing import Any
from urllib.parse import urlsplit

from tests.stripe_simulator.refusals import Object, invalid, required

SMALLEST, LARGEST = 50, 99_999_999
ALWAYS = {"expand", "key", "client_secret", "use_stripe_sdk", "_stripe_version"}


def allow(params: Object, known: Collection[str]) -> None:
    for name in params:
        if name not in known and name not in ALWAYS:
            raise invalid(name, f"Received unknown parameter: {name}", "parameter_unknown")


def whole_number(params: Object, name: str) -> int:
    if not params.get(name):
        raise required(name)
    if not re.fullmatch(r"-?[0-9]{1,18}", str(params[name])):
        raise invalid(name, f"Invalid integer: {params[name]}", "parameter_invalid_integer")
    return int(params[name])


def amount(params: Object) -> int:
    """What an intent may ask for: Stripe's limits, without its exchange rates."""
    value = whole_number(params, "amount")
    if value < 1:
        raise invalid("amount", "This value must be greater than or equal to 1.")
    if value < SMALLEST:
        raise invalid("amount", f"Amount must be at least {SMALLEST}.", "amount_too_small")
    if value > LARGEST:
        raise invalid("amount", f"Amount must be no more than {LARGEST}.", "amount_too_large")
    return value


def currency(params: Object) -> str:
    value = params.get("currency")
    if not value:
        raise required("currency")
    if not re.fullmatch(r"[A-Za-z]{3}", str(value)):
        raise invalid("currency", f"Invalid currency: {value}.")
    return str(value).lower()


def metadata(params: Object, before: Object | None = None) -> Object:
    """The metadata of before, changed; an empty value takes a key out."""
    given = params.get("metadata") or {}
    if not isinstance(given, dict):
        raise invalid("metadata", "Invalid object", "parameter_invalid_empty")
    changed = {**(before or {}), **given}
    for key, value in given.items():
        if not isinstance(value, str) or len(key) > 40 or len(value) > 500:
            raise invalid(f"metadata[{key}]", "Metadata values must be strings of up to 500 signs.")
    if len(changed) > 50:
        raise invalid("metadata", "Metadata can have up to 50 keys.")
    return {key: value for key, value in changed.items() if value != ""}


def return_url(params: Object) -> str | None:
    value = params.get("return_url")
    if value is not None and urlsplit(str(value)).scheme not in {"http", "https"}:
        raise invalid("return_url", "Not a valid URL", "url_invalid")
    return value and str(value)


def is_true(value: Any) -> bool:
    return str(value).lower() == "true"
