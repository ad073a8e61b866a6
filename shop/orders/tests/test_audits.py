from datetime import timedelta

import pytest

from shop.accounts.models import User
from shop.core.tests.plant import plant, told
from shop.orders import audits, services
from shop.orders.models import Order, OrderStatusChange
from shop.orders.tests.make import as_payments, make_order, make_variant

pytestmark = pytest.mark.django_db

EVERY = (
    *(audits.lines, audits.totals, audits.history, audits.status, audits.stamps, audits.expiry),
    *(audits.carts, audits.goods, audits.events),
)
HISTORY = "ALTER TABLE orders_orderstatuschange DISABLE TRIGGER append_only"
TOTALS = "ALTER TABLE {} DISABLE TRIGGER order_subtotal_equals_lines"


@pytest.fixture
def order(alice: User) -> Order:
    return make_order(alice, variants=[make_variant(price="10.00")], quantity=2)


@pytest.fixture
def paid(order: Order, alice: User) -> Order:
    return as_payments(services.mark_paid, order=order, actor=alice)


def named(order: Order) -> str:
    return f"Order {order.pk} ({order.number})"


def test_find_nothing_wherever_an_order_can_come(alice: User, bob: User) -> None:
    def walk(*steps: str, quantity: int = 1) -> None:
        order = make_order(alice, quantity=quantity)
        for step in steps:
            if step == "mark_refunded":
                as_payments(services.mark_refunded, order=order, actor=bob)
            elif step in ("mark_paid", "agree_on_delivery"):
                as_payments(getattr(services, step), order=order, actor=alice)
            elif step == "extend_expiry":
                as_payments(services.extend_expiry, order=order, to=timedelta(days=7))
            else:
                getattr(services, step)(order=order, actor=bob)

    walk()
    walk("extend_expiry")
    walk("cancel_order")
    walk("mark_paid", "process_order", "ship_order", "deliver_order", "mark_refunded")
    walk("mark_paid", "ship_order", "mark_refunded", quantity=3)
    walk("mark_paid", "cancel_order")
    walk("agree_on_delivery", "ship_order", "deliver_order", "mark_paid")
    walk("agree_on_delivery", "ship_order", "mark_paid", "deliver_order")
    walk("agree_on_delivery", "mark_paid", "cancel_order")
    walk("agree_on_delivery", "cancel_order")
    assert {audit.name: told(audit) for audit in EVERY} == {audit.name: [] for audit in EVERY}


def test_finds_a_line_that_does_not_cost_its_goods(order: Order) -> None:
    plant(
        TOTALS.format("orders_orderitem"),
        "ALTER TABLE orders_orderitem DROP CONSTRAINT order_item_total_adds_up",
        "UPDATE orders_orderitem SET line_total = 21",
    )
    item = order.items.get()
    assert told(audits.lines) == [
        (
            f"OrderItem {item.pk} ({item.sku}) of {order.number}: "
            "line_total is 21.000, and 2 cost 10.000 each"
        )
    ]


@pytest.mark.parametrize(
    ("fault", "found"),
    [
        (
            "UPDATE orders_order SET subtotal = 30, total_price = 30",
            (
                "subtotal is 30.000, its lines sum to 20.000; "
                "total_price is 30.000, its parts sum to 30.000"
            ),
        ),
        (
            "UPDATE orders_order SET total_price = 30",
            (
                "subtotal is 20.000, its lines sum to 20.000; "
                "total_price is 30.000, its parts sum to 20.000"
            ),
        ),
        (
            "UPDATE orders_order SET discount_total = 5",
            (
                "subtotal is 20.000, its lines sum to 20.000; "
                "total_price is 20.000, its parts sum to 15.000"
            ),
        ),
        (
            "DELETE FROM orders_orderitem",
            (
                "subtotal is 20.000, its lines sum to 0; "
                "total_price is 20.000, its parts sum to 20.000"
            ),
        ),
    ],
)
def test_finds_a_total_that_its_lines_do_not_make(order: Order, fault: str, found: str) -> None:
    plant(
        TOTALS.format("orders_order"),
        TOTALS.format("orders_orderitem"),
        "ALTER TABLE orders_order DROP CONSTRAINT order_total_adds_up",
        fault,
    )
    assert told(audits.totals) == [f"{named(order)}: {found}"]


