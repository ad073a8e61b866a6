"""What audits find of the parts of orders; that they are silent: test_move_parts.py."""

import pytest

from shop.accounts.models import User
from shop.core.tests.plant import plant, told
from shop.orders import audits, services
from shop.orders.models import Order, VendorOrder, VendorOrderStatusChange
from shop.orders.tests.make import as_payments, make_split_order

pytestmark = pytest.mark.django_db

HISTORY = "ALTER TABLE orders_vendororderstatuschange DISABLE TRIGGER append_only"
Split = tuple[Order, list[VendorOrder]]


@pytest.fixture
def split(alice: User) -> Split:
    """Paid, of two vendors, two pieces of 10.00 each."""
    order, parts = make_split_order(alice, quantity=2)
    return as_payments(services.mark_paid, order=order, actor=alice), parts


def named(row: Order | VendorOrder) -> str:
    return f"{type(row).__name__} {row.pk} ({row.number})"


@pytest.mark.parametrize("column", ["order_id", "vendor_id"])
def test_finds_a_line_in_the_part_of_somebody_else(split: Split, alice: User, column: str) -> None:
    _, (part, _) = split
    other, (foreign, _) = make_split_order(alice)
    value = {"order_id": other.pk, "vendor_id": foreign.vendor_id}[column]
    plant(
        "ALTER TABLE orders_vendororder DROP CONSTRAINT vendor_order_once",
        f"UPDATE orders_vendororder SET {column} = {value} WHERE id = {part.pk}",
    )
    item = part.items.get()
    part.refresh_from_db()
    assert told(audits.parts_lines) == [
        (
            f"OrderItem {item.pk} ({item.sku}) of {item.order.number}: it is sold by vendor "
            f"{item.vendor_id}, and lies in {part.number} of vendor {part.vendor_id}"
        )
    ]


@pytest.mark.parametrize(
    ("fault", "found"),
    [
        (
            "subtotal = 21, total_price = 21",
            (
                "subtotal is 21.000, its lines sum to 20.000; "
                "commission_total is 2.000, its lines' sum to 2.000"
            ),
        ),
        (
            "commission_total = 1",
            (
                "subtotal is 20.000, its lines sum to 20.000; "
                "commission_total is 1.000, its lines' sum to 2.000"
            ),
        ),
    ],
)
def test_finds_a_part_that_its_lines_do_not_make(split: Split, fault: str, found: str) -> None:
    _, (part, _) = split
    plant(f"UPDATE orders_vendororder SET {fault} WHERE id = {part.pk}")
    assert told(audits.parts_totals) == [f"{named(part)}: {found}"]


@pytest.mark.parametrize(
    ("fault", "found"),
    [
        (
            "tax_total = 1, total_price = 21",
            [
                "tax_total is 0.000, and of its parts 1.000",
                "total_price is 40.000, and of its parts 41.000",
            ],
        ),
        (
            "shipping_total = 1, discount_total = 1",
            [
                "discount_total is 0.000, and of its parts 1.000",
                "shipping_total is 0.000, and of its parts 1.000",
            ],
        ),
        ("currency = 'EUR'", ["currency is USD, and of its parts EUR, USD"]),
    ],
)
def test_finds_an_order_that_its_parts_do_not_make(
    split: Split, fault: str, found: list[str]
) -> None:
    order, (part, _) = split
    plant(f"UPDATE orders_vendororder SET {fault} WHERE id = {part.pk}")
    assert told(audits.parts_sums) == [f"{named(order)}: {each}" for each in found]


@pytest.mark.parametrize(
    ("status", "found"),
    [
        ("SHIPPED", "it is PAID, and its parts are: SHIPPED, SHIPPED"),
        ("CANCELLED", "it is PAID, and its parts are: CANCELLED, CANCELLED"),
        ("PENDING", "it is PAID, and its parts are: PENDING, PENDING"),
    ],
)
def test_finds_an_order_that_does_not_stand_where_its_parts_do(
    split: Split, status: str, found: str
) -> None:
    order, _ = split
    plant(f"UPDATE orders_vendororder SET status = '{status}'")
    assert told(audits.parts) == [f"{named(order)}: {found}"]


