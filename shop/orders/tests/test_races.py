"""Orders that several requests work on at the same moment."""

from functools import partial

import pytest
from django.db.models.functions import Now

from shop.accounts.tests.make import make_user
from shop.inventory.models import StockLevel, StockMovement
from shop.orders import services
from shop.orders.errors import CartIsEmpty, IllegalMove, OutOfStock
from shop.orders.models import Order, OrderStatusChange
from shop.orders.tests.make import (
    as_payments,
    fill_cart,
    make_order,
    make_split_order,
    make_variant,
)
from shop.orders.tests.parallel import together

pytestmark = pytest.mark.django_db(transaction=True)


def test_one_cart_becomes_one_order() -> None:
    for _ in range(5):
        user, variant = make_user(), make_variant()
        fill_cart(user, [variant])
        results = together([partial(services.place_order, user=user)] * 4)
        order = Order.objects.get(user=user)
        # Who waited for the cart gets its order; who came after that finds no cart.
        assert set(results) <= {order, CartIsEmpty}
        assert results.count(order) >= 1
        assert StockLevel.objects.get(variant=variant).reserved == 1


def test_carts_that_share_goods_in_any_order_do_not_block_each_other() -> None:
    variants = [make_variant(stock=6) for _ in range(4)]
    shoppers = [make_user() for _ in range(8)]
    for number, shopper in enumerate(shoppers):
        fill_cart(shopper, variants if number % 2 else variants[::-1])
    results = together([partial(services.place_order, user=shopper) for shopper in shoppers])
    assert results.count(OutOfStock) == 2
    for variant in variants:
        assert StockLevel.objects.get(variant=variant).available == 0


def test_an_order_is_cancelled_once() -> None:
    alice, variant = make_user(), make_variant()
    order = make_order(alice, variants=[variant])
    Order.objects.update(expires_at=Now())
    cancel = partial(services.cancel_order, order=order, actor=alice)
    results = together([cancel, cancel, services.expire_orders])
    expired = results[2]
    assert results[:2].count(IllegalMove) == 1 + expired
    assert OrderStatusChange.objects.filter(order=order, to_status="CANCELLED").count() == 1
    assert StockMovement.objects.filter(kind=StockMovement.Kind.RELEASE).count() == 1
    assert StockLevel.objects.get(variant=variant).reserved == 0


def test_an_order_is_paid_or_cancelled() -> None:
    for _ in range(5):
        alice, variant = make_user(), make_variant(stock=5)
        order = make_order(alice, variants=[variant])
        pay = partial(as_payments, services.mark_paid, order=order, actor=alice)
        together([pay, partial(services.cancel_order, order=order, actor=alice)])
        order.refresh_from_db()
        # A paid order may still be cancelled; a cancelled one is not paid any more.
        assert order.status == Order.Status.CANCELLED
        level = StockLevel.objects.get(variant=variant)
        assert (level.on_hand, level.reserved) == (5, 0)


def test_two_vendors_ship_at_once() -> None:
    for _ in range(5):
        alice = make_user()
        order, parts = make_split_order(alice, parts=3)
        as_payments(services.mark_paid, order=order, actor=alice)
        together([partial(services.ship_part, part=part, actor=None) for part in parts])
        order.refresh_from_db()
        assert order.status == Order.Status.SHIPPED
        assert order.shipped_at is not None
        moves = OrderStatusChange.objects.filter(order=order, to_status="SHIPPED")
        assert moves.count() == 1


def test_a_part_is_cancelled_while_the_order_is() -> None:
    for _ in range(5):
        alice = make_user()
        order, parts = make_split_order(alice, parts=2, quantity=2, stock=5)
        as_payments(services.mark_paid, order=order, actor=alice)
        results = together(
            [
                partial(services.cancel_part, part=parts[0], actor=None),
                partial(services.cancel_order, order=order, actor=alice),
                partial(services.ship_part, part=parts[1], actor=None),
            ]
        )
        order.refresh_from_db()
        first, second = order.parts.order_by("id").values_list("status", flat=True)
        # Either the second part left, and the order with it, or all of it is cancelled.
        assert (order.status, second) in (("SHIPPED", "SHIPPED"), ("CANCELLED", "CANCELLED")) or (
            (order.status, first, second) == ("PAID", "PAID", "SHIPPED")
        )
        assert results.count(IllegalMove) >= 1
        for part, status in ((parts[0], first), (parts[1], second)):
            level = StockLevel.objects.get(variant=part.items.get().variant_id)
            assert (level.on_hand, level.reserved) == (5 if status == "CANCELLED" else 3, 0)
