"""The second wall: even a query without any filter sees one vendor's rows only."""

import pytest
from django.db import ProgrammingError, connection, transaction

from shop.accounts.models import User
from shop.accounts.tests.make import make_user
from shop.core import walls
from shop.core.errors import NotFound
from shop.products.models import Product, Variant
from shop.products.tests.make import make_product
from shop.vendors.models import Vendor
from shop.vendors.tests.make import make_vendor

pytestmark = pytest.mark.django_db


@pytest.fixture
def vera() -> Vendor:
    vendor = make_vendor()
    make_product("Vase", vendor=vendor)
    make_product("Coat", vendor=make_vendor())
    return vendor


def role() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        (name,) = cursor.fetchone()
    return str(name)


def test_hides_the_rows_of_others(vera: Vendor) -> None:
    assert Product.objects.count() == 2
    with walls.behind(vera.pk):
        assert [product.name for product in Product.objects.all()] == ["Vase"]
        assert [variant.product.name for variant in Variant.objects.all()] == ["Vase"]
    assert Product.objects.count() == 2


def test_hides_what_no_vendor_shall_read(vera: Vendor) -> None:
    make_user()
    with walls.behind(vera.pk):
        assert not User.objects.exists()
    with pytest.raises(ProgrammingError, match="permission denied"), walls.behind(vera.pk):
        list(connection.cursor().execute("SELECT * FROM payments_payment") or [])


def test_lets_nobody_write(vera: Vendor) -> None:
    with pytest.raises(ProgrammingError, match="permission denied"), walls.behind(vera.pk):
        Product.objects.update(name="Mine")
    assert set(Product.objects.values_list("name", flat=True)) == {"Vase", "Coat"}


def test_ends_with_its_block_inside_a_larger_transaction(vera: Vendor) -> None:
    before = role()
    with transaction.atomic():
        with walls.behind(vera.pk):
            assert role() == walls.ROLE
        assert role() == before
        with pytest.raises(NotFound), walls.behind(vera.pk):
            raise NotFound
        assert role() == before
    assert role() == before
