"""Reserving is all or nothing, and never promises what is not there."""

import time
from collections.abc import Callable, Collection, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest
from django.db import IntegrityError, connection, connections, transaction
from django.db.models import F, QuerySet, Sum
from django.test.utils import CaptureQueriesContext

from shop.core.models import OutboxEvent
from shop.inventory import services
from shop.inventory.errors import AlreadyReserved, OutOfStock, QuantityOutOfRange
from shop.inventory.models import Reservation, StockLevel, StockMovement, Warehouse
from shop.inventory.services import levels
from shop.products.models import Variant
from shop.products.tests.make import make_product

SIZES = [f"S{n}" for n in range(50)]


def variants_with(stock: int, *, sizes: int = 1) -> list[Variant]:
    product = make_product(stock=stock, sizes=SIZES[:sizes])
    return list(product.variants.order_by("id"))


def numbers(variant: Variant) -> list[tuple[int, int]]:
    """(on_hand, reserved) in each warehouse."""
    levels = StockLevel.objects.filter(variant=variant).order_by("warehouse_id")
    return list(levels.values_list("on_hand", "reserved"))


def low_events() -> QuerySet[OutboxEvent]:
    return OutboxEvent.objects.filter(name="stock.low")


@pytest.mark.django_db
def test_lowers_what_is_available_and_keeps_what_is_on_hand() -> None:
    (variant,) = variants_with(10)
    services.reserve_stock(reference="order:1", quantities={variant.pk: 3})
    assert numbers(variant) == [(10, 3)]
    reservation = Reservation.objects.get()
    assert (reservation.quantity, reservation.status) == (3, "held")
    movement = StockMovement.objects.get(reference="order:1")
    assert (movement.kind, movement.quantity) == ("reserve", 3)


@pytest.mark.django_db
def test_names_what_is_short_and_takes_nothing() -> None:
    enough, short, none = variants_with(2, sizes=3)
    services.adjust_stock(variant_id=none.pk, change=-2, reason="lost")
    wanted = {enough.pk: 2, short.pk: 3, none.pk: 1, 2**40: 1}
    with pytest.raises(OutOfStock) as refused:
        services.reserve_stock(reference="order:1", quantities=wanted)
    assert refused.value.shortages == {short.pk: 2, none.pk: 0, 2**40: 0}
    assert numbers(enough) == [(2, 0)]
    assert not Reservation.objects.exists()


@pytest.mark.django_db
def test_takes_from_the_warehouse_that_has_enough() -> None:
    (variant,) = variants_with(2)
    far = Warehouse.objects.create(name="Far", code="far")
    StockLevel.objects.create(variant=variant, warehouse=far, on_hand=5)
    services.reserve_stock(reference="order:1", quantities={variant.pk: 4})
    assert numbers(variant) == [(2, 0), (5, 4)]


@pytest.mark.django_db
def test_spreads_over_warehouses_when_none_has_enough() -> None:
    (variant,) = variants_with(2)
    far = Warehouse.objects.create(name="Far", code="far")
    StockLevel.objects.create(variant=variant, warehouse=far, on_hand=5)
    services.reserve_stock(reference="order:1", quantities={variant.pk: 6})
    assert numbers(variant) == [(2, 1), (5, 5)]
    services.consume_stock(reference="order:1")
    assert numbers(variant) == [(1, 0), (0, 0)]


@pytest.mark.django_db
def test_refuses_a_reference_that_holds_stock_already() -> None:
    (variant,) = variants_with(10)
    services.reserve_stock(reference="order:1", quantities={variant.pk: 3})
    with pytest.raises(AlreadyReserved):
        services.reserve_stock(reference="order:1", quantities={variant.pk: 3})
    assert numbers(variant) == [(10, 3)]


@pytest.mark.django_db
@pytest.mark.parametrize("quantity", [0, -1])
def test_refuses_quantities_that_are_none(quantity: int) -> None:
    (variant,) = variants_with(10)
    with pytest.raises(QuantityOutOfRange):
        services.reserve_stock(reference="order:1", quantities={variant.pk: quantity})
    assert numbers(variant) == [(10, 0)]


@pytest.mark.django_db
def test_tells_once_that_stock_became_low() -> None:
    (variant,) = variants_with(8)  # the shop's threshold is 5
    for order in range(1, 6):
        services.reserve_stock(reference=f"order:{order}", quantities={variant.pk: 1})
    (event,) = low_events()
    assert event.payload == {"variant_id": variant.pk, "available": 5}