@pytest.mark.parametrize(
    ("fault", "found"),
    [
        (
            "UPDATE orders_orderstatuschange SET to_status = 'DELIVERED' WHERE to_status = 'PAID'",
            "it leads from 'PENDING' to 'DELIVERED', and the order was 'PENDING'",
        ),
        (
            (
                "UPDATE orders_orderstatuschange SET from_status = 'SHIPPED', "
                "to_status = 'DELIVERED' WHERE to_status = 'PAID'"
            ),
            "it leads from 'SHIPPED' to 'DELIVERED', and the order was 'PENDING'",
        ),
        (
            "DELETE FROM orders_orderstatuschange WHERE to_status = 'PENDING'",
            "it leads from 'PENDING' to 'PAID', and the order was ''",
        ),
    ],
)
def test_finds_a_move_that_nobody_may_make(paid: Order, fault: str, found: str) -> None:
    plant(HISTORY, fault)
    step = OrderStatusChange.objects.filter(order=paid).latest("id")
    assert told(audits.history) == [f"OrderStatusChange {step.pk} of {paid.number}: {found}"]


def test_finds_an_order_that_begins_in_the_middle(order: Order) -> None:
    plant(HISTORY, "UPDATE orders_orderstatuschange SET to_status = 'PAID'")
    assert told(audits.history) == [
        (
            f"OrderStatusChange {order.history.get().pk} of {order.number}: "
            "it leads from '' to 'PAID', and the order was ''"
        )
    ]


def test_finds_an_order_whose_state_its_history_does_not_know(order: Order) -> None:
    plant("UPDATE orders_order SET status = 'SHIPPED'")
    assert told(audits.status) == [
        f"{named(order)}: it is SHIPPED, the end of its history is PENDING"
    ]
    plant("DELETE FROM orders_orderstatuschange")
    assert told(audits.status) == [
        f"{named(order)}: it is SHIPPED, the end of its history is empty"
    ]


@pytest.mark.parametrize(
    ("fault", "found"),
    [
        ("paid_at = NULL", "paid_at is None"),
        ("shipped_at = '2026-01-02Z'", "shipped_at is 2026-01-02 00:00:00+00:00"),
        ("delivered_at = '2026-01-02Z'", "delivered_at is 2026-01-02 00:00:00+00:00"),
        ("cancelled_at = '2026-01-02Z'", "cancelled_at is 2026-01-02 00:00:00+00:00"),
    ],
)
def test_finds_a_stamp_of_what_did_not_happen(paid: Order, fault: str, found: str) -> None:
    plant(f"UPDATE orders_order SET {fault}")
    assert told(audits.stamps) == [f"{named(paid)}: {found}; it is PAID and was PAID, PENDING"]


def test_finds_payment_stamped_on_an_order_that_only_waits(order: Order) -> None:
    plant("UPDATE orders_order SET paid_at = '2026-01-02Z'")
    assert told(audits.stamps) == [
        f"{named(order)}: paid_at is 2026-01-02 00:00:00+00:00; it is PENDING and was PENDING"
    ]


def test_finds_an_order_that_never_expires_or_should_not(order: Order, alice: User) -> None:
    paid = as_payments(services.mark_paid, order=make_order(alice), actor=alice)
    plant(
        f"UPDATE orders_order SET expires_at = NULL WHERE id = {order.pk}",
        f"UPDATE orders_order SET expires_at = '2026-01-02Z' WHERE id = {paid.pk}",
    )
    assert told(audits.expiry) == [
        f"{named(order)}: it is PENDING, and expires_at is None",
        f"{named(paid)}: it is PAID, and expires_at is 2026-01-02 00:00:00+00:00",
    ]


def test_finds_an_order_that_should_have_expired_long_ago(order: Order) -> None:
    plant("UPDATE orders_order SET expires_at = now() - interval '9 min'")
    assert told(audits.expiry) == []
    plant("UPDATE orders_order SET expires_at = '2026-01-02Z'")
    assert told(audits.expiry) == [
        f"{named(order)}: it is PENDING, and expires_at is 2026-01-02 00:00:00+00:00"
    ]


