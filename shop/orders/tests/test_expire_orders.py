from datetime import timedelta

import pytest
from django.utils import timezone

from shop.accounts.models import User
from shop.inventory import services as inventory
from shop.inventory.models import StockLevel
from shop.orders import services, tasks
from shop.orders.models import Order, OrderStatusChange
from shop.orders.services.placing import stock_reference
from shop.orders.tests.make import as_payments, make_order, make_variant

pytestmark = pytest.mark.django_db


def let_expire(*orders: Order) -> None:
    past = timezone.now() - timedelta(seconds=1)
    Order.objects.filter(pk__in=[order.pk for order in orders]).update(expires_at=past)


def test_cancels_what_was_not_paid_in_time(alice: User) -> None:
    variant = make_variant(stock=5)
    late, early = make_order(alice, variants=[variant]), make_order(alice, variants=[variant])
    let_expire(late)
    tasks.expire_orders()
    late.refresh_from_db()
    early.refresh_from_db()
    assert (late.status, early.status) == ("CANCELLED", "PENDING")
    assert StockLevel.objects.get(variant=variant).reserved == 1
    last = OrderStatusChange.objects.filter(order=late).latest("id")
    assert (last.actor, last.note) == (None, "Not paid in time.")
    assert services.expire_orders() == 0


def test_leaves_paid_and_agreed_orders_alone(alice: User) -> None:
    paid = as_payments(services.mark_paid, order=make_order(alice), actor=alice)
    agreed = as_payments(services.agree_on_delivery, order=make_order(alice), actor=alice)
    assert paid.expires_at is None
    assert agreed.expires_at is None
    let_expire(paid, agreed)
    assert services.expire_orders() == 0


def test_goes_on_after_an_order_that_cannot_expire(
    alice: User, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    broken, sound = make_order(alice), make_order(alice)
    let_expire(broken, sound)
    release = inventory.release_stock

    def fail_for_the_first(*, reference: str) -> None:
        if reference == stock_reference(broken):
            raise RuntimeError("the shelf fell over")
        release(reference=reference)

    monkeypatch.setattr(inventory, "release_stock", fail_for_the_first)
    assert services.expire_orders() == 1
    broken.refresh_from_db()
    sound.refresh_from_db()
    assert (broken.status, sound.status) == ("PENDING", "CANCELLED")
    assert "could not expire" in caplog.text


def test_waits_longer_for_a_transfer_but_not_for_ever(alice: User) -> None:
    order = make_order(alice)
    for _ in range(2):
        order = as_payments(services.extend_expiry, order=order, to=timedelta(days=7))
        assert order.expires_at == order.placed_at + timedelta(days=7)
    assert (
        as_payments(services.extend_expiry, order=order, to=timedelta(days=1)).expires_at
        == order.expires_at
    )
