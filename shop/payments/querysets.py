"""Payments as they are read: who sees which, and the locks that changes take."""

from django.db.models import Exists, OuterRef, Q, QuerySet

from shop.accounts.models import User
from shop.orders import querysets as orders
from shop.orders.models import Order, OrderItem
from shop.payments.models import Payment
from shop.vendors import querysets as vendors


def visible_to(user: User) -> QuerySet[Payment]:
    """Payments of a customer's own orders; every payment for staff who may view them."""
    payments = Payment.objects.select_related("order").order_by("-id")
    if user.is_staff and user.has_perm("payments.view_payment"):
        return payments
    return payments.filter(order__user=user)


def confirmable_by(user: User) -> QuerySet[Payment]:
    """What `user` sees, and the payments of orders whose every line their vendors sell."""
    if user.is_staff:
        return visible_to(user)
    of_others = OrderItem.objects.filter(order=OuterRef("order")).exclude(
        vendor__in=vendors.vendors_of(user).order_by().values("pk")
    )
    payments = Payment.objects.select_related("order")
    return payments.filter(Q(order__user=user) | ~Exists(of_others))


def acts_for_seller(user: User, payment: Payment) -> bool:
    """Whether vendors of `user` sell every line of the payment's order."""
    sellers = vendors.vendors_of(user).order_by().values("pk")
    return not OrderItem.objects.filter(order=payment.order_id).exclude(vendor__in=sellers).exists()


def locked(payment: Payment) -> tuple[Order, Payment]:
    """The payment and its order, locked until the transaction ends; the order's row first."""
    order = orders.locked(payment.order_id)
    fresh = Payment.objects.select_for_update().get(pk=payment.pk)
    fresh.order = order
    return order, fresh
