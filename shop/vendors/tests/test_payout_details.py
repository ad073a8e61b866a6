"""Where a vendor's money goes."""

from typing import Any

import pytest

from shop.vendors.errors import PayoutDetailsNotValid
from shop.vendors.payout_details import checked, masked

MANUAL = {"account_holder": "Vera Vogel", "iban": "GB29NWBK60161331926819"}
STRIPE = {"account": "acct_1A2b3C4d5E6f"}


def test_keeps_what_is_right() -> None:
    full = MANUAL | {"bic": "nwbk gb 2l", "bank_name": "NatWest"}
    assert checked("manual", full) == full | {"bic": "NWBKGB2L"}
    assert checked("stripe", STRIPE) == STRIPE


@pytest.mark.parametrize("given", [{}, {"iban": ""}, {"bic": None}])
def test_may_be_missing_altogether(given: dict[str, Any]) -> None:
    assert checked("manual", given) == {}


@pytest.mark.parametrize(
    ("method", "changes", "part"),
    [
        ("manual", {"iban": "GB29NWBK60161331926818"}, "iban"),
        ("manual", {"iban": "GB92NWBK60161331926819"}, "iban"),
        ("manual", {"iban": "12345678"}, "iban"),
        ("manual", {"iban": "GB29" + "1" * 40}, "iban"),
        ("manual", {"iban": "GB29NWBK6016133192681٩"}, "iban"),
        ("manual", {"iban": 29}, "iban"),
        ("manual", {"iban": ""}, "iban"),
        ("manual", {"account_holder": None}, "account_holder"),
        ("manual", {"account_holder": "   "}, "account_holder"),
        ("manual", {"account_holder": "Vera\u202eVogel"}, "account_holder"),
        ("manual", {"account_holder": "x" * 141}, "account_holder"),
        ("manual", {"bic": "NWBK"}, "bic"),
        ("manual", {"account": "acct_1A2b3C4d5E6f"}, "account"),
        ("stripe", {"account": "cus_1A2b3C4d5E6f"}, "account"),
        ("stripe", {"account": "acct_"}, "account"),
        ("stripe", {"iban": "GB29NWBK60161331926819"}, "iban"),
    ],
)
def test_names_the_part_that_is_wrong(method: str, changes: dict[str, Any], part: str) -> None:
    right = MANUAL if method == "manual" else STRIPE
    with pytest.raises(PayoutDetailsNotValid) as refusal:
        checked(method, right | changes)
    assert refusal.value.problems[0].attr == f"payout_details.{part}"


def test_shows_others_the_last_four_signs() -> None:
    assert masked(MANUAL) == {"account_holder": "Vera Vogel", "iban": "****6819"}
    assert masked(STRIPE) == {"account": "****5E6f"}
