"""What happened to an order. Each fires once, with the commit of the change."""

from dataclasses import dataclass
from typing import ClassVar

from shop.core.events import Event


@dataclass(frozen=True, kw_only=True)
class OrderEvent(Event):
    order_id: int


@dataclass(frozen=True, kw_only=True)
class OrderPlaced(OrderEvent):
    """A cart became an order; its stock is reserved."""

    name: ClassVar[str] = "order.placed"


@dataclass(frozen=True, kw_only=True)
class OrderPaid(OrderEvent):
    """The whole price has arrived; the stock is gone from the shelves."""

    name: ClassVar[str] = "order.paid"


@dataclass(frozen=True, kw_only=True)
class OrderProcessing(OrderEvent):
    """The shop has begun to pack it."""

    name: ClassVar[str] = "order.processing"


@dataclass(frozen=True, kw_only=True)
class OrderShipped(OrderEvent):
    """The goods have left."""

    name: ClassVar[str] = "order.shipped"


@dataclass(frozen=True, kw_only=True)
class OrderDelivered(OrderEvent):
    """The goods have arrived."""

    name: ClassVar[str] = "order.delivered"


@dataclass(frozen=True, kw_only=True)
class OrderCancelled(OrderEvent):
    """By its owner, by staff or because it was not paid in time; the stock is free again.

    Payments hear it and give back what was paid.
    """

    name: ClassVar[str] = "order.cancelled"


@dataclass(frozen=True, kw_only=True)
class OrderReopened(OrderEvent):
    """Money came for an order that the shop had cancelled, and its goods were still there."""

    name: ClassVar[str] = "order.reopened"


@dataclass(frozen=True, kw_only=True)
class OrderRefunded(OrderEvent):
    """The whole price was given back."""

    name: ClassVar[str] = "order.refunded"


# --- Parts: only of orders that have several; an order of one part says it all itself ------------


@dataclass(frozen=True, kw_only=True)
class VendorOrderEvent(OrderEvent):
    vendor_order_id: int


@dataclass(frozen=True, kw_only=True)
class VendorOrderProcessing(VendorOrderEvent):
    """A vendor has begun to pack its part."""

    name: ClassVar[str] = "vendor_order.processing"


@dataclass(frozen=True, kw_only=True)
class VendorOrderShipped(VendorOrderEvent):
    """One parcel of several has left."""

    name: ClassVar[str] = "vendor_order.shipped"


@dataclass(frozen=True, kw_only=True)
class VendorOrderDelivered(VendorOrderEvent):
    """One parcel of several has arrived."""

    name: ClassVar[str] = "vendor_order.delivered"


@dataclass(frozen=True, kw_only=True)
class VendorOrderCancelled(VendorOrderEvent):
    """One part of a paid order will not be sent.

    Payments hear it and give back what it cost.
    """

    name: ClassVar[str] = "vendor_order.cancelled"


@dataclass(frozen=True, kw_only=True)
class VendorOrderRefunded(VendorOrderEvent):
    """Every line of one part was given back."""

    name: ClassVar[str] = "vendor_order.refunded"
