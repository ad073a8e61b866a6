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
class PaymentCancelled(PaymentEvent):
    """An attempt at a company on the network is not wanted any more; it hears so next."""

    name: ClassVar[str] = "payment.cancelled"


@dataclass(frozen=True, kw_only=True)
class PaymentHeld(PaymentEvent):
    """Another amount or currency came than was asked for; staff decide."""

    name: ClassVar[str] = "payment.held"


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


@dataclass(frozen=True, kw_only=True)
class ProviderEventReceived(Event):
    """A provider told us something; it is kept in the inbox and processed next."""

    name: ClassVar[str] = "provider_event.received"
    inbox_id: int


@dataclass(frozen=True, kw_only=True)
class DisputeEvent(PaymentEvent):
    order_id: int
    dispute_id: int


@dataclass(frozen=True, kw_only=True)
class DisputeOpened(DisputeEvent):
    """The payer's bank has taken the money back, for the time being."""

    name: ClassVar[str] = "dispute.opened"


@dataclass(frozen=True, kw_only=True)
class DisputeChanged(DisputeEvent):
    """It is about another amount now, and still open."""

    name: ClassVar[str] = "dispute.changed"


@dataclass(frozen=True, kw_only=True)
class DisputeClosed(DisputeEvent):
    """It is decided who is right."""

    name: ClassVar[str] = "dispute.closed"
