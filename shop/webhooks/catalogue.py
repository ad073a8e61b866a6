"""Which of the shop's events are told outside, to whom, and with what.

An event that is not in `PUBLIC` stays inside. Accounts never leave the shop; payments are told
to the shop's own endpoints only, and of the parts of an order each vendor hears of its own.
"""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from enum import Enum

from shop.core.events import Event
from shop.inventory import events as inventory
from shop.ledger import events as ledger
from shop.orders import events as orders
from shop.payments import events as payments
from shop.products import events as products
from shop.vendors import events as vendors
from shop.webhooks.events import WebhookTested
from shop.webhooks.models import ALL_EVENTS

# Who of the staff did it is the shop's own affair.
_KEPT_INSIDE = {"actor_id"}


class Subject(Enum):
    """What an event is about; it says which vendors are told."""

    ORDER = "an order: vendors with a line in it"
    PART = "a part of an order: its vendor"
    PRODUCT = "a product: its vendor"
    DELETED_PRODUCT = "a product that is gone: the vendor it had"
    VARIANT = "a variant: its product's vendor"
    VENDOR = "a vendor, or what it is paid: that vendor"
    SHOP = "the shop: no vendor"


# Whose `data` names the order's number beside its id.
OF_ORDERS = (Subject.ORDER, Subject.PART)


@dataclass(frozen=True)
class PublicEvent:
    type: type[Event]
    subject: Subject

    @property
    def name(self) -> str:
        return self.type.name

    @property
    def description(self) -> str:
        """The first paragraph of the event's own words."""
        return " ".join((self.type.__doc__ or "").split("\n\n")[0].split())

    @property
    def fields(self) -> tuple[str, ...]:
        """What stands in `data`."""
        own = tuple(f.name for f in fields(self.type) if f.name not in _KEPT_INSIDE)
        return (*own, "order_number") if self.subject in OF_ORDERS else own

    @property
    def is_for_vendors(self) -> bool:
        return self.subject is not Subject.SHOP


PUBLIC: dict[str, PublicEvent] = {
    event.name: PublicEvent(event, subject)
    for event, subject in (
        (orders.OrderPlaced, Subject.ORDER),
        (orders.OrderPaid, Subject.ORDER),
        (orders.OrderProcessing, Subject.ORDER),
        (orders.OrderShipped, Subject.ORDER),
        (orders.OrderDelivered, Subject.ORDER),
        (orders.OrderCancelled, Subject.ORDER),
        (orders.OrderReopened, Subject.ORDER),
        (orders.OrderRefunded, Subject.ORDER),
        (orders.VendorOrderProcessing, Subject.PART),
        (orders.VendorOrderShipped, Subject.PART),
        (orders.VendorOrderDelivered, Subject.PART),
        (orders.VendorOrderCancelled, Subject.PART),
        (orders.VendorOrderRefunded, Subject.PART),
        (products.ProductCreated, Subject.PRODUCT),
        (products.ProductUpdated, Subject.PRODUCT),
        (products.ProductArchived, Subject.PRODUCT),
        (products.ProductDeleted, Subject.DELETED_PRODUCT),
        (inventory.StockLow, Subject.VARIANT),
        (ledger.PayoutScheduled, Subject.VENDOR),
        (ledger.PayoutSent, Subject.VENDOR),
        (ledger.PayoutSettled, Subject.VENDOR),
        (ledger.PayoutFailed, Subject.VENDOR),
        (vendors.VendorApproved, Subject.VENDOR),
        (vendors.VendorSuspended, Subject.VENDOR),
        (vendors.VendorApplied, Subject.SHOP),
        (vendors.VendorRejected, Subject.SHOP),
        (vendors.OwnerMissing, Subject.SHOP),
        (products.CategoryChanged, Subject.SHOP),
        (payments.PaymentSucceeded, Subject.SHOP),
        (payments.PaymentDeclined, Subject.SHOP),
        (payments.PaymentFailed, Subject.SHOP),
        (payments.PaymentHeld, Subject.SHOP),
        (payments.PaymentRefunded, Subject.SHOP),
        (payments.RefundFailed, Subject.SHOP),
        (payments.DisputeOpened, Subject.SHOP),
        (payments.DisputeChanged, Subject.SHOP),
        (payments.DisputeClosed, Subject.SHOP),
    )
}
# Told to the endpoint that is tested, whatever it hears else.
TEST = PublicEvent(WebhookTested, Subject.SHOP)


def names_about(*subjects: Subject) -> list[str]:
    return [event.name for event in PUBLIC.values() if event.subject in subjects]


def heard(*, for_vendor: bool) -> list[PublicEvent]:
    """What the shop's own endpoints, or those of vendors, may be told of."""
    return [event for event in PUBLIC.values() if event.is_for_vendors or not for_vendor]


def names_heard(*, for_vendor: bool, only: str | None = None) -> list[str]:
    """The names of `heard`: all, or `only` that one if it is among them."""
    names = [event.name for event in heard(for_vendor=for_vendor)]
    return names if only is None else [name for name in names if name == only]


def unknown(names: Iterable[str], *, for_vendor: bool) -> list[str]:
    """Those of `names` that one cannot subscribe to."""
    known = {*names_heard(for_vendor=for_vendor), ALL_EVENTS}
    return [name for name in names if name not in known]


def public_data(
    name: str, payload: dict[str, object], order_number: str | None
) -> dict[str, object]:
    """The `data` of an event that the outbox holds with this payload."""
    event = PUBLIC.get(name, TEST)
    known = payload | {"order_number": order_number}
    return {field: known.get(field) for field in event.fields}
