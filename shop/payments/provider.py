"""What the shop needs of whoever moves money; one file per provider implements it.

`sandbox.py` and `offline.py` are the first. `stripe.py` comes beside them and adds what
only a company on the network has: reading its webhooks and asking for a payment's state.
Both end in `services.record_success`, as everything does by which money arrives.

Providers are called outside transactions and more than once for the same row: each call
carries the row, whose id is the idempotency key.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol, runtime_checkable

from shop.payments.models import Payment, Refund


class Outcome(StrEnum):
    """How an attempt to pay ended."""

    SUCCEED = "succeed"
    DECLINE = "decline"
    FAIL = "fail"


@dataclass(frozen=True, kw_only=True)
class Opened:
    """A payment that waits for its money.

    `reference` is the provider's own name of it; `client_secret` is for the shopper's
    browser and is not kept; `instructions` tell people what to do.
    """

    reference: str = ""
    status: Payment.Status = Payment.Status.PENDING
    client_secret: str | None = None
    instructions: str = ""


@dataclass(frozen=True, kw_only=True)
class Refunded:
    """How far the provider is with giving the money back, and under what name.

    PENDING is neither success nor failure: its end comes later, by webhook or by asking.
    """

    status: Refund.Status
    reference: str = ""


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
