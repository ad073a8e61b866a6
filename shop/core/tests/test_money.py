from decimal import Decimal

import pytest

from shop.core import money


@pytest.mark.parametrize(
    ("amount", "currency", "expected"),
    [("1.005", "USD", "1.01"), ("1.5", "JPY", "2"), ("1.0005", "KWD", "1.001")],
)
def test_rounds_half_up_to_the_minor_unit(amount: str, currency: str, expected: str) -> None:
    assert money.quantize(Decimal(amount), currency) == Decimal(expected)


def test_reads_minor_units() -> None:
    assert str(money.from_minor(1999, "USD")) == "19.99"
    assert str(money.from_minor(1999, "JPY")) == "1999"
    assert str(money.from_minor(1999, "KWD")) == "1.999"
