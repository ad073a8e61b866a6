"""Money that comes after the shop has given an order up."""

from django.db import transaction
from django.db.models import Sum

from shop.core.events import publish
from shop.core.transactions import atomic
from shop.inventory import errors as inventory_errors
from shop.inventory import services as inventory
from shop.orders import querysets, states
from shop.orders.events import OrderReopened
from shop.orders.models import Order
from shop.orders.querysets import LockedOrder
from shop.orders.services.placing import stock_reference


@atomic
def reopen_order(*, order: LockedOrder) -> bool:
    """The whole price came late: PAID after all, if its goods are still there.

    False, and nothing is changed, when they are not, and when a person cancelled the
    order: who says no means it.
    """
    if order.status != Order.Status.CANCELLED or order.paid_at or _was_cancelled_by_a_person(order):
        return False
    if not _reserve_again(order):
        return False
    publish(OrderReopened(order_id=order.pk))
    order.cancelled_at = None
    states.reopen(order, note="The money came late, and the goods were still there.")
    inventory.consume_stock(reference=stock_reference(order))
    return True


def _was_cancelled_by_a_person(order: LockedOrder) -> bool:
    moves = querysets.history_of(order).filter(to_status=Order.Status.CANCELLED)
    last = moves.order_by("id").last()
    return last is None or last.actor_id is not None


def _reserve_again(order: LockedOrder) -> bool:
    counted = order.items.order_by().values_list("variant_id").annotate(Sum("quantity"))
    try:
        # By a savepoint of its own: the order is still to be refunded when this fails.
        with transaction.atomic():
            inventory.reserve_stock(reference=stock_reference(order), quantities=dict(counted))
    except inventory_errors.OutOfStock:
        return False
    return True
