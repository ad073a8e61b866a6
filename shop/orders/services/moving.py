"""From state to state. Each action locks the order's row first, then stock.

The whole order takes along its parts that are behind; `parting.py` moves them one by one.
"""

from django.utils import timezone

from shop.accounts.models import User
from shop.core.events import publish
from shop.core.transactions import atomic, retry_on_conflict
from shop.inventory import services as inventory
from shop.orders import querysets, states
from shop.orders.events import OrderPaid
from shop.orders.models import Order
from shop.orders.querysets import LockedOrder
from shop.orders.services import returning
from shop.orders.services.placing import stock_reference

Status = Order.Status


@retry_on_conflict
@atomic
def cancel_order(*, order: Order, actor: User | None, note: str = "") -> Order:
    """Cancel while no part has shipped; held stock is freed, sold stock comes back.

    What was paid is given back by payments, which hear `OrderCancelled`.
    Raises `IllegalMove`.
    """
    order = querysets.locked(order.pk)
    parts = states.move(order, Status.CANCELLED, actor=actor, note=note)
    if order.paid_at is None:
        inventory.release_stock(reference=stock_reference(order))
    else:
        returning.return_unrefunded(order=order, parts=parts, actor=actor)
    return order


@retry_on_conflict
@atomic
def process_order(*, order: Order, actor: User | None, note: str = "") -> Order:
    """Begin to pack it; an unpaid one too, when its payment is agreed. Raises `IllegalMove`."""
    order = querysets.locked(order.pk)
    states.move(order, Status.PROCESSING, actor=actor, note=note)
    return order


@retry_on_conflict
@atomic
def ship_order(
    *,
    order: Order,
    actor: User | None,
    carrier: str = "",
    tracking_number: str = "",
    note: str = "",
) -> Order:
    """The goods leave, and with them the stock that still waits for cash on delivery.

    Raises `IllegalMove`.
    """
    order = querysets.locked(order.pk)
    order.carrier, order.tracking_number = carrier, tracking_number
    states.move(order, Status.SHIPPED, actor=actor, note=note)
    if order.paid_at is None:
        inventory.consume_stock(reference=stock_reference(order))
    return order


@retry_on_conflict
@atomic
def deliver_order(*, order: Order, actor: User | None, note: str = "") -> Order:
    """The goods have arrived. Raises `IllegalMove`."""
    order = querysets.locked(order.pk)
    states.move(order, Status.DELIVERED, actor=actor, note=note)
    return order


# --- For payments, in their transaction and with the order that they have locked ---------


@atomic
def agree_on_delivery(*, order: LockedOrder, actor: User | None) -> None:
    """The buyer will pay at the door: a PENDING order is packed at once and never expires."""
    if order.status == Status.PENDING:
        states.move(order, Status.PROCESSING, actor=actor, note="Pay on delivery.")


@atomic
def add_note(*, order: LockedOrder, actor: User | None, text: str) -> None:
    """Write a line of the order's history that is no move, such as of money that went."""
    states.write(order, actor=actor, note=text)


@atomic
def mark_paid(*, order: LockedOrder, actor: User | None, note: str = "Paid.") -> None:
    """The whole price has arrived: reserved stock is sold; `note` says how.

    An order that was to be paid later keeps its state and is only stamped. Raises
    `IllegalMove` when it is cancelled or refunded.
    """
    if order.paid_at is not None:
        return
    has_shipped = order.shipped_at is not None
    if order.status in (Status.PROCESSING, Status.SHIPPED, Status.DELIVERED):
        order.paid_at = timezone.now()
        states.write(order, actor=actor, note=note)
        publish(OrderPaid(order_id=order.pk))
    else:
        states.move(order, Status.PAID, actor=actor, note=note)
    if not has_shipped:
        inventory.consume_stock(reference=stock_reference(order))


@atomic
def mark_refunded(*, order: LockedOrder, actor: User | None, note: str = "") -> None:
    """The whole price was given back. Raises `IllegalMove`."""
    states.move(order, Status.REFUNDED, actor=actor, note=note)


@atomic
def mark_disputed(*, order: LockedOrder, is_disputed: bool) -> None:
    """Staff see at the order that its payer's bank takes, or has taken, the money back."""
    if order.is_disputed != is_disputed:
        order.is_disputed = is_disputed
        order.save(update_fields=["is_disputed", "updated_at"])
