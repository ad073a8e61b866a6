"""The arithmetic of lines: whatever the split, the pieces add up."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from shop.core.money import ZERO, quantize
from shop.payments.line_refunds import Line, of_items, of_the_rest

CENT = Decimal("0.01")

prices = st.integers(0, 100_000).map(lambda cents: cents * CENT)


@st.composite
def orders(draw: st.DrawFn) -> tuple[list[Line], Decimal]:
    """Lines, and a discount of at most all they cost."""
    lines = []
    for item in range(1, draw(st.integers(1, 5)) + 1):
        quantity = draw(st.integers(1, 7))
        lines.append(Line(item=item, quantity=quantity, total=draw(prices) * quantity))
    subtotal = sum((line.total for line in lines), ZERO)
    return lines, draw(st.integers(0, int(subtotal / CENT))) * CENT


def after(line: Line, quantity: int, amount: Decimal) -> Line:
    return Line(
        item=line.item,
        quantity=line.quantity,
        total=line.total,
        refunded_quantity=line.refunded_quantity + quantity,
        refunded_amount=line.refunded_amount + amount,
    )


@given(orders(), st.data())
def test_all_pieces_give_back_exactly_what_the_goods_cost(
    order: tuple[list[Line], Decimal], data: st.DataObject
) -> None:
    lines, discount = order
    total = sum((line.total for line in lines), ZERO) - discount
    given_back = ZERO
    while any(line.left for line in lines):
        chosen = data.draw(st.sampled_from([line for line in lines if line.left]))
        wanted = {chosen.item: data.draw(st.integers(1, chosen.left))}
        (part,) = of_items(lines, wanted, discount=discount, currency="USD")
        assert part.amount >= 0
        assert part.amount == quantize(part.amount, "USD")
        given_back += part.amount
        lines = [
            after(line, part.quantity, part.amount) if line.item == part.item else line
            for line in lines
        ]
    assert given_back == total


@given(orders(), st.data())
def test_a_piece_that_failed_leaves_no_trace(
    order: tuple[list[Line], Decimal], data: st.DataObject
) -> None:
    lines, discount = order
    line, others = lines[0], lines[1:]
    first = data.draw(st.integers(1, line.quantity))

    def take(now: Line, quantity: int) -> Decimal:
        wanted = {now.item: quantity}
        (part,) = of_items([now, *others], wanted, discount=discount, currency="USD")
        return part.amount

    early = take(line, first)
    second = line.quantity - first
    late = take(after(line, first, early), second) if second else ZERO
    # The early one fails, and is tried again when the late one is done.
    again = take(after(line, second, late), first)
    assert early + late == late + again


@given(orders(), st.data())
def test_the_rest_is_shared_among_what_is_left(
    order: tuple[list[Line], Decimal], data: st.DataObject
) -> None:
    lines, discount = order
    amount = data.draw(st.integers(0, 1_000_000)) * CENT
    parts = of_the_rest(lines, amount, discount=discount, currency="USD")
    worth = sum((line.total for line in lines), ZERO) - discount
    assert sum((part.amount for part in parts), ZERO) == min(amount, worth)
    assert [part.quantity for part in parts] == [line.quantity for line in lines]
    assert all(part.amount >= 0 for part in parts)


def test_knows_currencies_without_cents() -> None:
    line = Line(item=1, quantity=3, total=Decimal(300))
    amounts = []
    for _ in range(3):
        (part,) = of_items([line], {1: 1}, discount=Decimal(100), currency="JPY")
        amounts.append(part.amount)
        line = after(line, 1, part.amount)
    assert amounts == [67, 66, 67]