@pytest.mark.django_db
def test_a_variants_own_threshold_counts() -> None:
    (variant,) = variants_with(8)
    Variant.objects.filter(pk=variant.pk).update(low_stock_threshold=0)
    services.reserve_stock(reference="order:1", quantities={variant.pk: 7})
    assert not low_events()
    services.reserve_stock(reference="order:2", quantities={variant.pk: 1})
    assert low_events().get().payload["available"] == 0


@pytest.mark.django_db
def test_takes_as_many_statements_for_one_variant_as_for_fifty() -> None:
    counts = []
    for sizes in (1, 50):
        wanted = {variant.pk: 6 for variant in variants_with(10, sizes=sizes)}
        with CaptureQueriesContext(
            connection,
        ) as queries:
            services.reserve_stock(reference=f"order:{sizes}", quantities=wanted)
        counts.append(len(queries))
    assert low_events().count() == 51
    assert counts[0] == counts[1] <= 7


@pytest.mark.django_db
def test_the_database_itself_refuses_to_oversell() -> None:
    (variant,) = variants_with(1)
    with pytest.raises(IntegrityError), transaction.atomic():
        StockLevel.objects.filter(variant=variant).update(reserved=F("reserved") + 2)


# --- Races ------------------------------------------------------------------------------


def in_parallel(action: Callable[[int], object], *, times: int) -> list[object]:
    """What each of the calls returned, or the exception that it ended with."""

    def run(number: int) -> object:
        try:
            return action(number)
        except Exception as error:  # the test looks at them
            return error
        finally:
            connections.close_all()

    with ThreadPoolExecutor(max_workers=8) as pool:
        return list(pool.map(run, range(times)))


@pytest.mark.django_db(transaction=True)
def test_many_at_once_never_oversell() -> None:
    first, second = variants_with(10, sizes=2)

    def reserve(number: int) -> bool:
        # Half of them name the variants the other way round.
        pair = [first.pk, second.pk] if number % 2 else [second.pk, first.pk]
        services.reserve_stock(reference=f"order:{number}", quantities=dict.fromkeys(pair, 1))
        return True

    answers = in_parallel(reserve, times=40)
    assert answers.count(True) == 10
    assert sum(isinstance(answer, OutOfStock) for answer in answers) == 30
    assert numbers(first) == numbers(second) == [(10, 10)]
    assert Reservation.objects.aggregate(total=Sum("quantity")) == {"total": 20}


@contextmanager
def nothing_guards(patch: pytest.MonkeyPatch) -> Iterator[None]:
    """Stock as a shop without locks and constraints would write it."""
    constraint = next(
        c for c in StockLevel._meta.constraints if c.name == "stock_reserved_within_on_hand"
    )

    def read(variant_ids: Collection[int]) -> list[StockLevel]:
        found = StockLevel.objects.filter(variant_id__in=variant_ids)
        found_now = list(found.select_related("variant"))
        time.sleep(0.02)  # as a busy server would
        return found_now

    patch.setattr(levels, "lock_levels", read)

    def update(changes: list[levels.Change]) -> None:
        for change in changes:
            level = StockLevel.objects.filter(pk=change.level.pk)
            level.update(
                on_hand=F("on_hand") + change.on_hand, reserved=F("reserved") + change.reserved
            )

    patch.setattr(levels, "update_levels", update)
    with connection.schema_editor() as editor:
        editor.remove_constraint(StockLevel, constraint)
    try:
        yield
    finally:
        StockLevel.objects.update(reserved=0)
        with connection.schema_editor() as editor:
            editor.add_constraint(StockLevel, constraint)


@pytest.mark.django_db(transaction=True)
def test_without_the_guards_the_same_race_oversells(monkeypatch: pytest.MonkeyPatch) -> None:
    with nothing_guards(monkeypatch):
        for attempt in range(20):
            (variant,) = variants_with(1)

            def reserve(number: int, attempt: int = attempt, variant: Variant = variant) -> None:
                reference = f"order:{attempt}:{number}"
                services.reserve_stock(reference=reference, quantities={variant.pk: 1})

            in_parallel(reserve, times=16)
            ((on_hand, reserved),) = numbers(variant)
            if reserved > on_hand:
                return
    pytest.fail("the race was never lost: the test above proves nothing")
