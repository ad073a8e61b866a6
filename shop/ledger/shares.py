"""Who has what of a payment, and who bears what is taken out of it again. Only computes.

A part of an order has its goods, its shipping and its tax; the goods are the seller's, less the
commission that the platform keeps of them, or the house's own. Whatever is given back, in
whatever steps, the platform never keeps more than what is left of the goods, and nothing of
goods that were given back whole.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from shop.core.money import ZERO, quantize, split
from shop.ledger.models import Entry

Account = Entry.Account

# What of the entries of an order is somebody's share; the rest is where the money is.
SHARES = frozenset(
    {
        Account.VENDOR_PAYABLE,
        Account.VENDOR_RESERVE,
        Account.PLATFORM_COMMISSION,
        Account.HOUSE_SALES,
        Account.SHIPPING,
        Account.TAX,
    }
)


@dataclass(frozen=True, slots=True)
class Part:
    """A part of an order, or what is left of it; `vendor` is None for the house's own.

    `goods` are less the discount, which the seller bears; `commission` is what the platform
    keeps of them; `reserved` is what of the seller's own waits for a dispute.
    """

    id: int
    vendor: int | None
    goods: Decimal = ZERO
    commission: Decimal = ZERO
    shipping: Decimal = ZERO
    tax: Decimal = ZERO
    reserved: Decimal = ZERO

    @property
    def total(self) -> Decimal:
        return self.goods + self.shipping + self.tax

    @property
    def seller_has(self) -> Decimal:
        return self.goods - self.commission


@dataclass(frozen=True, slots=True)
class Posting:
    """An entry to be: debits are positive, credits negative."""

    account: str
    amount: Decimal
    part: int | None = None
    vendor: int | None = None
    provider: str = ""


@dataclass(frozen=True, slots=True)
class Goods:
    """What is given back for lines of one part, and the commission of it, not yet rounded."""

    part: int
    amount: Decimal
    commission: Decimal


def of_sale(parts: Sequence[Part], captured: Decimal, currency: str) -> list[Posting]:
    """The credits of a payment; another amount than was asked for is shared in proportion."""
    buckets = [bucket for part in parts for bucket in _buckets_of(part)]
    weights = [-bucket.amount for bucket in buckets]
    is_exact = captured == sum(weights, ZERO)
    shares = weights if is_exact else split(captured, weights, currency)
    return _without_empty(
        replace(bucket, amount=-share) for bucket, share in zip(buckets, shares, strict=True)
    )


def left_of(parts: Sequence[Part], postings: Iterable[Posting]) -> list[Part]:
    """What the books say that is left of each part."""
    sums: dict[tuple[int | None, str], Decimal] = {}
    for posting in postings:
        key = (posting.part, posting.account)
        sums[key] = sums.get(key, ZERO) - posting.amount
    left = []
    for part in parts:
        has = {account: sums.get((part.id, account), ZERO) for account in SHARES}
        commission = has[Account.PLATFORM_COMMISSION]
        reserved = has[Account.VENDOR_RESERVE]
        sellers = has[Account.VENDOR_PAYABLE] + reserved + has[Account.HOUSE_SALES]
        left.append(
            replace(
                part,
                goods=sellers + commission,
                commission=commission,
                shipping=has[Account.SHIPPING],
                tax=has[Account.TAX],
                reserved=reserved,
            )
        )
    return left


def borne(
    left: Sequence[Part],
    original: Sequence[Part],
    amount: Decimal,
    currency: str,
    goods: Sequence[Goods] = (),
) -> list[Posting]:
    """The debits of `amount` that is given back.

    Lines are borne by their part, with their commission; the rest is shared by what is left of
    each. What exceeds all that is left is borne by the sellers in proportion to what they
    sold: a debt. When it is exactly all that is left, everybody ends with nothing.
    """
    if amount == sum((part.total for part in left), ZERO):
        return _without_empty(posting for part in left for posting in _closing(part))
    state = {part.id: part for part in left}
    for given in goods:
        commission = quantize(given.commission, currency)
        state[given.part] = _less_goods(state[given.part], given.amount, commission)
    rest = amount - sum((given.amount for given in goods), ZERO)
    for part, field, share in _shared(list(state.values()), rest, currency):
        state[part.id] = _less(state[part.id], field, share, currency)
        rest -= share
    if rest > 0:
        weights = [part.goods for part in original]
        for part, share in zip(original, split(rest, weights, currency), strict=True):
            state[part.id] = _less_goods(state[part.id], share, ZERO)
    return _without_empty(
        posting for part in left for posting in _differences(part, state[part.id])
    )


def reserved(left: Sequence[Part], amount: Decimal, currency: str) -> list[Posting]:
    """The sellers' shares of a disputed amount, set aside as far as they have them."""
    postings = []
    for part, field, share in _shared(left, amount, currency):
        if field != "goods" or part.vendor is None:
            continue
        sellers = share - _commission_of(part, share, currency)
        aside = min(sellers, part.seller_has - part.reserved)
        if aside > 0:
            postings += [
                Posting(Account.VENDOR_PAYABLE, aside, part.id, part.vendor),
                Posting(Account.VENDOR_RESERVE, -aside, part.id, part.vendor),
            ]
    return postings


