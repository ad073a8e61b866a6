"""What becomes of reserved stock: released, consumed, returned; each once per reference."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, connections
from django.db.models import Sum
from django.test.utils import CaptureQueriesContext

from shop.inventory import querysets, services
from shop.inventory.errors import ReturnExceedsSale
from shop.inventory.models import Reservation, StockLevel, StockMovement
from shop.products.models import Variant
from shop.products.tests.make import make_product

pytestmark = pytest.mark.django_db

ORDER = "order:1"


@pytest.fixture
def variant() -> Variant:
    return make_product(stock=10).variants.get()


def numbers(variant: Variant) -> tuple[int, int]:
    level = StockLevel.objects.get(variant=variant)
    return level.on_hand, level.reserved


def reserve(variant: Variant, quantity: int = 4) -> None:
    services.reserve_stock(reference=ORDER, quantities={variant.pk: quantity})


def status() -> str:
    return Reservation.objects.get().status


def test_release_gives_everything_back_once(variant: Variant) -> None:
    reserve(variant)
    for _ in range(2):
        services.release_stock(reference=ORDER)
    assert (numbers(variant), status()) == ((10, 0), "released")
    assert StockMovement.objects.filter(kind="release").count() == 1


def test_consume_takes_it_out_once(variant: Variant) -> None:
    reserve(variant)
    for _ in range(2):
        services.consume_stock(reference=ORDER)
    assert (numbers(variant), status()) == ((6, 0), "consumed")
    assert Reservation.objects.get().closed_at is not None


def test_consumes_only_the_goods_that_leave(variant: Variant) -> None:
    other = make_product(stock=10).variants.get()
    services.reserve_stock(reference=ORDER, quantities={variant.pk: 4, other.pk: 3})
    services.consume_stock(reference=ORDER, variant_ids=[other.pk])
    assert (numbers(variant), numbers(other)) == ((10, 4), (7, 0))
    services.consume_stock(reference=ORDER, variant_ids=[])
    assert numbers(variant) == (10, 4)
    services.consume_stock(reference=ORDER)
    assert (numbers(variant), numbers(other)) == ((6, 0), (7, 0))


def test_what_was_consumed_is_not_released(variant: Variant) -> None:
    reserve(variant)
    services.consume_stock(reference=ORDER)
    services.release_stock(reference=ORDER)
    assert numbers(variant) == (6, 0)


def test_unknown_references_change_nothing(variant: Variant) -> None:
    services.release_stock(reference="order:2")
    services.consume_stock(reference="order:2")
    services.return_stock(reference="order:2")
    assert numbers(variant) == (10, 0)


def test_a_released_reference_may_reserve_again(variant: Variant) -> None:
    reserve(variant)
    services.release_stock(reference=ORDER)
    reserve(variant, quantity=7)
    assert (numbers(variant), status()) == ((10, 7), "held")
    assert Reservation.objects.get().closed_at is None


def test_return_puts_everything_back_once(variant: Variant) -> None:
    reserve(variant)
    services.consume_stock(reference=ORDER)
    for _ in range(2):
        services.return_stock(reference=ORDER)
    assert numbers(variant) == (10, 0)


def test_return_takes_parts_until_all_is_back(variant: Variant) -> None:
    reserve(variant)
    services.consume_stock(reference=ORDER)
    services.return_stock(reference=ORDER, quantities={variant.pk: 3})
    with pytest.raises(ReturnExceedsSale):
        services.return_stock(reference=ORDER, quantities={variant.pk: 2})
    assert numbers(variant) == (9, 0)
    services.return_stock(reference=ORDER)
    assert numbers(variant) == (10, 0)


def test_what_is_only_held_cannot_be_returned(variant: Variant) -> None:
    reserve(variant)
    with pytest.raises(ReturnExceedsSale):
        services.return_stock(reference=ORDER, quantities={variant.pk: 1})
    assert numbers(variant) == (10, 4)


def test_movements_add_up_to_the_numbers(variant: Variant) -> None:
    reserve(variant)
    services.consume_stock(reference=ORDER)
    services.return_stock(reference=ORDER, quantities={variant.pk: 1})
    services.reserve_stock(reference="order:2", quantities={variant.pk: 2})
    services.reserve_stock(reference="order:3", quantities={variant.pk: 1})
    services.release_stock(reference="order:3")
    services.adjust_stock(variant_id=variant.pk, change=-2, reason="broken")
    services.receive_stock(variant_id=variant.pk, quantity=5)
    totals = dict(
        StockMovement.objects.order_by().values_list("kind").annotate(total=Sum("quantity"))
    )
    on_hand = sum(totals[kind] for kind in StockMovement.ON_HAND)
    # What is sold leaves `reserved` too.
    reserved = totals["reserve"] + totals["release"] + totals["sell"]
    assert numbers(variant) == (on_hand, reserved) == (10, 2)
    assert querysets.available_by_variant([variant.pk, 2**40]) == {variant.pk: 8, 2**40: 0}
    assert querysets.available_by_product([variant.product_id]) == {variant.product_id: 8}


@pytest.mark.parametrize("action", ["release_stock", "consume_stock", "return_stock"])
def test_takes_as_many_statements_for_one_variant_as_for_fifty(action: str) -> None:
    counts = []
    for sizes in (1, 50):
        product = make_product(stock=10, sizes=[f"S{n}" for n in range(sizes)])
        reference = f"order:{sizes}"
        quantities = dict.fromkeys(product.variants.values_list("pk", flat=True), 2)
        services.reserve_stock(reference=reference, quantities=quantities)
        if action == "return_stock":
            services.consume_stock(reference=reference)
        with CaptureQueriesContext(connection) as queries:
            getattr(services, action)(reference=reference)
        counts.append(len(queries))
        assert StockMovement.objects.filter(reference=reference).count() >= 2 * sizes
    assert counts[0] == counts[1] <= 7


@pytest.mark.django_db(transaction=True)
def test_release_and_consume_at_once_have_one_result() -> None:
    for attempt in range(8):
        variant = make_product(stock=10).variants.get()
        reference = f"order:{attempt}"
        services.reserve_stock(reference=reference, quantities={variant.pk: 4})

        def settle(number: int, reference: str = reference) -> None:
            try:
                actions = (services.release_stock, services.consume_stock)
                actions[number % 2](reference=reference)
            finally:
                connections.close_all()

        with ThreadPoolExecutor(6) as pool:
            list(pool.map(settle, range(6)))
        closed = Reservation.objects.get(reference=reference).status
        assert numbers(variant) == {"released": (10, 0), "consumed": (6, 0)}[closed]
