from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from shop.core.money import split

CENTS = st.integers(0, 10**9).map(lambda cents: Decimal(cents) / 100)


@given(total=CENTS, weights=st.lists(CENTS, min_size=1, max_size=20))
def test_never_loses_a_cent(total: Decimal, weights: list[Decimal]) -> None:
    shares = split(total, weights, "USD")
    assert len(shares) == len(weights)
    assert sum(shares) == total
    assert all(share >= 0 and share == share.quantize(Decimal("0.01")) for share in shares)


def test_gives_left_over_cents_to_the_largest_remainders() -> None:
    third = Decimal(1)
    assert split(Decimal("10.00"), [third, third, third], "USD") == [
        Decimal("3.34"),
        Decimal("3.33"),
        Decimal("3.33"),
    ]