@pytest.mark.parametrize(
    ("fault", "found"),
    [
        (
            "UPDATE cart_cart SET status = 'open'",
            "it is open by user {alice}; it became {order}, of user {alice}",
        ),
        (
            "UPDATE orders_order SET cart_id = NULL",
            "it is ordered by user {alice}; it became no order, of user None",
        ),
        (
            "UPDATE orders_order SET user_id = (SELECT max(id) FROM accounts_user)",
            "it is ordered by user {alice}; it became {order}, of user {bob}",
        ),
    ],
)
def test_finds_a_cart_that_did_not_become_its_order(
    order: Order, alice: User, bob: User, fault: str, found: str
) -> None:
    plant(fault)
    found = found.format(alice=alice.pk, bob=bob.pk, order=order.number)
    assert told(audits.carts) == [f"Cart {order.cart_id}: {found}"]


@pytest.mark.parametrize(
    ("fault", "found"),
    [
        (
            "UPDATE inventory_reservation SET status = 'released'",
            "its lines want 2 held; 0 are held and 0 consumed",
        ),
        (
            "UPDATE inventory_reservation SET quantity = 1",
            "its lines want 2 held; 1 are held and 0 consumed",
        ),
        (
            "UPDATE orders_order SET paid_at = now()",
            "its lines want 2 consumed; 2 are held and 0 consumed",
        ),
        (
            "UPDATE orders_vendororder SET status = 'CANCELLED'",
            "its lines want 2 released; 2 are held and 0 consumed",
        ),
    ],
)
def test_finds_an_order_without_its_stock(order: Order, fault: str, found: str) -> None:
    plant(fault)
    item = order.items.get()
    assert told(audits.goods) == [
        f"Reservations of order:{order.pk} ({order.number}) for variant {item.variant_id}: {found}"
    ]


def test_finds_stock_kept_for_an_order_that_is_not_there(order: Order) -> None:
    plant("UPDATE inventory_reservation SET reference = 'order:0'")
    variant_id = order.items.get().variant_id
    assert told(audits.goods) == [
        (
            f"Reservations of order:0 (no order) for variant {variant_id}: "
            "its lines want 0 released; 2 are held and 0 consumed"
        ),
        (
            f"Reservations of order:{order.pk} ({order.number}) for variant {variant_id}: "
            "its lines want 2 held; 0 are held and 0 consumed"
        ),
    ]


@pytest.mark.parametrize("name", ["order.placed", "order.paid", "order.cancelled"])
def test_finds_an_event_that_is_missing_or_doubled(paid: Order, bob: User, name: str) -> None:
    services.cancel_order(order=paid, actor=bob)
    plant(
        "INSERT INTO core_outboxevent (name, payload, attempts, last_error) "
        f"SELECT name, payload, 0, '' FROM core_outboxevent WHERE name = '{name}'"
    )
    why = f"{named(paid)}: {name} happened 1 times, and the outbox tells of it"
    assert told(audits.events) == [f"{why} 2 times"]
    plant(f"DELETE FROM core_outboxevent WHERE name = '{name}'")
    assert told(audits.events) == [f"{why} 0 times"]


def test_accepts_an_order_that_was_opened_again_and_no_other_way_back(alice: User) -> None:
    order = services.cancel_order(order=make_order(alice), actor=None)
    as_payments(services.reopen_order, order=order)
    assert {audit.name: told(audit) for audit in EVERY} == {audit.name: [] for audit in EVERY}
    plant("DELETE FROM core_outboxevent WHERE name = 'order.reopened'")
    assert told(audits.events) == [
        f"{named(order)}: order.reopened happened 1 times, and the outbox tells of it 0 times"
    ]
    plant(
        HISTORY,
        "UPDATE orders_orderstatuschange SET to_status = 'SHIPPED' WHERE to_status = 'PAID'",
    )
    last = OrderStatusChange.objects.latest("id")
    assert told(audits.history) == [
        (
            f"OrderStatusChange {last.pk} of {order.number}: "
            "it leads from 'CANCELLED' to 'SHIPPED', and the order was 'CANCELLED'"
        )
    ]


def test_finds_an_event_of_an_order_that_is_not_there(order: Order) -> None:
    plant(
        "UPDATE core_outboxevent SET name = 'order.shipped', payload = '{\"order_id\": 0}' "
        "WHERE name = 'product.created'"
    )
    assert told(audits.events) == [
        (
            "Order 0 (there is none): "
            "order.shipped happened 0 times, and the outbox tells of it 1 times"
        )
    ]
