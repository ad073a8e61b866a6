"""People for tests."""

import itertools
import uuid
from datetime import timedelta
from typing import Any

from django.contrib.auth.models import Group
from django.utils import timezone

from shop.accounts import tokens
from shop.accounts.models import AuthSession, User

PASSWORD = "correct-horse-battery"

_numbers = itertools.count(1)


def make_user(email: str | None = None, *, password: str = PASSWORD, **fields: Any) -> User:
    """A customer with a confirmed address."""
    email = email or f"user{next(_numbers)}@example.test"
    fields = {"username": email, "is_verified": True} | fields
    return User.objects.create_user(email=email, password=password, **fields)


def make_staff(*groups: str, email: str | None = None) -> User:
    """Staff in the named groups, such as "catalog managers"."""
    user = make_user(email, is_staff=True)
    user.groups.set(Group.objects.filter(name__in=groups))
    assert user.groups.count() == len(groups), "unknown group"
    return user


def access_token(user: User) -> str:
    """An access token of a fresh session of `user`."""
    session = AuthSession.objects.create(
        user=user, refresh_jti=uuid.uuid4(), expires_at=timezone.now() + timedelta(days=1)
    )
    return tokens.pair_for(session)["access"]
