"""From state to state, part by part: each vendor sends its own.

Each action locks the order's row first, then its parts, then stock. The order follows: it
stands where its least advanced live part stands.
"""

from shop.accounts.models import User
from shop.core.transactions import atomic, retry_on_conflict
from shop.inventory import services as inventory
from shop.orders import querysets, states
from shop.orders.errors import OrderNotPaid
from shop.orders.models import Order, OrderItem, VendorOrder
from shop.orders.querysets import LockedOrder
from shop.orders.services import returning
from shop.orders.services.placing import stock_reference

Status = Order.Status


@retry_on_conflict
@atomic
def process_part(*, part: VendorOrder, actor: User | None, note: str = "") -> VendorOrder:
    """Begin to pack a part. Raises `OrderNotPaid`, `IllegalMove`."""
    part, parts = _locked(part)
    states.move_part(_order(part), part, Status.PROCESSING, parts=parts, actor=actor, note=note)
    return part


@retry_on_conflict
@atomic
def ship_part(
    *,
    part: VendorOrder,
    actor: User | None,
    carrier: str = "",
    tracking_number: str = "",
    note: str = "",
) -> VendorOrder:
    """The parcel leaves, and with it the stock that still waits for cash on delivery.

    Raises `OrderNotPaid`, `IllegalMove`.
    """
    part, parts = _locked(part)
    part.carrier, part.tracking_number = carrier, tracking_number
    order = _order(part)
    states.move_part(order, part, Status.SHIPPED, parts=parts, actor=actor, note=note)
    if order.paid_at is None:
        goods = OrderItem.objects.filter(vendor_order=part).values_list("variant_id", flat=True)
        inventory.consume_stock(reference=stock_reference(order), variant_ids=list(goods))
    return part


@retry_on_conflict
@atomic
def deliver_part(*, part: VendorOrder, actor: User | None, note: str = "") -> VendorOrder:
    """The parcel has arrived. Raises `OrderNotPaid`, `IllegalMove`."""
    part, parts = _locked(part)
    states.move_part(_order(part), part, Status.DELIVERED, parts=parts, actor=actor, note=note)
    return part


@retry_on_conflict
@atomic
def cancel_part(*, part: VendorOrder, actor: User | None, note: str = "") -> VendorOrder:
    """A part of a paid order will not be sent: its goods come back to the shelf.

    What it cost is given back by payments, which hear `VendorOrderCancelled`, or
    `OrderCancelled` when no other part was left. Raises `OrderNotPaid`, `IllegalMove`.
    """
    part, parts = _locked(part)
    order = _order(part)
    if order.paid_at is None and part.status in states.LIVE:
        raise OrderNotPaid
    states.move_part(order, part, Status.CANCELLED, parts=parts, actor=actor, note=note)
    returning.return_unrefunded(order=order, parts=[part.pk], actor=actor)
    return part


# --- For payments, in their transaction and with the order that they have locked ---------


@atomic
def mark_part_refunded(
    *, order: LockedOrder, part_id: int, actor: User | None, note: str = ""
) -> None:
    """Every line of one part of several was given back. Raises `IllegalMove`."""
    parts = querysets.locked_parts(order)
    part = next(part for part in parts if part.pk == part_id)
    states.move_part(order, part, Status.REFUNDED, parts=parts, actor=actor, note=note)


def _locked(part: VendorOrder) -> tuple[VendorOrder, list[VendorOrder]]:
    """The part and all parts of its order, locked after the order's row."""
    parts = querysets.locked_parts(querysets.locked(part.order_id))
    mine = next(each for each in parts if each.pk == part.pk)
    if mine.status == Status.PENDING:
        raise OrderNotPaid
    return mine, parts


def _order(part: VendorOrder) -> LockedOrder:
    return LockedOrder(part.order)
