"""What the shop needs of whoever moves money; one file per provider implements it.

`sandbox.py` and `offline.py` know everything themselves. `stripe.py` stands for a company on
the network: it tells us by events, can be asked, and may be away (`OnlineProvider`).

Providers are called outside transactions and more than once for the same row: each call
carries the row, whose `key_of` is the idempotency key.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, Protocol, runtime_checkable

from shop.core.money import ZERO
from shop.payments.models import Dispute, Payment, Refund


class Outcome(StrEnum):
    """How an attempt to pay ended."""

    SUCCEED = "succeed"
    DECLINE = "decline"
    FAIL = "fail"


@dataclass(frozen=True, kw_only=True)
class Fetched:
    """What a provider says of one payment: the truth at the moment of its answer.

    `status` is PENDING, REQUIRES_ACTION, or the end: SUCCEEDED with what came, CANCELLED.
    `key` is our own name of the attempt, which the provider keeps for us.
    """

    reference: str
    status: Payment.Status
    amount: Decimal = ZERO
    currency: str = ""
    failure_reason: str = ""
    key: str = ""


@dataclass(frozen=True, kw_only=True)
class FetchedRefund:
    """What a provider says of one refund, ours or one that somebody made there by hand."""

    reference: str
    status: Refund.Status
    amount: Decimal
    key: str = ""


@dataclass(frozen=True, kw_only=True)
class FetchedDispute:
    """What a provider says of one dispute; `closed_at` is None while it is open."""

    reference: str
    status: Dispute.Status
    amount: Decimal
    currency: str
    reason: str
    opened_at: datetime
    closed_at: datetime | None


class Subject(StrEnum):
    """What an event of a provider is about."""

    PAYMENT = "payment"
    REFUND = "refund"
    DISPUTE = "dispute"
    OTHER = "other"


@dataclass(frozen=True, kw_only=True)
class Notice:
    """One event of a provider, as far as it can be believed whenever it comes.

    `reference` and `key` name the payment. `fetched` is there when it is the payment's end,
    which nothing that comes later changes; everything else is asked for.
    """

    subject: Subject
    reference: str = ""
    key: str = ""
    fetched: Fetched | None = None
    dispute: FetchedDispute | None = None
    is_decline: bool = False


@dataclass(frozen=True, kw_only=True)
class Received:
    """An event whose sender is proven; `text` is its JSON, as it came."""

    event_id: str
    type: str
    text: str


@dataclass(frozen=True, kw_only=True)
class Opened:
    """A payment that waits for its money.

    `reference` is the provider's own name of it; `client_secret` is for the shopper's
    browser and is not kept; `instructions` tell people what to do. `fetched` is what the
    provider knows of a payment that it was asked for before.
    """

    reference: str = ""
    status: Payment.Status = Payment.Status.PENDING
    client_secret: str | None = None
    instructions: str = ""
    fetched: Fetched | None = None


@dataclass(frozen=True, kw_only=True)
class Refunded:
    """How far the provider is with giving the money back, and under what name.

    PENDING is neither success nor failure: its end comes later, by webhook or by asking.
    """

    status: Refund.Status
    reference: str = ""


@dataclass(frozen=True, kw_only=True)
class Transfer:
    """Money that shall go to the account of somebody else at the same provider.

    `key` is for one attempt: whoever repeats it gets the transfer that was made. `group` is
    our own name of what it is for, and stays the same over all attempts.
    """

    key: str
    group: str
    amount: Decimal
    currency: str
    account: str
    number: str


@dataclass(frozen=True, kw_only=True)
class FetchedTransfer:
    """What a provider says of a transfer; `returned` is what came back of it since."""

    reference: str
    amount: Decimal
    returned: Decimal = ZERO

    @property
    def has_come_back(self) -> bool:
        return self.returned >= self.amount


class Provider(Protocol):
    """`is_manual`: people move the money and say so; nothing can be asked or done from here."""

    @property
    def name(self) -> str: ...

    @property
    def is_manual(self) -> bool: ...

    def open(self, payment: Payment) -> Opened: ...

    def refund(self, refund: Refund) -> Refunded: ...


@runtime_checkable
class TellsOfRefunds(Protocol):
    """A provider that can be asked what became of a refund that it knows by its reference."""

    def fetch_refund(self, refund: Refund) -> Refunded: ...


class OnlineProvider(Provider, TellsOfRefunds, Protocol):
    """A company on the network. Each call may raise `ProviderAway` or `ProviderRefused`."""

    def fetch(self, reference: str) -> Fetched:
        """The present state of a payment."""

    def cancel(self, reference: str) -> Fetched:
        """See to it that nobody pays it any more; answers the truth when it has ended already."""

    def refunds_of(self, reference: str) -> list[FetchedRefund]:
        """Everything that was given back of a payment, or shall be."""

    def receive(self, body: bytes, signature: str) -> Received:
        """Prove who sent an event. Raises `WebhookRefused`, and `NotFound` without keys."""

    def read(self, payload: Mapping[str, Any]) -> Notice:
        """What an event says; never fails."""


def key_of(row: Payment | Refund) -> str:
    """What a provider knows `row` by: unlike its id, another one in a database made anew."""
    made_at = row.created_at.astimezone(UTC)
    return f"{row._meta.model_name}-{row.pk}-{made_at:%Y%m%d%H%M%S%f}"
