import pytest

from shop.accounts.models import User
from shop.accounts.tests.make import make_staff
from shop.core.models import OutboxEvent
from shop.inventory.models import StockLevel
from shop.orders import services
from shop.orders.models import Order, OrderStatusChange
from shop.orders.tests.make import as_payments, make_order, make_variant
from shop.products.models import Variant
from tests.api import body, client_of, codes

pytestmark = pytest.mark.django_db


def address(order: Order) -> str:
    return f"/api/store/orders/{order.pk}/cancel/"


def stock_of(variant: Variant) -> tuple[int, int]:
    level = StockLevel.objects.get(variant=variant)
    return level.on_hand, level.reserved


def test_frees_the_stock_of_an_unpaid_order(alice: User) -> None:
    variant = make_variant(stock=5)
    order = make_order(alice, variants=[variant], quantity=2)
    answer = body(client_of(alice).post(address(order), {"note": "Ordered twice."}))
    assert answer["status"] == "CANCELLED"
    assert answer["cancelled_at"] is not None
    assert answer["expires_at"] is None
    assert stock_of(variant) == (5, 0)
    last = OrderStatusChange.objects.filter(order=order).latest("id")
    assert (last.actor, last.note) == (alice, "Ordered twice.")
    assert OutboxEvent.objects.get(name="order.cancelled").payload == {"order_id": order.pk}


def test_takes_the_goods_of_a_paid_order_back(alice: User) -> None:
    variant = make_variant(stock=5)
    order = make_order(alice, variants=[variant], quantity=2)
    as_payments(services.mark_paid, order=order, actor=alice)
    assert stock_of(variant) == (3, 0)
    assert body(client_of(alice).post(address(order)))["status"] == "CANCELLED"
    assert stock_of(variant) == (5, 0)


def test_is_for_staff_too(alice: User, clerk: User) -> None:
    order = make_order(alice)
    refused = client_of(make_staff("support")).post(address(order))
    assert refused.status_code == 403
    assert codes(refused) == ["permission_denied"]
    assert body(client_of(clerk).post(address(order)))["status"] == "CANCELLED"


def test_refuses_what_has_shipped_or_is_cancelled(alice: User, clerk: User) -> None:
    variant = make_variant(stock=5)
    shipped = as_payments(
        services.mark_paid, order=make_order(alice, variants=[variant]), actor=alice
    )
    services.ship_order(order=shipped, actor=clerk)
    cancelled = services.cancel_order(order=make_order(alice), actor=alice)
    for order in (shipped, cancelled):
        before = order.history.count()
        response = client_of(alice).post(address(order))
        assert response.status_code == 409
        assert codes(response) == ["illegal_move"]
        assert order.history.count() == before
    assert stock_of(variant) == (4, 0)
