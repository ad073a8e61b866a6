"""The cast: alice buys, bob must see nothing of hers, the clerk is staff."""

from collections.abc import Iterator

import pytest
from pytest_django import Settings

from shop.accounts.models import User
from shop.accounts.tests.make import make_staff, make_user
from shop.payments.tests.fake_stripe import FakeStripe, offered


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
def stripe(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeStripe]:
    """The shop takes cards, and Stripe is in memory."""
    with offered(settings, monkeypatch) as fake:
        yield fake
