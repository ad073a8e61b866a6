"""What is kept of a line, whatever the rate and the currency."""

from decimal import Decimal

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shop.accounts.tests.make import make_user
from shop.commissions.charges import Rate, charge
from shop.commissions.models import CommissionRule
from shop.commissions.tests.make import make_rate
from shop.core.money import minor_units, quantum
from shop.orders import services as orders
from shop.orders.tests.make import fill_cart
from shop.products.tests.make import make_product
from shop.vendors.tests.make import make_vendor

percentages = st.decimals(0, 100, places=2)
quantities = st.integers(1, 999)


@st.composite
def amounts(draw: st.DrawFn, currency: str, most: int = 1_000_000) -> Decimal:
    return Decimal(draw(st.integers(0, most))).scaleb(-minor_units(currency))


@given(st.data(), st.sampled_from(["USD", "JPY", "KWD"]), percentages, quantities)
def test_is_within_the_line_and_to_the_cent(
    data: st.DataObject, currency: str, percent: Decimal, quantity: int
) -> None:
    price, fee = data.draw(amounts(currency)), data.draw(amounts(currency, 1000))
    line_total = price * quantity
    found = charge(Rate(percent, fee), line_total=line_total, quantity=quantity, currency=currency)
    assert 0 <= found.total <= line_total
    assert found.total % quantum(currency) == 0
    exact = line_total * percent / 100 + fee * quantity
    assert found.total == line_total or abs(found.total - exact) <= quantum(currency) / 2
    assert (found.percent, found.fee) == (percent, fee)


@given(amounts("USD"), quantities, percentages, percentages)
def test_a_higher_rate_never_keeps_less(
    price: Decimal, quantity: int, one: Decimal, other: Decimal
) -> None:
    totals = [
        charge(
            Rate(percent, Decimal(0)),
            line_total=price * quantity,
            quantity=quantity,
            currency="USD",
        ).total
        for percent in sorted([one, other])
    ]
    assert totals == sorted(totals)


LINES = st.lists(st.tuples(st.integers(0, 2), amounts("USD", 5000), st.integers(1, 9)), min_size=1)


@pytest.mark.django_db
@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(LINES, percentages, amounts("USD", 300))
def test_the_parts_of_an_order_have_what_their_lines_have(
    lines: list[tuple[int, Decimal, int]], percent: Decimal, fee: Decimal
) -> None:
    with transaction.atomic():
        vendors = [None, make_vendor(), make_vendor()]  # the house and two others
        assert vendors[1] is not None
        make_rate(vendors[1], str(percent), fee=str(fee))
        buyer = make_user()
        for seller, price, quantity in lines[:8]:
            product = make_product(vendor=vendors[seller], price=str(price))
            fill_cart(buyer, [product.variants.get()], quantity=quantity)
        order = orders.place_order(user=buyer)
        for part in order.parts.all():
            of_lines = list(part.items.values_list("commission_total", flat=True))
            assert part.commission_total == sum(of_lines)
            assert 0 <= part.commission_total <= part.subtotal
            if part.vendor.is_house:
                assert part.commission_total == 0
        transaction.set_rollback(True)
    assert not CommissionRule.objects.exists()
