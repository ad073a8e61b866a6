"""What happened to payouts. Each fires once, with the commit of the change."""

from dataclasses import dataclass
from typing import ClassVar

from shop.core.events import Event


@dataclass(frozen=True, kw_only=True)
class PayoutEvent(Event):
    payout_id: int
    vendor_id: int


@dataclass(frozen=True, kw_only=True)
class PayoutScheduled(PayoutEvent):
    """What was due is set aside for a payout."""

    name: ClassVar[str] = "payout.scheduled"


@dataclass(frozen=True, kw_only=True)
class PayoutSent(PayoutEvent):
    """The bank or Stripe was told to pay it."""

    name: ClassVar[str] = "payout.sent"


@dataclass(frozen=True, kw_only=True)
class PayoutSettled(PayoutEvent):
    """The vendor has the money."""

    name: ClassVar[str] = "payout.settled"


@dataclass(frozen=True, kw_only=True)
class PayoutFailed(PayoutEvent):
    """It came back: the amount is payable again."""

    name: ClassVar[str] = "payout.failed"
