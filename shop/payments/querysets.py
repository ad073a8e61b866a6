"""Payments as they are read: who sees which, and the locks that changes take."""

import json
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Sum
from django.db.models.expressions import RawSQL
from django.db.models.functions import Coalesce

from shop.accounts.models import User
from shop.core import references, sql
from shop.core.references import BIGGEST_ID
from shop.orders import querysets as orders
from shop.orders import states
from shop.orders.models import OrderItem, VendorOrder
from shop.orders.querysets import LockedOrder
from shop.payments.models import Payment, Refund
from shop.vendors import querysets as vendors

# By hand, because shoppers wait for them: see `shop.core.sql`.
_OWN = f"""
    SELECT {sql.columns(Payment, "payment")} FROM payments_payment AS payment
    JOIN orders_order AS placed ON placed.id = payment.order_id
    WHERE payment.id = %s AND placed.user_id = %s
"""  # noqa: S608 (the columns come from the model)
_LOCK = f"""
    SELECT {sql.columns(Payment)} FROM payments_payment WHERE id = %s FOR UPDATE
"""  # noqa: S608 (the columns come from the model)
_LOCK_UNSETTLED = f"""
    SELECT {sql.columns(Payment)} FROM payments_payment
    WHERE order_id = %s AND status IN ('pending', 'requires_action', 'held')
    ORDER BY id FOR UPDATE
"""  # noqa: S608 (the columns come from the model)
# The refunds of the row of a query by the ORM; as a text, which no JSON field reads again.
_REFUNDS = "{}::text".format(
    orders.REFUNDS_OF_PAYMENT.replace("= payment.id", f"= {Payment._meta.db_table}.id")
)
_REFUNDS_OF = "SELECT {}::text AS refunds".format(
    orders.REFUNDS_OF_PAYMENT.replace("payment.id", "%s")
)


def visible_to(user: User) -> QuerySet[Payment]:
    """Payments of a customer's own orders; every payment for staff who may view them."""
    payments = Payment.objects.select_related("order").order_by("-id")
    payments = payments.annotate(refunds_text=RawSQL(_REFUNDS, []))  # noqa: S611 (a constant)
    if user.is_staff and user.has_perm("payments.view_payment"):
        return payments
    return payments.filter(order__user=user)


def refunds_of(payment: Payment) -> list[dict[str, Any]]:
    """Newest first, as they are answered; of what `visible_to` found they are read already."""
    told: str | None = getattr(payment, "refunds_text", None)
    if told is None and payment.paid_at is not None:
        (row,) = sql.rows(_REFUNDS_OF, [payment.pk])
        told = row["refunds"]
    return orders.refunds_json(json.loads(told)) if told else []


def confirmable_by(user: User) -> QuerySet[Payment]:
    """What `user` sees; for members of the house, also the payments of its orders."""
    if user.is_staff:
        return visible_to(user)
    of_others = OrderItem.objects.filter(order=OuterRef("order")).exclude(
        vendor__in=_house_of(user)
    )
    payments = Payment.objects.select_related("order")
    return payments.filter(Q(order__user=user) | ~Exists(of_others))


def is_clerk(user: User) -> bool:
    """Whether `user` handles the payments of everybody."""
    return user.is_staff and user.has_perm("payments.change_payment")


def acts_for_house(user: User, payment: Payment) -> bool:
    """Whether `user` is a member of the house, and the house sells every line of the order.

    Not so for other sellers: what they say has arrived, the shop would owe them (ADR 14).
    """
    of_others = OrderItem.objects.filter(order=payment.order_id).exclude(vendor__in=_house_of(user))
    return not of_others.exists()


def _house_of(user: User) -> QuerySet[Any]:
    return vendors.vendors_of(user).filter(is_house=True).order_by().values("pk")


def confirmable(reference: str, *, by: User) -> Payment:
    """The payment with this id that `by` may try to confirm, else `NotFound`."""
    # Nearly always the payer's own, which is found without looking at vendors.
    own = _own(reference, by)
    return own or references.get(confirmable_by(by), reference)


def _own(reference: str, user: User) -> Payment | None:
    if len(reference) >= 20 or int(reference) > BIGGEST_ID:
        return None
    return next(iter(sql.instances(Payment, _OWN, [int(reference), user.pk])), None)


def locked(payment: Payment) -> tuple[LockedOrder, Payment]:
    """The payment and its order, locked until the transaction ends; the order's row first."""
    order = orders.locked(payment.order_id)
    (fresh,) = sql.instances(Payment, _LOCK, [payment.pk])
    fresh.order = order
    return order, fresh


def unsettled_of(order: LockedOrder) -> list[Payment]:
    """The attempts to pay `order` that wait, for money or for staff, locked; with the order."""
    found = sql.instances(Payment, _LOCK_UNSETTLED, [order.pk])
    for payment in found:
        payment.order = order
    return found


# Money that came back from the customer's bank is owed again, but the goods are settled.
_GIVEN_BACK = Q(refunds__refund__status=Refund.Status.SUCCEEDED) | Q(
    refunds__refund__status=Refund.Status.FAILED, refunds__refund__succeeded_at__isnull=False
)


def parts_given_back(order: LockedOrder) -> list[int]:
    """The ids of the live parts, of an order of several, whose every line was given back."""
    lines = OrderItem.objects.filter(order=order).order_by()
    given = lines.annotate(given=Coalesce(Sum("refunds__quantity", filter=_GIVEN_BACK), 0))
    with_goods_left = given.filter(given__lt=F("quantity")).values("vendor_order")
    others = VendorOrder.objects.filter(order=order).exclude(pk=OuterRef("pk"))
    live = VendorOrder.objects.filter(Exists(others), order=order, status__in=states.LIVE)
    ended = live.exclude(pk__in=with_goods_left).order_by("id")
    return list(ended.values_list("pk", flat=True))
