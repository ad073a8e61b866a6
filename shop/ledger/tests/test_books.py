"""Whatever becomes of an order, in whatever order it is heard: the books add up to the cent."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from shop.core.money import ZERO
from shop.ledger import shares
from shop.ledger.books import Booked, DisputeTruth, RefundTruth, Truth, missing
from shop.ledger.models import Entry
from shop.ledger.shares import SHARES, Goods, Part, Posting

Account = Entry.Account

cents = st.integers(min_value=0, max_value=20_000).map(lambda n: Decimal(n).scaleb(-2))


@dataclass
class Shop:
    """A paid order, what became of it, and its books."""

    truth: Truth
    booked: list[Booked] = field(default_factory=list)

    def hear(self) -> None:
        self.booked += missing(self.truth, self.booked)

    def total(self, *accounts: str) -> Decimal:
        return sum((p.amount for p in self.postings if p.account in accounts), ZERO)

    @property
    def postings(self) -> list[Posting]:
        return [posting for booked in self.booked for posting in booked.postings]

    @property
    def left(self) -> list[Part]:
        return shares.left_of(self.truth.parts, self.postings)


@st.composite
def parts(draw: st.DrawFn) -> list[Part]:
    made = []
    for number in range(draw(st.integers(1, 4))):
        goods = draw(cents)
        percent = draw(st.integers(0, 100))
        vendor = draw(st.sampled_from([None, number + 10]))
        commission = (goods * percent / 100).quantize(Decimal("0.01"))
        made.append(
            Part(
                id=number + 1,
                vendor=vendor,
                goods=goods,
                commission=ZERO if vendor is None else commission,
                shipping=draw(st.sampled_from([ZERO, Decimal("4.99")])),
                tax=draw(st.sampled_from([ZERO, ZERO, Decimal("0.03")])),
            )
        )
    return made


@st.composite
def truths(draw: st.DrawFn, *, is_exact: bool | None = None) -> Truth:
    """A paid order with refunds and disputes, never more refunded than was captured."""
    of = draw(parts())
    asked = sum((part.total for part in of), ZERO)
    exact = draw(st.booleans()) if is_exact is None else is_exact
    captured = asked if exact else draw(cents)
    left, refunds = captured, []
    goods_left = {part.id: part.goods for part in of}
    for number in range(draw(st.integers(0, 5))):
        if left <= 0:
            break
        amount = draw(st.integers(1, int(left * 100)).map(lambda n: Decimal(n).scaleb(-2)))
        refund = RefundTruth(id=number + 1, is_promised=True, is_given_back=False, amount=amount)
        part = draw(st.sampled_from(of))
        if draw(st.booleans()) and goods_left[part.id] > 0:
            amount = min(amount, goods_left[part.id])
            goods_left[part.id] -= amount
            share = draw(st.integers(0, 100))
            lines = [Goods(part.id, amount, amount * share / 100 if part.vendor else ZERO)]
            refund = RefundTruth(number + 1, True, False, amount, lines)
        left -= amount
        refunds.append(draw(st.sampled_from(_ends_of(refund))))
    disputes = [
        draw(st.sampled_from(_ends_of_dispute(number + 1, draw(cents))))
        for number in range(draw(st.integers(0, 2)))
    ]
    return Truth(
        payment=1,
        provider="sandbox",
        captured=captured,
        currency="USD",
        parts=of,
        refunds=refunds,
        disputes=disputes,
    )


def _ends_of(refund: RefundTruth) -> list[RefundTruth]:
    return [_refund(refund, state) for state in ("pending", "succeeded", "failed")]


def _refund(refund: RefundTruth, state: str) -> RefundTruth:
    return RefundTruth(
        refund.id, state != "failed", state == "succeeded", refund.amount, refund.goods
    )


def _ends_of_dispute(number: int, amount: Decimal) -> list[DisputeTruth]:
    ends = [(True, False), (False, True), (False, False)]
    return [DisputeTruth(number, is_open, is_lost, amount) for is_open, is_lost in ends]


def check(shop: Shop) -> None:
    truth = shop.truth
    for booked in shop.booked:
        assert sum((posting.amount for posting in booked.postings), ZERO) == 0, booked
        assert all(posting.amount for posting in booked.postings)
    promised = [refund for refund in truth.refunds if refund.is_promised]
    given_back = sum((refund.amount for refund in promised if refund.is_given_back), ZERO)
    owed = sum((refund.amount for refund in promised if not refund.is_given_back), ZERO)
    lost = sum((each.amount or ZERO for each in truth.disputes if each.is_lost), ZERO)
    assert shop.total(Account.CLEARING) == truth.captured - given_back - lost
    assert shop.total(Account.REFUNDS) == -owed
    # The shares add up to what is left of the payment, exactly.
    assert -shop.total(*SHARES) == truth.captured - given_back - owed - lost
    for part in shop.left:
        assert 0 <= part.commission <= max(part.goods, ZERO)
        assert part.reserved >= 0
        assert part.shipping >= 0
        assert part.tax >= 0
    if not any(dispute.is_open for dispute in truth.disputes):
        assert shop.total(Account.VENDOR_RESERVE) == 0


@settings(max_examples=300, deadline=None)
@given(truths())
def test_adds_up_to_the_cent(truth: Truth) -> None:
    shop = Shop(truth)
    shop.hear()
    if shop.booked:
        check(shop)


@settings(max_examples=300, deadline=None)
@given(truths())
def test_lacks_nothing_once_it_is_complete(truth: Truth) -> None:
    shop = Shop(truth)
    shop.hear()
    held = list(shop.booked)
    shop.hear()
    assert shop.booked == held


@settings(max_examples=300, deadline=None)
@given(truths(), st.data())
def test_adds_up_whatever_is_heard_on_the_way(truth: Truth, data: st.DataObject) -> None:
    """Refunds and disputes appear and change one after the other, and sometimes nobody hears."""
    shop = Shop(_with(truth, [], []))
    shop.hear()
    if not shop.booked:
        return
    refunds: dict[int, RefundTruth] = {}
    disputes: dict[int, DisputeTruth] = {}
    for refund in truth.refunds:
        for state in data.draw(st.sampled_from([(), ("pending",), ("pending", "failed")])):
            refunds[refund.id] = _refund(refund, state)
            _perhaps_hear(shop, truth, refunds, disputes, data)
        refunds[refund.id] = refund
        _perhaps_hear(shop, truth, refunds, disputes, data)
    for dispute in truth.disputes:
        if data.draw(st.booleans()):
            disputes[dispute.id] = DisputeTruth(dispute.id, True, False, dispute.amount)
            _perhaps_hear(shop, truth, refunds, disputes, data)
        disputes[dispute.id] = dispute
        _perhaps_hear(shop, truth, refunds, disputes, data)
    shop.truth = truth
    shop.hear()
    check(shop)


@settings(max_examples=300, deadline=None)
@given(truths(is_exact=True))
def test_never_makes_a_debt_without_a_lost_dispute(truth: Truth) -> None:
    """What is given back in lines is at most what they cost, so every seller has it."""
    without_lines = [
        RefundTruth(r.id, r.is_promised, r.is_given_back, r.amount) for r in truth.refunds
    ]
    shop = Shop(_with(truth, without_lines, []))
    shop.hear()
    assert all(part.seller_has >= 0 for part in shop.left)


@settings(max_examples=200, deadline=None)
@given(truths())
def test_leaves_nothing_of_what_was_given_back_whole(truth: Truth) -> None:
    promised = [refund for refund in truth.refunds if refund.is_promised]
    rest = truth.captured - sum((refund.amount for refund in promised), ZERO)
    last = [RefundTruth(99, True, True, rest)] if rest else []
    shop = Shop(_with(truth, [*promised, *last], []))
    shop.hear()
    assert shop.total(*SHARES) == 0
    if last:
        assert all(part.total == 0 and part.commission == 0 for part in shop.left)


@given(parts())
def test_books_an_exact_payment_as_it_was_ordered(of: Sequence[Part]) -> None:
    captured = sum((part.total for part in of), ZERO)
    booked = shares.left_of(of, shares.of_sale(of, captured, "USD"))
    assert booked == list(of)


def test_takes_the_commission_of_the_lines_that_go_back() -> None:
    part = Part(id=1, vendor=7, goods=Decimal("100.00"), commission=Decimal("13.00"))
    lines = [Goods(1, Decimal("30.00"), Decimal("9.004"))]
    debits = shares.borne([part], [part], Decimal("30.00"), "USD", lines)
    assert debits == [
        Posting(Account.VENDOR_PAYABLE, Decimal("21.00"), 1, 7),
        Posting(Account.PLATFORM_COMMISSION, Decimal("9.00"), 1),
    ]


def test_gives_back_no_more_commission_than_is_left() -> None:
    part = Part(id=1, vendor=7, goods=Decimal("100.00"), commission=Decimal("5.00"))
    lines = [Goods(1, Decimal("30.00"), Decimal("9.00"))]
    debits = shares.borne([part], [part], Decimal("30.00"), "USD", lines)
    assert debits[1].amount == Decimal("5.00")


def test_lets_the_platform_keep_no_more_than_is_left_of_the_goods() -> None:
    part = Part(id=1, vendor=7, goods=Decimal("8.00"), commission=Decimal("4.00"))
    lines = [Goods(1, Decimal("5.00"), ZERO)]
    debits = shares.borne([part], [part], Decimal("5.00"), "USD", lines)
    assert debits == [
        Posting(Account.VENDOR_PAYABLE, Decimal("4.00"), 1, 7),
        Posting(Account.PLATFORM_COMMISSION, Decimal("1.00"), 1),
    ]


def _with(truth: Truth, refunds: Sequence[RefundTruth], disputes: Sequence[DisputeTruth]) -> Truth:
    return Truth(
        payment=truth.payment,
        provider=truth.provider,
        captured=truth.captured,
        currency=truth.currency,
        parts=truth.parts,
        refunds=refunds,
        disputes=disputes,
    )


def _perhaps_hear(
    shop: Shop,
    truth: Truth,
    refunds: dict[int, RefundTruth],
    disputes: dict[int, DisputeTruth],
    data: st.DataObject,
) -> None:
    shop.truth = _with(truth, list(refunds.values()), list(disputes.values()))
    if data.draw(st.booleans()):
        shop.hear()
