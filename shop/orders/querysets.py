"""Orders as they are read: who sees which, and what is read along with them."""

from django.db.models import Prefetch, QuerySet

from shop.accounts.models import User
from shop.core import references
from shop.orders.models import Order, OrderItem, OrderStatusChange


def visible_to(user: User) -> QuerySet[Order]:
    """A customer's own orders; every order for staff who may view them."""
    if user.is_staff and user.has_perm("orders.view_order"):
        return Order.objects.all()
    return Order.objects.filter(user=user)


def find(orders: QuerySet[Order], reference: str | int) -> Order:
    """The order with this id or number among `orders`, else `NotFound`."""
    return references.get(orders, str(reference).upper(), field="number")


def with_lines(orders: QuerySet[Order]) -> QuerySet[Order]:
    """Each with its items and payments: two queries more, however many orders."""
    return orders.prefetch_related(Prefetch("items", queryset=lines()), "payments")


def lines() -> QuerySet[OrderItem]:
    return OrderItem.objects.select_related("vendor").order_by("id")


def history_of(order: Order) -> QuerySet[OrderStatusChange]:
    """Oldest first."""
    return OrderStatusChange.objects.filter(order=order).select_related("actor").order_by("id")


def locked(order_id: int) -> Order:
    """The order, locked until the transaction ends. Take this lock before payments and stock."""
    return Order.objects.select_for_update(of=("self",)).get(pk=order_id)
