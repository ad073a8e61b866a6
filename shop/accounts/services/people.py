"""Opening, changing and erasing an account."""

import secrets
from typing import TypedDict

from django.db import IntegrityError, transaction
from psycopg import Error as PostgresError

from shop.accounts import querysets
from shop.accounts.errors import EmailNotUsable, EmailTaken, UsernameTaken
from shop.accounts.events import EmailChanged, UserErased, UserRegistered
from shop.accounts.models import User, normalize_email
from shop.accounts.services.passwords import check_new_password
from shop.core.errors import DomainError
from shop.core.events import publish
from shop.core.models import IdempotencyKey
from shop.core.transactions import atomic

USERNAME_LENGTH = 150

_REFUSALS: dict[str, type[EmailTaken | UsernameTaken | EmailNotUsable]] = {
    "accounts_user_email_key": EmailTaken,
    "accounts_user_username_key": UsernameTaken,
    # PostgreSQL and Python disagree about the lower case of a few rare letters.
    "user_email_is_lower": EmailNotUsable,
}


class UserChanges(TypedDict, total=False):
    email: str
    username: str
    first_name: str
    last_name: str
    phone_number: str


def register_user(
    *,
    email: str,
    password: str,
    username: str = "",
    first_name: str = "",
    last_name: str = "",
    phone_number: str = "",
) -> User:
    """A new customer; `phone_number` is E.164. The username defaults to the e-mail address.

    Raises `PasswordNotAccepted`, `EmailTaken` or `UsernameTaken`.
    """
    email = normalize_email(email)
    user = User(
        email=email,
        username=User.normalize_username(username) or email[:USERNAME_LENGTH],
        first_name=first_name,
        last_name=last_name,
        phone_number=phone_number,
    )
    check_new_password(password=password, user=user)
    # Before the transaction: hashing takes long, and a row must not be locked meanwhile.
    user.set_password(password)
    with transaction.atomic():
        _insert(user, may_rename=not username)
        publish(UserRegistered(user_id=user.pk))
    return user


@atomic
def change_user(*, user: User, changes: UserChanges) -> User:
    """Change what is named in `changes`; a new e-mail address has to be confirmed again.

    Raises `EmailTaken` or `UsernameTaken`.
    """
    changed = querysets.locked(user)
    before = changed.email
    for field, value in changes.items():
        setattr(changed, field, value)
    changed.email = normalize_email(changed.email)
    if changed.email != before:
        changed.is_verified = False
    _save(changed)
    if changed.email != before:
        publish(EmailChanged(user_id=changed.pk))
    return changed


@atomic
def erase_user(*, user: User) -> None:
    """Remove everything personal and end every session, for ever.

    The row stays without a name: orders, payments and reviews refer to it. Orders keep
    their own copy of the address, as bookkeeping laws ask.
    """
    erased = querysets.locked(user)
    name = f"erased-{erased.pk}-{secrets.token_hex(4)}"
    erased.username, erased.email = name, f"{name}{querysets.ERASED}"
    erased.first_name = erased.last_name = erased.phone_number = ""
    erased.is_active = erased.is_staff = erased.is_superuser = erased.is_verified = False
    erased.set_unusable_password()
    erased.save()
    erased.groups.clear()
    erased.user_permissions.clear()
    erased.addresses.all().delete()
    # Not only ended: they tell of devices and places.
    erased.auth_sessions.all().delete()
    # Answers tell of addresses; nobody is left who could repeat the requests.
    IdempotencyKey.objects.filter(user=erased).delete()
    publish(UserErased(user_id=erased.pk))


def _insert(user: User, *, may_rename: bool) -> None:
    try:
        _save(user)
    except UsernameTaken:
        if not may_rename:
            raise
        # Somebody else chose this address as a username.
        user.username = f"{user.username[: USERNAME_LENGTH - 9]}-{secrets.token_hex(4)}"
        _save(user)


def _save(user: User) -> None:
    """Let the constraints decide: they also hold between parallel requests."""
    try:
        with transaction.atomic():
            user.save()
    except IntegrityError as error:
        raise _refusal(error) or error from None


def _refusal(error: IntegrityError) -> DomainError | None:
    cause = error.__cause__
    name = cause.diag.constraint_name if isinstance(cause, PostgresError) else None
    kind = _REFUSALS.get(name or "")
    return kind() if kind else None
