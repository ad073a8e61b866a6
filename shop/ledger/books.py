"""What the books of a paid order should hold, and what they lack. Only computes.

`missing` compares the truth of a payment with what is booked already, and answers the
transactions that are to be added. It does not matter which event was heard, how often or in
which order: in the end the books hold the same.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from shop.core.money import ZERO
from shop.ledger import shares
from shop.ledger.models import Entry, Transaction
from shop.ledger.shares import Goods, Part, Posting

Account = Entry.Account
Kind = Transaction.Kind


@dataclass(frozen=True, slots=True)
class Booked:
    """A transaction, in the books or to be; `subject` is what it is about: "refund:5"."""

    subject: str
    kind: str
    postings: Sequence[Posting]


@dataclass(frozen=True, slots=True)
class RefundTruth:
    id: int
    is_promised: bool  # or given back
    is_given_back: bool
    amount: Decimal
    goods: Sequence[Goods] = ()


@dataclass(frozen=True, slots=True)
class DisputeTruth:
    """`amount` is None when it is in another currency than the payment: all that is left."""

    id: int
    is_open: bool
    is_lost: bool
    amount: Decimal | None


@dataclass(frozen=True, slots=True)
class Truth:
    """A payment that pays its order, and what became of it."""

    payment: int
    provider: str
    captured: Decimal
    currency: str
    parts: Sequence[Part]
    refunds: Sequence[RefundTruth] = ()
    disputes: Sequence[DisputeTruth] = ()


def sale_of(payment: int) -> str:
    """The subject, and the cause, of the transaction by which a payment came."""
    return f"payment:{payment}"


def _subject_of(dispute: DisputeTruth) -> str:
    return f"dispute:{dispute.id}"


def missing(truth: Truth, booked: Iterable[Booked]) -> list[Booked]:
    """What is to be added: the sale once, then refunds, then disputes, the open ones last."""
    books = _Books(truth, booked)
    books.sell()
    for refund in sorted(truth.refunds, key=lambda each: each.id):
        books.give_back(refund)
    disputes = sorted(truth.disputes, key=lambda each: each.id)
    for dispute in disputes:
        if not dispute.is_open:
            books.close(dispute)
    still_open = [dispute for dispute in disputes if dispute.is_open]
    for n, dispute in enumerate(still_open):
        books.hold(dispute, later=still_open[n + 1 :])
    return books.added


class _Books:
    """The books of one order while they are completed."""

    def __init__(self, truth: Truth, booked: Iterable[Booked]) -> None:
        self.truth = truth
        self.held = list(booked)
        self.added: list[Booked] = []
        sale = shares.of_sale(truth.parts, truth.captured, truth.currency)
        self.original = shares.left_of(truth.parts, sale)

    def sell(self) -> None:
        subject = sale_of(self.truth.payment)
        if self._last(subject) is None:
            credits_ = shares.of_sale(self.truth.parts, self.truth.captured, self.truth.currency)
            self._add(subject, Kind.SALE, [self._clearing(self.truth.captured), *credits_])

    def give_back(self, refund: RefundTruth) -> None:
        """Promised: borne by the parts. Given back: it has left. Neither: as if it never was."""
        subject = f"refund:{refund.id}"
        was = self._last(subject)
        is_held = was in (Kind.REFUND, Kind.REFUND_PAID)
        if is_held and (not refund.is_promised or self._is_more(was, refund)):
            self._add(subject, Kind.REFUND_REVERSED, shares.reversed_(self._postings_of(subject)))
            is_held = False
        if refund.is_promised and not is_held:
            owed = Posting(Account.REFUNDS, -refund.amount)
            borne = self._borne(refund.amount, refund.goods)
            self._add(subject, Kind.REFUND, [*borne, owed])
            was = Kind.REFUND
        if refund.is_given_back and was != Kind.REFUND_PAID:
            owed = Posting(Account.REFUNDS, refund.amount)
            self._add(subject, Kind.REFUND_PAID, [owed, self._clearing(-refund.amount)])

    def close(self, dispute: DisputeTruth) -> None:
        """Lost: the money is gone. Else: as if it never was."""
        subject = _subject_of(dispute)
        self._release(subject)
        if dispute.is_lost and self._last(subject) != Kind.DISPUTE_LOST:
            amount = self._disputed(dispute)
            gone = [*self._borne(amount), self._clearing(-amount)] if amount else []
            self._add(subject, Kind.DISPUTE_LOST, gone)

    def hold(self, dispute: DisputeTruth, *, later: Sequence[DisputeTruth]) -> None:
        """Set aside what the sellers would bear if it were lost now; later ones get the rest.

        That changes with the disputed amount, and with what refunds leave to the sellers.
        """
        subject = _subject_of(dispute)
        left = self._left(without=[subject, *map(_subject_of, later)])
        wanted = shares.reserved(left, self._disputed(dispute), self.truth.currency)
        held = self._postings_of(subject)
        if set(shares.reversed_(held)) != set(shares.reversed_(wanted)):
            self._release(subject)
            self._add(subject, Kind.DISPUTE, wanted)

    def _release(self, subject: str) -> None:
        if self._last(subject) == Kind.DISPUTE:
            released = shares.reversed_(self._postings_of(subject))
            self._add(subject, Kind.DISPUTE_RELEASED, released)

    def _disputed(self, dispute: DisputeTruth) -> Decimal:
        if dispute.amount is not None:
            return dispute.amount
        return max(sum((part.total for part in self._left()), ZERO), ZERO)

    def _borne(self, amount: Decimal, goods: Sequence[Goods] = ()) -> list[Posting]:
        return shares.borne(self._left(), self.original, amount, self.truth.currency, goods)

    def _left(self, without: Sequence[str] = ()) -> list[Part]:
        counted = (each for each in self.held if each.subject not in without)
        postings = (posting for each in counted for posting in each.postings)
        return shares.left_of(self.truth.parts, postings)

    def _clearing(self, amount: Decimal) -> Posting:
        return Posting(Account.CLEARING, amount, provider=self.truth.provider)

    def _is_more(self, was: str | None, refund: RefundTruth) -> bool:
        """Whether the books say that it was given back, and it was not."""
        return was == Kind.REFUND_PAID and not refund.is_given_back

    def _last(self, subject: str) -> str | None:
        kinds = [each.kind for each in self.held if each.subject == subject]
        return kinds[-1] if kinds else None

    def _postings_of(self, subject: str) -> list[Posting]:
        return [
            posting for each in self.held if each.subject == subject for posting in each.postings
        ]

    def _add(self, subject: str, kind: str, postings: Sequence[Posting]) -> None:
        # Nothing moved, as of an order that costs nothing: nothing is booked.
        if any(posting.amount for posting in postings):
            made = Booked(subject, kind, [posting for posting in postings if posting.amount])
            self.held.append(made)
            self.added.append(made)
