"""What happened to payments. Each fires once, with the commit of the change."""

from dataclasses import dataclass
from typing import ClassVar

from shop.core.events import Event


@dataclass(frozen=True, kw_only=True)
class PaymentEvent(Event):
    payment_id: int


@dataclass(frozen=True, kw_only=True)
class PaymentSucceeded(PaymentEvent):
    """The money has arrived, and the order is paid by it."""

    name: ClassVar[str] = "payment.succeeded"


@dataclass(frozen=True, kw_only=True)
class PaymentDeclined(PaymentEvent):
    """An attempt came to nothing; the order may be paid again."""

    name: ClassVar[str] = "payment.declined"


@dataclass(frozen=True, kw_only=True)
class PaymentFailed(PaymentEvent):
    """It failed for good; the order is cancelled."""

    name: ClassVar[str] = "payment.failed"


@dataclass(frozen=True, kw_only=True)
class RefundOpened(Event):
    """The shop owes money back; the provider is asked next."""

    name: ClassVar[str] = "refund.opened"
    refund_id: int


@dataclass(frozen=True, kw_only=True)
class RefundFailed(Event):
    """The provider refused it, or the money came back: the customer still has to get it."""

    name: ClassVar[str] = "refund.failed"
    refund_id: int


@dataclass(frozen=True, kw_only=True)
class PaymentRefunded(PaymentEvent):
    """Some or all of it was given back."""

    name: ClassVar[str] = "payment.refunded"
    refund_id: int
