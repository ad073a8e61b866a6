import pytest

from shop.accounts.models import User
from shop.core.tests.plant import plant, told
from shop.orders import services as orders
from shop.orders.models import Order, VendorOrder
from shop.orders.tests.make import make_split_order
from shop.payments import audits, services
from shop.payments.tests.make import deliver, pay

pytestmark = pytest.mark.django_db


@pytest.fixture
def parts(alice: User) -> list[VendorOrder]:
    """Of a paid order of two vendors, two pieces of 10.00 each."""
    order, parts = make_split_order(alice, quantity=2)
    pay(order)
    return parts


def named(part: VendorOrder) -> str:
    return f"VendorOrder {part.pk} ({part.number})"


def an_hour_later() -> None:
    plant("UPDATE orders_order SET updated_at = updated_at - interval '1 hour'")


def test_finds_a_cancelled_part_that_is_not_given_back(parts: list[VendorOrder], bob: User) -> None:
    orders.cancel_part(part=parts[0], actor=bob)
    an_hour_later()
    # Payments have not heard of it yet.
    assert told(audits.parts_owed) == []
    plant("UPDATE core_outboxevent SET delivered_at = now()")
    payment = Order.objects.get().payments.get()
    assert told(audits.parts_owed) == [
        (
            f"{named(parts[0])}: it is CANCELLED, and 2 of its goods are neither given back nor "
            f"promised, of 40.000 USD that are left of Payment {payment.pk}"
        )
    ]
    plant("UPDATE core_outboxevent SET delivered_at = NULL WHERE name = 'vendor_order.cancelled'")
    deliver()
    an_hour_later()
    assert told(audits.parts_owed) == []


def test_finds_a_part_that_is_refunded_without_a_refund(parts: list[VendorOrder]) -> None:
    plant(f"UPDATE orders_vendororder SET status = 'REFUNDED' WHERE id = {parts[0].pk}")
    assert told(audits.parts_refunded) == [
        f"{named(parts[0])}: it is REFUNDED, the order PAID; of 2 pieces 0 were given back"
    ]


def test_finds_a_part_that_is_given_back_and_goes_on(parts: list[VendorOrder], clerk: User) -> None:
    services.refund_order(order=parts[0].order, actor=clerk, part=parts[0])
    assert told(audits.parts_refunded) == []
    plant(f"UPDATE orders_vendororder SET status = 'PAID' WHERE id = {parts[0].pk}")
    assert told(audits.parts_refunded) == [
        f"{named(parts[0])}: it is PAID, the order PAID; of 2 pieces 2 were given back"
    ]


def test_finds_goods_of_a_cancelled_part_that_did_not_come_back(
    parts: list[VendorOrder], bob: User
) -> None:
    orders.cancel_part(part=parts[0], actor=bob)
    assert told(audits.goods_returned) == []
    plant("DELETE FROM inventory_stockmovement WHERE kind = 'return'")
    assert told(audits.goods_returned) == [
        (
            f"{named(parts[0])}: it is CANCELLED; of 2 sold 0 came back to the shelf, "
            "and its refunds say 2 to 2"
        )
    ]
