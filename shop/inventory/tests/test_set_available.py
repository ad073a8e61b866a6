"""Imports and product forms say how many there should be; stock follows."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext

from shop.inventory import services
from shop.inventory.errors import QuantityOutOfRange
from shop.inventory.models import StockLevel, StockMovement, Warehouse
from shop.products.models import Variant
from shop.products.tests.make import make_product

pytestmark = pytest.mark.django_db


def bare_variants(number: int = 1) -> list[Variant]:
    """Variants without any stock level."""
    product = make_product(sizes=[f"S{n}" for n in range(number)])
    StockLevel.objects.filter(variant__product=product).delete()
    return list(product.variants.order_by("id"))


def test_makes_levels_and_records_what_arrived() -> None:
    first, second = bare_variants(2)
    services.set_available(stock={first.pk: 7, second.pk: 0}, reason="import")
    levels = StockLevel.objects.order_by("variant_id")
    assert list(levels.values_list("variant_id", "on_hand")) == [(first.pk, 7), (second.pk, 0)]
    movement = StockMovement.objects.get()
    assert (movement.kind, movement.quantity, movement.reason) == ("receive", 7, "import")


def test_changes_only_what_differs() -> None:
    first, second = bare_variants(2)
    services.set_available(stock={first.pk: 7, second.pk: 7}, reason="import")
    services.set_available(stock={first.pk: 7, second.pk: 3}, reason="again", reference="file")
    movement = StockMovement.objects.latest("id")
    assert (movement.kind, movement.quantity, movement.reference) == ("adjust", -4, "file")
    assert StockMovement.objects.count() == 3


def test_leaves_what_is_reserved_on_hand() -> None:
    (variant,) = bare_variants()
    services.set_available(stock={variant.pk: 7}, reason="import")
    services.reserve_stock(reference="order:1", quantities={variant.pk: 4})
    services.set_available(stock={variant.pk: 0}, reason="import")
    level = StockLevel.objects.get()
    assert (level.on_hand, level.reserved) == (4, 4)


def test_speaks_of_one_warehouse() -> None:
    (variant,) = bare_variants()
    far = Warehouse.objects.create(name="Far", code="far")
    services.set_available(stock={variant.pk: 7}, reason="import", warehouse=far)
    services.set_available(stock={variant.pk: 2}, reason="import")
    levels = StockLevel.objects.order_by("on_hand")
    assert list(levels.values_list("warehouse__code", "on_hand")) == [("main", 2), ("far", 7)]


@pytest.mark.parametrize("number", [-1, 2_000_000_001, 2**70])
def test_refuses_numbers_that_are_none(number: int) -> None:
    first, second = bare_variants(2)
    with pytest.raises(QuantityOutOfRange):
        services.set_available(stock={first.pk: 1, second.pk: number}, reason="import")
    assert not StockLevel.objects.exists()


def test_takes_as_many_statements_for_one_variant_as_for_fifty() -> None:
    counts = []
    for number in (1, 50):
        stock = dict.fromkeys([variant.pk for variant in bare_variants(number)], 7)
        with CaptureQueriesContext(connection) as queries:
            services.set_available(stock=stock, reason="import")
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 7


@pytest.mark.django_db(transaction=True)
def test_imports_at_once_agree() -> None:
    ids = [variant.pk for variant in bare_variants(20)]

    def write(number: int) -> None:
        try:
            order = ids if number % 2 else list(reversed(ids))
            services.set_available(stock=dict.fromkeys(order, 7), reason="import")
        finally:
            connections.close_all()

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(write, range(6)))
    assert set(StockLevel.objects.values_list("on_hand", flat=True)) == {7}
    assert StockMovement.objects.filter(level__variant__in=ids).count() == 20
