"""The cast: alice buys, bob must see nothing of hers, the clerk is staff."""

import pytest

from shop.accounts.models import User
from shop.accounts.tests.make import make_staff, make_user


@pytest.fixture
def alice(db: None) -> User:
    return make_user("alice@example.test")


@pytest.fixture
def bob(db: None) -> User:
    return make_user("bob@example.test")


@pytest.fixture
def clerk(db: None) -> User:
    return make_staff("order managers", email="clerk@example.test")
