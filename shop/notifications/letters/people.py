"""Letters to people about their accounts, each with what an API client needs."""

from typing import Any
from urllib.parse import urlencode

from django.conf import settings

from shop.accounts import mail_tokens
from shop.accounts.models import User
from shop.notifications.letters.letter import Letter


def welcome(user_id: int) -> list[Letter]:
    """With the request to confirm the address."""
    return _confirmation(user_id, f"Welcome to {settings.SHOP_NAME}: please confirm your address")


def verify_email(user_id: int) -> list[Letter]:
    return _confirmation(user_id, f"Confirm your e-mail address for {settings.SHOP_NAME}")


def reset_password(user_id: int) -> list[Letter]:
    user = _active(user_id)
    if user is None:
        return []
    uid, token = mail_tokens.reset_uid(user), mail_tokens.reset_token(user)
    subject = f"Set a new password for {settings.SHOP_NAME}"
    context = {
        "uid": uid,
        "token": token,
        "link": _link("reset-password", uid=uid, token=token),
        "hours": int(mail_tokens.RESET_LIFETIME.total_seconds() // 3600),
    }
    return [_to(user, subject, has_secret=True, **context)]


def password_changed(user_id: int) -> list[Letter]:
    user = _active(user_id)
    subject = f"Your password for {settings.SHOP_NAME} was changed"
    return [_to(user, subject)] if user else []


def _confirmation(user_id: int, subject: str) -> list[Letter]:
    user = _active(user_id)
    if user is None or user.is_verified:
        return []
    token = mail_tokens.verification_token(user)
    context = {
        "token": token,
        "link": _link("verify-email", token=token),
        "days": mail_tokens.VERIFICATION_LIFETIME.days,
    }
    return [_to(user, subject, has_secret=True, **context)]


def _active(user_id: int) -> User | None:
    return User.objects.filter(pk=user_id, is_active=True).first()


def _to(user: User, subject: str, *, has_secret: bool = False, **context: Any) -> Letter:
    api = f"{settings.SHOP_URL.rstrip('/')}/api/auth"
    return Letter(
        to=user.email,
        user_id=user.pk,
        subject=subject,
        has_secret=has_secret,
        context={"name": user.first_name, "email": user.email, "api": api, **context},
    )


def _link(page: str, **query: str) -> str:
    """An address of the shop's front end."""
    return f"{settings.SHOP_URL.rstrip('/')}/{page}?{urlencode(query)}"
