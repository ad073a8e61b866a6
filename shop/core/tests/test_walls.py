"""The second wall: even a query without any filter sees one vendor's rows only."""

from contextlib import suppress

import pytest
from django.db import DatabaseError, ProgrammingError, connection, transaction

from shop.accounts.models import User
from shop.accounts.tests.make import make_user
from shop.core import audits, walls
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


def test_one_within_another_ends_where_it_began(vera: Vendor) -> None:
    coats = Vendor.objects.get(products__name="Coat")
    with walls.behind(vera.pk):
        with walls.behind(coats.pk):
            assert [product.name for product in Product.objects.all()] == ["Coat"]
        assert role() == walls.ROLE
        assert [product.name for product in Product.objects.all()] == ["Vase"]
        with pytest.raises(NotFound), walls.behind(coats.pk):
            raise NotFound
        assert [product.name for product in Product.objects.all()] == ["Vase"]


def test_gives_back_the_role_that_the_operator_chose(vera: Vendor) -> None:
    execute("CREATE ROLE nexus_test_app", "SET LOCAL ROLE nexus_test_app")
    with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        Product.objects.exists()
    with walls.behind(vera.pk):
        assert Product.objects.count() == 1
    assert role() == "nexus_test_app"


@pytest.mark.parametrize("statement", ["SELECT pg_sleep(5)", "SELECT 1/0", "SELECT '' FROM gone"])
def test_no_statement_that_fails_leaves_its_role_behind(vera: Vendor, statement: str) -> None:
    before = role()
    soon = "SET LOCAL statement_timeout = 10"
    with pytest.raises(DatabaseError), walls.behind(vera.pk):
        execute(soon, statement)
    assert role() == before
    # Somebody goes on after an error, within: the transaction is broken, and so is the wall.
    with pytest.raises(DatabaseError), walls.behind(vera.pk), suppress(DatabaseError):
        execute(soon, statement)
    assert role() == before
    assert Product.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_the_connection_that_a_failure_leaves_behind_is_in_front_of_the_wall() -> None:
    vendor = make_vendor()
    before = role()
    for failure in (NotFound(), KeyboardInterrupt(), DatabaseError()):
        with pytest.raises(type(failure)), walls.behind(vendor.pk):
            raise failure
        assert role() == before
        with connection.cursor() as cursor:
            cursor.execute("SELECT coalesce(current_setting('nexus.vendor', true), '')")
            assert cursor.fetchone() == ("",)


def test_whoever_may_make_roles_may_enter_the_one_it_makes(vera: Vendor) -> None:
    execute("CREATE ROLE nexus_test_maker CREATEROLE")
    execute("SET LOCAL SESSION AUTHORIZATION nexus_test_maker", made_for_tests())
    execute("SET LOCAL ROLE nexus_vendor_test")
    assert role() == "nexus_vendor_test"


def test_who_may_not_make_the_role_is_told_what_an_administrator_must_do(vera: Vendor) -> None:
    execute("CREATE ROLE nexus_test_user", "SET LOCAL SESSION AUTHORIZATION nexus_test_user")
    with pytest.raises(ProgrammingError, match="As an administrator: CREATE ROLE"):
        execute(made_for_tests())


def test_the_shop_passes_it_also_where_the_tables_are_another_users(vera: Vendor) -> None:
    execute("CREATE ROLE nexus_test_app")
    execute("GRANT SELECT ON ALL TABLES IN SCHEMA public TO nexus_test_app")
    if not is_of_16():
        pytest.skip("before PostgreSQL 16 a member of the role inherits it")
    execute("GRANT nexus_vendor TO nexus_test_app WITH INHERIT FALSE, SET TRUE")
    execute("SET LOCAL SESSION AUTHORIZATION nexus_test_app")
    assert {product.name for product in Product.objects.all()} == {"Vase", "Coat"}
    with walls.behind(vera.pk):
        assert [product.name for product in Product.objects.all()] == ["Vase"]
    assert list(audits.wall()) == []


def execute(*statements: str) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def made_for_tests() -> str:
    """What the migration does, for a role that is not there yet."""
    return walls.GRANT_ROLE.replace(walls.ROLE, "nexus_vendor_test")


def is_of_16() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version_num")
        (number,) = cursor.fetchone()
    return int(number) >= 160000
