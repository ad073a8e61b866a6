"""The cast: the shop itself, vera who sells, alice who buys, and a receiver on this machine."""

from collections.abc import Iterator

import pytest
from pytest_django import Settings

from shop.accounts.models import User
from shop.accounts.tests.make import make_user
from shop.vendors.models import Vendor
from shop.vendors.tests.make import make_vendor
from shop.webhooks.tests.make import Receiver, receiving


@pytest.fixture(autouse=True)
def strict(settings: Settings) -> None:
    """As a shop in production is."""
    settings.WEBHOOKS_ALLOW_HTTP = False
    settings.WEBHOOKS_ALLOWED_NETWORKS = []


@pytest.fixture
def vera(db: None) -> User:
    return make_user("vera@example.test")


@pytest.fixture
def vases(vera: User) -> Vendor:
    return make_vendor("Vera's vases", owner=vera)


@pytest.fixture
def alice(db: None) -> User:
    return make_user("alice@example.test")


@pytest.fixture
def local(settings: Settings) -> None:
    """The shop may send to this machine."""
    settings.WEBHOOKS_ALLOW_HTTP = True
    settings.WEBHOOKS_ALLOWED_NETWORKS = ["127.0.0.0/8", "::1/128"]


@pytest.fixture
def receiver(local: None) -> Iterator[Receiver]:
    with receiving() as receiver:
        yield receiver
