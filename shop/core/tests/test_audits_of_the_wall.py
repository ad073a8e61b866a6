"""What `verify` says of the role that sellers read as."""

import pytest
from django.db import connection

from shop.core import audits
from shop.core.tests.plant import told

pytestmark = pytest.mark.django_db


def execute(*statements: str) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def test_finds_nothing_where_all_is_well() -> None:
    assert told(audits.wall) == []


def test_finds_a_table_that_is_open() -> None:
    execute("ALTER TABLE products_variant DISABLE ROW LEVEL SECURITY")
    assert told(audits.wall) == ["Role nexus_vendor: it sees every row of products_variant"]


def test_finds_a_role_that_passes_its_own_wall() -> None:
    execute("ALTER ROLE nexus_vendor BYPASSRLS")
    assert told(audits.wall) == ["Role nexus_vendor: it sees the rows of every vendor"]


def test_finds_that_it_cannot_be_entered() -> None:
    execute("CREATE ROLE nexus_test_app", "SET LOCAL SESSION AUTHORIZATION nexus_test_app")
    (line,) = told(audits.wall)
    assert "nexus_test_app may not enter it" in line


def test_finds_who_is_behind_it_everywhere() -> None:
    execute("CREATE ROLE nexus_test_app INHERIT", "GRANT nexus_vendor TO nexus_test_app")
    execute("SET LOCAL SESSION AUTHORIZATION nexus_test_app")
    (line,) = told(audits.wall)
    assert "nexus_test_app inherits it" in line
