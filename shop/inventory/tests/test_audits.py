import pytest

from shop.core.tests.plant import plant, told
from shop.inventory import audits
from shop.inventory import services as inventory
from shop.inventory.models import Reservation, StockLevel
from shop.products.models import Variant
from shop.products.tests.make import make_product

pytestmark = pytest.mark.django_db

MAIN = "Main warehouse"


@pytest.fixture
def variant() -> Variant:
    """Ten came, three were sold of which one came back, two are promised."""
    variant = make_product(stock=10).variants.get()
    inventory.reserve_stock(reference="order:1", quantities={variant.pk: 3})
    inventory.consume_stock(reference="order:1")
    inventory.return_stock(reference="order:1", quantities={variant.pk: 1})
    inventory.reserve_stock(reference="order:2", quantities={variant.pk: 2})
    inventory.reserve_stock(reference="order:3", quantities={variant.pk: 4})
    inventory.release_stock(reference="order:3")
    return variant


@pytest.fixture
def level(variant: Variant) -> StockLevel:
    return StockLevel.objects.get(variant=variant)


def test_find_nothing_in_sound_books(level: StockLevel) -> None:
    assert (level.on_hand, level.reserved) == (8, 2)
    # Promised anew after it was given back: one reservation, more movements.
    inventory.reserve_stock(reference="order:3", quantities={level.variant_id: 1})
    every = (audits.on_hand, audits.reserved, audits.reservations, audits.reservations_closed)
    assert [told(audit) for audit in every] == [[], [], [], []]


def test_finds_goods_that_no_movement_brought(level: StockLevel) -> None:
    plant("UPDATE inventory_stocklevel SET on_hand = on_hand - 1")
    assert told(audits.on_hand) == [
        f"StockLevel {level.pk} ({level.variant.sku}, {MAIN}): on_hand is 7, its movements sum to 8"
    ]


def test_finds_goods_of_which_a_movement_is_lost(level: StockLevel) -> None:
    plant("DELETE FROM inventory_stockmovement WHERE kind = 'receive'")
    assert told(audits.on_hand) == [
        (
            f"StockLevel {level.pk} ({level.variant.sku}, {MAIN}): "
            "on_hand is 8, its movements sum to -2"
        )
    ]


def test_finds_promises_to_nobody(level: StockLevel) -> None:
    plant("UPDATE inventory_stocklevel SET reserved = 3")
    assert told(audits.reserved) == [
        (
            f"StockLevel {level.pk} ({level.variant.sku}, {MAIN}): "
            "reserved is 3, its held reservations sum to 2, its movements to 2"
        )
    ]


def test_finds_a_promise_that_the_level_forgot(level: StockLevel) -> None:
    plant("UPDATE inventory_reservation SET status = 'released' WHERE reference = 'order:2'")
    assert told(audits.reserved) == [
        (
            f"StockLevel {level.pk} ({level.variant.sku}, {MAIN}): "
            "reserved is 2, its held reservations sum to 0, its movements to 2"
        )
    ]


@pytest.mark.parametrize(
    ("fault", "found"),
    [
        (
            "UPDATE inventory_reservation SET quantity = 5 WHERE reference = 'order:2'",
            (
                "order:2 (StockLevel {level}): 5 are held; "
                "the movements promised 2, sold 0, took back 0"
            ),
        ),
        (
            "DELETE FROM inventory_stockmovement WHERE reference = 'order:3' AND kind = 'release'",
            (
                "order:3 (StockLevel {level}): 4 are released; "
                "the movements promised 4, sold 0, took back 0"
            ),
        ),
        (
            "UPDATE inventory_stockmovement SET quantity = -2 WHERE kind = 'sell'",
            (
                "order:1 (StockLevel {level}): 3 are consumed; "
                "the movements promised 3, sold 2, took back 1"
            ),
        ),
        (
            "UPDATE inventory_stockmovement SET quantity = 4 WHERE kind = 'return'",
            (
                "order:1 (StockLevel {level}): 3 are consumed; "
                "the movements promised 3, sold 3, took back 4"
            ),
        ),
    ],
)
def test_finds_a_promise_whose_movements_say_otherwise(
    level: StockLevel, fault: str, found: str
) -> None:
    plant("ALTER TABLE inventory_stockmovement DISABLE TRIGGER append_only", fault)
    found = found.format(level=level.pk)
    promise = Reservation.objects.get(reference=found.split()[0])
    assert told(audits.reservations) == [f"Reservation {promise.pk} of {found}"]


def test_finds_movements_without_their_promise(level: StockLevel) -> None:
    plant("DELETE FROM inventory_reservation WHERE reference = 'order:1'")
    assert told(audits.reservations) == [
        (
            f"no Reservation of order:1 (StockLevel {level.pk}): 0 are missing; "
            "the movements promised 3, sold 3, took back 1"
        )
    ]


def test_finds_a_promise_that_is_closed_and_held(variant: Variant) -> None:
    held = Reservation.objects.get(reference="order:2")
    plant(
        "UPDATE inventory_reservation SET closed_at = '2026-01-02 03:04:05Z' "
        "WHERE reference = 'order:2'"
    )
    assert told(audits.reservations_closed) == [
        f"Reservation {held.pk} of order:2: it is held, and was closed at 2026-01-02 03:04:05+00:00"
    ]
