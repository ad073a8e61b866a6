"""The cast: vera sells, wim too and must see nothing of hers, the clerk is staff."""

from collections.abc import Iterator

import pytest
from pytest_django import Settings

from shop.accounts.models import User
from shop.accounts.tests.make import make_staff, make_user
from shop.ledger.tests.payouts.make import make_seller
from shop.payments.tests.fake_stripe import FakeStripe, offered
from shop.vendors.models import Vendor, VendorMember


def member_of(vendor: Vendor, role: str = "manager") -> User:
    user = make_user()
    VendorMember.objects.create(vendor=vendor, user=user, role=role)
    return user


@pytest.fixture
def vera(db: None) -> Vendor:
    return make_seller("Vera's Vases")


@pytest.fixture
def wim(db: None) -> Vendor:
    return make_seller("Wim's Wares")


@pytest.fixture
def clerk(db: None) -> User:
    return make_staff("vendor managers", email="clerk@example.test")


@pytest.fixture
def stripe(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeStripe]:
    """The shop has keys, and Stripe is in memory."""
    with offered(settings, monkeypatch) as fake:
        yield fake
