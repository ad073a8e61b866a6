"""The cast: alice buys, bob must see nothing of hers, vera and otto sell, the clerk is staff."""

import pytest

from shop.accounts.models import User
from shop.accounts.tests.make import make_staff, make_user
from shop.orders.tests.sellers import Seller, make_seller


@pytest.fixture
def alice(db: None) -> User:
    return make_user("alice@example.test")


@pytest.fixture
def bob(db: None) -> User:
    return make_user("bob@example.test")


@pytest.fixture
def clerk(db: None) -> User:
    return make_staff("order managers", email="clerk@example.test")


@pytest.fixture
def vera(db: None) -> Seller:
    return make_seller("Vera's Vases")


@pytest.fixture
def otto(db: None) -> Seller:
    return make_seller("Otto's Coats")
