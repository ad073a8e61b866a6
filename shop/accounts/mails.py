"""The mails of accounts: plain text, each with a link and with what an API client needs."""

from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.core.mail import send_mail
from django.template.loader import render_to_string

from shop.accounts import mail_tokens
from shop.accounts.models import User


def send_verification(user: User) -> None:
    token = mail_tokens.verification_token(user)
    _send(
        user,
        f"Confirm your e-mail address for {settings.SHOP_NAME}",
        "verify_email",
        token=token,
        link=_link("verify-email", token=token),
        days=mail_tokens.VERIFICATION_LIFETIME.days,
    )


def send_password_reset(user: User) -> None:
    uid, token = mail_tokens.reset_uid(user), mail_tokens.reset_token(user)
    _send(
        user,
        f"Set a new password for {settings.SHOP_NAME}",
        "reset_password",
        uid=uid,
        token=token,
        link=_link("reset-password", uid=uid, token=token),
        hours=int(mail_tokens.RESET_LIFETIME.total_seconds() // 3600),
    )


def send_password_changed(user: User) -> None:
    _send(user, f"Your password for {settings.SHOP_NAME} was changed", "password_changed")


def _link(page: str, **query: str) -> str:
    """An address of the shop's front end."""
    return f"{settings.SHOP_URL.rstrip('/')}/{page}?{urlencode(query)}"


def _send(user: User, subject: str, template: str, **context: Any) -> None:
    context |= {
        "user": user,
        "shop_name": settings.SHOP_NAME,
        "api": f"{settings.SHOP_URL.rstrip('/')}/api/auth",
    }
    text = render_to_string(f"accounts/mail/{template}.txt", context)
    send_mail(subject, text, settings.DEFAULT_FROM_EMAIL, [user.email])
