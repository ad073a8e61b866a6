"""People for tests."""

import itertools
import re
import uuid
from datetime import timedelta
from importlib import import_module
from typing import Any

from django.apps import apps
from django.contrib.auth.models import Group
from django.core import mail
from django.utils import timezone

from shop.accounts import tokens
from shop.accounts.models import Address, AuthSession, User
from shop.accounts.services import add_address
from shop.core.relay import deliver_pending
from shop.notifications.services import send_waiting

PASSWORD = "correct-horse-battery"

_numbers = itertools.count(1)


def make_user(email: str | None = None, *, password: str = PASSWORD, **fields: Any) -> User:
    """A customer with a confirmed address."""
    email = email or f"user{next(_numbers)}@example.test"
    defaults: dict[str, Any] = {"username": email, "is_verified": True}
    return User.objects.create_user(email=email, password=password, **defaults | fields)


def make_staff(*groups: str, email: str | None = None) -> User:
    """Staff in the named groups, such as "catalog managers"."""
    if not Group.objects.exists():
        # Tests with transaction=True empty every table when they end.
        import_module("shop.accounts.migrations.0002_staff_groups").make_groups(apps, None)
        import_module("shop.vendors.migrations.0008_vendor_managers").make_group(apps, None)
    user = make_user(email, is_staff=True)
    user.groups.set(Group.objects.filter(name__in=groups))
    assert user.groups.count() == len(groups), "unknown group"
    return user


def make_session(user: User) -> AuthSession:
    """A sign-in of `user`."""
    return AuthSession.objects.create(
        user=user, refresh_jti=uuid.uuid4(), expires_at=timezone.now() + timedelta(days=1)
    )


def access_token(user: User) -> str:
    """An access token of a fresh session of `user`."""
    return tokens.pair_for(make_session(user))["access"]


ADDRESS = {
    "full_name": "Alice Archer",
    "line1": "12 Orchard Lane",
    "city": "Springfield",
    "region": "IL",
    "postal_code": "62701",
    "country": "US",
}


def make_address(user: User, **fields: Any) -> Address:
    """An entry of the address book of `user`."""
    return add_address(user=user, fields=ADDRESS | fields)


def delivered_mails() -> list[str]:
    """The texts of all mails, after everything that is waiting was told and sent."""
    while deliver_pending() or send_waiting():
        pass
    return [str(message.body) for message in mail.outbox]


def mailed(name: str) -> str:
    """The value of `name` ("token", "uid") that the last mail shows to API clients."""
    found = re.search(rf'"{name}": "([^"]+)"', delivered_mails()[-1])
    assert found, mail.outbox[-1].body
    return found[1]
