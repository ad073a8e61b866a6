"""Parts moved, cancelled and given back in any order: the order stands where they stand."""

from collections.abc import Callable
from contextlib import suppress
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from config.audits import AUDITS
from shop.accounts.models import User
from shop.accounts.tests.make import make_staff, make_user
from shop.core.errors import DomainError
from shop.core.relay import deliver_pending
from shop.core.tests.plant import plant, told
from shop.inventory.models import StockLevel
from shop.orders import services as orders
from shop.orders import states
from shop.orders.models import Order, VendorOrder
from shop.orders.tests.make import make_split_order
from shop.payments import services as payments
from shop.payments.models import Payment
from shop.payments.tests.make import pay

pytestmark = pytest.mark.django_db

PARTS, PIECES, STOCK = 3, 2, 5
PART_MOVES = (orders.process_part, orders.ship_part, orders.deliver_part, orders.cancel_part)
ORDER_MOVES = (
    *(orders.process_order, orders.ship_order, orders.deliver_order, orders.cancel_order),
)

part_steps = st.tuples(st.sampled_from(PART_MOVES), st.integers(0, PARTS - 1))
order_steps = st.tuples(st.sampled_from(ORDER_MOVES), st.none())
refund_steps = st.tuples(st.sampled_from(["part", "item", "amount"]), st.integers(0, PARTS - 1))
other_steps = st.tuples(st.sampled_from(["pay", "deliver"]), st.none())
steps = st.lists(part_steps | part_steps | refund_steps | order_steps | other_steps, max_size=14)


@given(st.booleans(), steps)
@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_the_books_fit_after_every_step(
    is_paid: bool, wanted: list[tuple[Any, int | None]]
) -> None:
    with transaction.atomic():
        order, parts = make_split_order(make_user(), parts=PARTS, quantity=PIECES, stock=STOCK)
        clerk = make_staff("order managers")
        if is_paid:
            pay(order)
        else:
            payments.open_payment(order=order, method="cash_on_delivery", user=order.user)
        for action, place in wanted:
            # What is refused changes nothing, as for a request.
            with suppress(DomainError), transaction.atomic():
                step(action, order, None if place is None else parts[place], clerk)
            check(order)
        deliver()
        plant("UPDATE orders_order SET updated_at = updated_at - interval '1 hour'")
        assert [line for audit in AUDITS for line in told(audit)] == []
        check_goods(order)
        transaction.set_rollback(True)


def step(
    action: str | Callable[..., Any], order: Order, part: VendorOrder | None, clerk: User
) -> None:
    if callable(action):
        action(actor=clerk, **({"order": order} if part is None else {"part": part}))
    elif action == "deliver":
        deliver()
    elif action == "pay":
        pay(order, method="cash_on_delivery", actor=clerk)
    elif action == "part":
        payments.refund_order(order=order, actor=clerk, part=part)
    elif action == "item":
        assert part is not None
        items: list[Any] = [{"item": part.items.get().pk, "quantity": 1}]
        payments.refund_order(order=order, actor=clerk, items=items)
    else:
        payments.refund_order(order=order, actor=clerk, amount=Decimal("3.50"))


def check(order: Order) -> None:
    order.refresh_from_db()
    known = list(order.parts.values_list("status", flat=True))
    live = [status for status in known if status in states.LIVE]
    if live:
        assert order.status == min(live, key=[str(each) for each in states.LIVE].index)
    elif all(status == "CANCELLED" for status in known):
        assert order.status == "CANCELLED"


def check_goods(order: Order) -> None:
    """What was cancelled or given back before it left is on the shelf again, once."""
    for part in order.parts.all():
        level = StockLevel.objects.get(variant=part.items.get().variant_id)
        assert STOCK - PIECES <= level.on_hand <= STOCK
        if part.status == "CANCELLED":
            assert level.available == STOCK
    for payment in Payment.objects.filter(order=order):
        assert payment.refunded_amount <= payment.captured_amount


def deliver() -> None:
    while deliver_pending():
        pass
