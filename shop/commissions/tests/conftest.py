"""The cast: alice buys, vera sells vases, victor looks after vendors for the shop."""

import pytest

from shop.accounts.models import User
from shop.accounts.tests.make import make_user
from shop.commissions.tests.make import make_vendor_manager
from shop.vendors.models import Vendor
from shop.vendors.tests.make import make_vendor


@pytest.fixture
def alice(db: None) -> User:
    return make_user("alice@example.test")


@pytest.fixture
def vera(db: None) -> User:
    return make_user("vera@example.test")


@pytest.fixture
def vases(vera: User) -> Vendor:
    return make_vendor("Vera's vases", owner=vera)


@pytest.fixture
def victor(db: None) -> User:
    return make_vendor_manager()
