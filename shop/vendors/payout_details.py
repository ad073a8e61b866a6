"""Where a vendor's money goes: what each method of payout needs, checked and put in order."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext as _

from shop.vendors.errors import PayoutDetailsNotValid
from shop.vendors.models import Vendor

Details = dict[str, str]

MAX_TEXT = 140
_IBAN = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}")
_BIC = re.compile(r"[A-Z]{6}[A-Z0-9]{2}([A-Z0-9]{3})?")
_STRIPE_ACCOUNT = re.compile(r"acct_[A-Za-z0-9]{8,64}")
# What only owners read in full.
_SECRET = ("iban", "account")


def checked(method: str, given: Mapping[str, Any]) -> Details:
    """`given` as it is kept for `method`; nothing at all is kept too, and gets no payouts.

    Raises `PayoutDetailsNotValid`, which names the part.
    """
    rules = _RULES[method]
    for name in given:
        if name not in rules:
            detail = _("There is no such detail of {method} payouts.").format(method=method)
            raise _wrong(name, detail)
    filled = {name: value for name, value in given.items() if value not in ("", None)}
    if not filled:
        return {}
    for name in _REQUIRED[method]:
        if name not in filled:
            raise _wrong(name, "This field is required.")
    return {name: rules[name](name, value) for name, value in filled.items()}


def masked(details: Mapping[str, Any]) -> dict[str, Any]:
    """For those who need not know: of numbers of accounts the last four signs."""
    return {
        name: f"****{str(value)[-4:]}" if name in _SECRET else value
        for name, value in details.items()
    }


def _iban(name: str, value: Any) -> str:
    """ISO 13616: the country and the check digits move to the end, letters count from 10."""
    iban = re.sub(r"\s", "", _text(name, value)).upper()
    if not _IBAN.fullmatch(iban):
        raise _wrong(name)
    number = "".join(str(int(sign, 36)) for sign in iban[4:] + iban[:4])
    if int(number) % 97 != 1:
        raise _wrong(name)
    return iban


def _bic(name: str, value: Any) -> str:
    bic = re.sub(r"\s", "", _text(name, value)).upper()
    if not _BIC.fullmatch(bic):
        raise _wrong(name, "A BIC has 8 or 11 letters and digits.")
    return bic


def _stripe_account(name: str, value: Any) -> str:
    account = _text(name, value)
    if not _STRIPE_ACCOUNT.fullmatch(account):
        raise _wrong(name, "An account of Stripe begins with acct_.")
    return account


def _text(name: str, value: Any) -> str:
    if not isinstance(value, str) or not value.strip():
        raise _wrong(name, "Give a text.")
    text = " ".join(value.split())
    if len(text) > MAX_TEXT or not text.isprintable():
        raise _wrong(name, _("At most {most} printable signs.").format(most=MAX_TEXT))
    return text


def _wrong(name: str, detail: str | None = None) -> PayoutDetailsNotValid:
    return PayoutDetailsNotValid(detail, attr=f"payout_details.{name}")


_RULES: Mapping[str, Mapping[str, Callable[[str, Any], str]]] = {
    Vendor.PayoutMethod.MANUAL: {
        "account_holder": _text,
        "iban": _iban,
        "bic": _bic,
        "bank_name": _text,
    },
    Vendor.PayoutMethod.STRIPE: {"account": _stripe_account},
}
_REQUIRED: Mapping[str, tuple[str, ...]] = {
    Vendor.PayoutMethod.MANUAL: ("account_holder", "iban"),
    Vendor.PayoutMethod.STRIPE: ("account",),
}