def test_finds_a_waiting_order_of_which_nothing_is_left(split: Split) -> None:
    order, _ = split
    plant("UPDATE orders_vendororder SET status = 'REFUNDED'")
    assert told(audits.parts) == []
    plant("UPDATE orders_order SET status = 'PENDING'")
    assert told(audits.parts) == [
        f"{named(order)}: it is PENDING, and its parts are: REFUNDED, REFUNDED"
    ]


@pytest.mark.parametrize(
    ("fault", "found"),
    [
        (
            "UPDATE orders_vendororderstatuschange SET to_status = 'DELIVERED' WHERE id = {id}",
            "it leads from 'PENDING' to 'DELIVERED', and the part was 'PENDING'",
        ),
        (
            "UPDATE orders_vendororderstatuschange SET from_status = 'PAID' WHERE id = {id}",
            "it leads from 'PAID' to 'PAID', and the part was 'PENDING'",
        ),
    ],
)
def test_finds_a_move_of_a_part_that_nobody_may_make(split: Split, fault: str, found: str) -> None:
    _, (part, _) = split
    step = VendorOrderStatusChange.objects.filter(vendor_order=part).latest("id")
    plant(HISTORY, fault.format(id=step.pk))
    assert told(audits.parts_history) == [
        f"VendorOrderStatusChange {step.pk} of {part.number}: {found}"
    ]


def test_finds_a_part_whose_state_its_history_does_not_know(split: Split) -> None:
    _, (part, _) = split
    plant(f"UPDATE orders_vendororder SET status = 'SHIPPED' WHERE id = {part.pk}")
    assert told(audits.parts_status) == [
        f"{named(part)}: it is SHIPPED, the end of its history is PAID"
    ]


@pytest.mark.parametrize("name", ["shipped_at", "delivered_at", "cancelled_at"])
def test_finds_a_stamp_of_what_did_not_happen_to_a_part(split: Split, name: str) -> None:
    _, (part, _) = split
    plant(f"UPDATE orders_vendororder SET {name} = '2026-01-02Z' WHERE id = {part.pk}")
    assert told(audits.parts_stamps) == [
        f"{named(part)}: {name} is 2026-01-02 00:00:00+00:00; it is PAID and was PAID, PENDING"
    ]


@pytest.mark.parametrize("name", ["shipped", "cancelled"])
def test_finds_an_event_of_a_part_that_is_missing_or_doubled(
    split: Split, bob: User, name: str
) -> None:
    _, (part, _) = split
    moves = {"shipped": services.ship_part, "cancelled": services.cancel_part}
    moves[name](part=part, actor=bob)
    event = f"vendor_order.{name}"
    plant(
        "INSERT INTO core_outboxevent (name, payload, attempts, last_error) "
        f"SELECT name, payload, 0, '' FROM core_outboxevent WHERE name = '{event}'"
    )
    why = f"{named(part)}: {event} happened 1 to 1 times, and the outbox tells of it"
    assert told(audits.parts_events) == [f"{why} 2 times"]
    plant(f"DELETE FROM core_outboxevent WHERE name = '{event}'")
    assert told(audits.parts_events) == [f"{why} 0 times"]


def test_finds_a_parcel_that_left_with_its_order_untold(split: Split, bob: User) -> None:
    order, _ = split
    services.ship_order(order=order, actor=bob)
    plant("DELETE FROM core_outboxevent WHERE name = 'vendor_order.shipped'")
    assert len(told(audits.parts_events)) == 2
    # Before there were parts, the order's event alone told of it.
    plant("UPDATE orders_order SET placed_at = '2020-01-02Z'")
    assert told(audits.parts_events) == []


def test_finds_stock_of_a_part_at_the_door_that_stayed(alice: User, bob: User) -> None:
    order, parts = make_split_order(alice, quantity=2)
    as_payments(services.agree_on_delivery, order=order, actor=alice)
    services.ship_part(part=parts[0], actor=bob)
    assert told(audits.goods) == []
    plant(f"UPDATE orders_vendororder SET shipped_at = NULL WHERE id = {parts[0].pk}")
    variant_id = parts[0].items.get().variant_id
    assert told(audits.goods) == [
        (
            f"Reservations of order:{order.pk} ({order.number}) for variant {variant_id}: "
            "its lines want 2 held; 0 are held and 2 consumed"
        )
    ]