def reversed_(postings: Iterable[Posting]) -> list[Posting]:
    """What takes all of `postings` back."""
    sums: dict[Posting, Decimal] = {}
    for posting in postings:
        key = replace(posting, amount=ZERO)
        sums[key] = sums.get(key, ZERO) - posting.amount
    return _without_empty(replace(key, amount=total) for key, total in sums.items())


def _buckets_of(part: Part) -> list[Posting]:
    """What a part has, as credits."""
    extra = [
        Posting(Account.SHIPPING, -part.shipping, part.id),
        Posting(Account.TAX, -part.tax, part.id),
    ]
    if part.vendor is None:
        return [Posting(Account.HOUSE_SALES, -part.goods, part.id), *extra]
    # A discount, which the seller bears, may leave less than was agreed on.
    commission = min(part.commission, part.goods)
    return [
        Posting(Account.VENDOR_PAYABLE, commission - part.goods, part.id, part.vendor),
        Posting(Account.PLATFORM_COMMISSION, -commission, part.id),
        *extra,
    ]


def _shared(
    parts: Sequence[Part], amount: Decimal, currency: str
) -> list[tuple[Part, str, Decimal]]:
    """`amount`, as far as there is so much, by what is left of each part's goods and the rest."""
    has = [
        (part, field, max(getattr(part, field), ZERO))
        for part in parts
        for field in ("goods", "shipping", "tax")
    ]
    weights = [left for _, _, left in has]
    shares = split(max(min(amount, sum(weights, ZERO)), ZERO), weights, currency)
    return [
        (part, field, share) for (part, field, _), share in zip(has, shares, strict=True) if share
    ]


def _less(part: Part, field: str, share: Decimal, currency: str) -> Part:
    if field == "goods":
        return _less_goods(part, share, _commission_of(part, share, currency))
    return replace(part, **{field: getattr(part, field) - share})


def _commission_of(part: Part, share: Decimal, currency: str) -> Decimal:
    """The commission of a share of the goods that are left."""
    return quantize(part.commission * share / part.goods, currency)


def _less_goods(part: Part, amount: Decimal, commission: Decimal) -> Part:
    goods = part.goods - amount
    # Never more than there is, and never less than leaves the platform what is left of the goods.
    least = part.commission - max(goods, ZERO)
    commission = min(max(commission, least), part.commission)
    return replace(part, goods=goods, commission=part.commission - commission)


def _differences(before: Part, after: Part) -> list[Posting]:
    """The debits that lead from one to the other."""
    return [
        replace(had, amount=has.amount - had.amount)
        for had, has in zip(_standing(before), _standing(after), strict=True)
    ]


def _standing(part: Part) -> list[Posting]:
    """What is left of a part, as credits; also of one whose seller owes."""
    sellers = Account.HOUSE_SALES if part.vendor is None else Account.VENDOR_PAYABLE
    return [
        Posting(sellers, -part.seller_has, part.id, part.vendor),
        Posting(Account.PLATFORM_COMMISSION, -part.commission, part.id),
        Posting(Account.SHIPPING, -part.shipping, part.id),
        Posting(Account.TAX, -part.tax, part.id),
    ]


def _closing(part: Part) -> list[Posting]:
    return _differences(part, Part(part.id, part.vendor))


def _without_empty(postings: Iterable[Posting]) -> list[Posting]:
    return [posting for posting in postings if posting.amount]
