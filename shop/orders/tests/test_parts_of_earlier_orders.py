"""The migration that gives parts to the orders of shops that had none."""

from importlib import import_module

import pytest

from shop.accounts.models import User
from shop.core.tests.plant import plant, told
from shop.orders import services
from shop.orders.models import Order
from shop.orders.tests.make import as_payments, make_order, make_split_order
from shop.orders.tests.test_move_parts import EVERY

pytestmark = pytest.mark.django_db

migration = import_module("shop.orders.migrations.0008_parts_of_earlier_orders")


def test_gives_every_order_its_parts_with_their_history(alice: User, clerk: User) -> None:
    whole, split = make_order(alice), make_split_order(alice, parts=3)[0]
    shipped, cancelled = make_split_order(alice)[0], make_order(alice)
    as_payments(services.mark_paid, order=shipped, actor=alice)
    services.ship_order(order=shipped, actor=clerk, carrier="DHL", tracking_number="7")
    as_payments(services.add_note, order=shipped, actor=clerk, text="Not a move.")
    services.cancel_order(order=cancelled, actor=alice)
    known = state_of_parts()
    plant(
        "ALTER TABLE orders_orderitem ALTER vendor_order_id DROP NOT NULL",
        migration.EMPTY,
        # Nobody took a commission, and what was before has not been told by part.
        "UPDATE orders_orderitem SET commission_percent = 0, commission_total = 0",
        "DELETE FROM core_outboxevent WHERE name LIKE 'vendor_order.%'",
        "UPDATE orders_order SET placed_at = '2020-01-02Z'",
    )
    assert state_of_parts() == []
    plant(migration.FILL)
    assert state_of_parts() == known
    assert [order.parts.count() for order in (whole, split, shipped, cancelled)] == [1, 3, 2, 1]
    assert [line for audit in EVERY for line in told(audit)] == []


def state_of_parts() -> list[object]:
    return [
        (
            *(part.number, part.status, part.vendor_id, part.total_price, part.carrier),
            *(part.tracking_number, bool(part.shipped_at), bool(part.cancelled_at)),
            [item.sku for item in part.items.all()],
            [(move.from_status, move.to_status) for move in part.history.all()],
        )
        for order in Order.objects.order_by("id")
        for part in order.parts.order_by("id")
    ]
