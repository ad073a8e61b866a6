"""The cast: alice buys, vera and walt sell, the clerk, mona and milo are staff."""

import pytest

from shop.accounts.models import User
from shop.accounts.tests.make import make_staff, make_user
from shop.vendors.models import Vendor
from shop.vendors.tests.make import make_vendor


@pytest.fixture
def alice(db: None) -> User:
    return make_user("alice@example.test")


@pytest.fixture
def clerk(db: None) -> User:
    return make_staff("order managers", email="clerk@example.test")


@pytest.fixture
def vera(db: None) -> Vendor:
    return make_vendor("Vera", owner=make_user("vera@example.test"))


@pytest.fixture
def walt(db: None) -> Vendor:
    return make_vendor("Walt", owner=make_user("walt@example.test"))


@pytest.fixture
def mona(db: None) -> User:
    return make_staff("vendor managers", email="mona@example.test")


@pytest.fixture
def milo(db: None) -> User:
    return make_staff("vendor managers", email="milo@example.test")
