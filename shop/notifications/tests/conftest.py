"""The cast: alice buys, vera sells, the clerk and the curator are staff."""

import pytest

from shop.accounts.models import User
from shop.accounts.tests.make import make_staff, make_user


@pytest.fixture
def alice(db: None) -> User:
    return make_user("alice@example.test", first_name="Alice")


@pytest.fixture
def vera(db: None) -> User:
    return make_user("vera@example.test")


@pytest.fixture
def clerk(db: None) -> User:
    return make_staff("order managers", email="clerk@example.test")


@pytest.fixture
def curator(db: None) -> User:
    return make_staff("catalog managers", email="curator@example.test")
