"""Choosing, changing and resetting passwords."""

from django.contrib.auth.hashers import make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models.functions import Now

from shop.accounts import limits, mail_tokens
from shop.accounts.errors import MailTokenNotValid, PasswordIsWrong, PasswordNotAccepted
from shop.accounts.events import PasswordChanged, PasswordResetRequested
from shop.accounts.models import AuthSession, User, normalize_email
from shop.accounts.services.sessions import end_all_sessions
from shop.core.errors import Problem, TooManyRequests
from shop.core.events import publish
from shop.core.transactions import atomic


def check_new_password(*, password: str, user: User, attr: str = "password") -> None:
    """Raises `PasswordNotAccepted` with a problem for every validator that refuses."""
    try:
        validate_password(password, user)
    except ValidationError as refused:
        raise PasswordNotAccepted(
            problems=[
                Problem(error.code or "invalid", " ".join(error.messages), attr)
                for error in refused.error_list
            ]
        ) from None


def change_password(
    *, user: User, current_password: str, new_password: str, keep: AuthSession | None
) -> None:
    """Set a new password and end every session but `keep`.

    Raises `PasswordIsWrong`, `PasswordNotAccepted`, or `TooManyRequests` after many wrong
    guesses: a stolen access token must not be enough to find out the password.
    """
    limits.PASSWORD_CHECK_OF_ACCOUNT.count(str(user.pk))
    if not user.check_password(current_password):
        raise PasswordIsWrong
    limits.PASSWORD_CHECK_OF_ACCOUNT.give_back(str(user.pk))
    check_new_password(password=new_password, user=user, attr="new_password")
    hashed = make_password(new_password)
    with transaction.atomic():
        if not _replace_password(user, hashed):
            raise PasswordIsWrong
        end_all_sessions(user=user, keep=keep)
        publish(PasswordChanged(user_id=user.pk))


@atomic
def request_password_reset(*, email: str) -> None:
    """Send a mail if `email` has an active account; the caller learns nothing either way."""
    user = User.objects.filter(email=normalize_email(email), is_active=True).first()
    if user is None:
        return
    try:
        limits.RESET_MAIL_TO_ACCOUNT.count(str(user.pk))
    except TooManyRequests:
        return
    publish(PasswordResetRequested(user_id=user.pk))


def reset_password(*, uid: str, token: str, new_password: str) -> None:
    """Set the password with what the mail said, once, and end every session.

    Whoever has the mail owns the address, so it counts as confirmed. Raises
    `MailTokenNotValid` or `PasswordNotAccepted`.
    """
    user = mail_tokens.user_of_reset_token(uid, token)
    check_new_password(password=new_password, user=user, attr="new_password")
    hashed = make_password(new_password)
    with transaction.atomic():
        if not _replace_password(user, hashed, is_verified=True):
            raise MailTokenNotValid
        end_all_sessions(user=user)
        publish(PasswordChanged(user_id=user.pk))


def _replace_password(user: User, hashed: str, **more: bool) -> bool:
    """Whether `user` still had the password and address that were checked; they are replaced."""
    same = User.objects.filter(pk=user.pk, password=user.password, email=user.email)
    return bool(same.update(password=hashed, updated_at=Now(), **more))
