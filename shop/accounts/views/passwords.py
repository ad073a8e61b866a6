"""Passwords and confirmed addresses: `/api/auth/password/…`, `/api/auth/email/…`."""

from collections.abc import Mapping

from django.utils.translation import gettext as _
from rest_framework.request import Request
from rest_framework.response import Response

from shop.accounts import limits, services
from shop.accounts.errors import MailTokenNotValid, PasswordIsWrong, PasswordNotAccepted
from shop.accounts.serializers import (
    DoneOutput,
    EmailInput,
    PasswordChangeInput,
    PasswordResetConfirmInput,
    VerifyInput,
)
from shop.accounts.views import examples
from shop.accounts.views.base import PublicView, caller, parse, session_of
from shop.core.errors import TooManyRequests
from shop.core.once_per_key import OncePerKey
from shop.core.openapi import documented

CHANGED = {"detail": "The password was changed and other sessions were ended."}
MAILED = {"detail": "If an account waits for it, a mail is on its way to this address."}
CONFIRMED = {"detail": "The e-mail address is confirmed."}
MAIL_TOKEN = "WzQyLCJhbGljZSJd:1vLx2K:7Tq0"  # noqa: S105 (an example)


def done(words: Mapping[str, str]) -> Response:
    return Response({"detail": _(words["detail"])})


class PasswordChangeView(OncePerKey):
    @documented(
        "Change my password",
        request=PasswordChangeInput,
        response=DoneOutput,
        body={"current_password": examples.PASSWORD, "new_password": "staple-4-ever"},
        example=CHANGED,
        refuses=[PasswordIsWrong, PasswordNotAccepted, TooManyRequests],
        tags=["Passwords"],
    )
    def post(self, request: Request) -> Response:
        """Ends every session but this one."""
        body = parse(PasswordChangeInput, request)
        services.change_password(user=caller(request), keep=session_of(request), **body)
        return done(CHANGED)


class PasswordResetView(PublicView):
    limit = limits.RESET_FROM_ADDRESS

    @documented(
        "Ask for a new password",
        request=EmailInput,
        response=DoneOutput,
        body={"email": "alice@example.com"},
        example=MAILED,
        refuses=[TooManyRequests],
        tags=["Passwords"],
    )
    def post(self, request: Request) -> Response:
        """Mails `uid` and `token`. The answer is the same whether the account exists or not."""
        services.request_password_reset(**parse(EmailInput, request))
        return done(MAILED)


class PasswordResetConfirmView(PublicView):
    limit = limits.RESET_CONFIRM_FROM_ADDRESS

    @documented(
        "Set a new password",
        request=PasswordResetConfirmInput,
        response=DoneOutput,
        body={"uid": "NDI", "token": "cx3k9w-5d1f", "new_password": "staple-4-ever"},
        example=CHANGED,
        refuses=[MailTokenNotValid, PasswordNotAccepted, TooManyRequests],
        tags=["Passwords"],
    )
    def post(self, request: Request) -> Response:
        """Takes `uid` and `token` of the mail, once, and ends every session."""
        services.reset_password(**parse(PasswordResetConfirmInput, request))
        return done(CHANGED)


class EmailVerifyView(PublicView):
    @documented(
        "Confirm an e-mail address",
        request=VerifyInput,
        response=DoneOutput,
        body={"token": MAIL_TOKEN},
        example=CONFIRMED,
        refuses=[MailTokenNotValid],
        tags=["Account"],
    )
    def post(self, request: Request) -> Response:
        """Takes the token of the mail; may be repeated."""
        services.verify_email(**parse(VerifyInput, request))
        return done(CONFIRMED)


class EmailResendView(PublicView):
    limit = limits.VERIFICATION_FROM_ADDRESS

    @documented(
        "Mail the confirmation again",
        request=EmailInput,
        response=DoneOutput,
        body={"email": "alice@example.com"},
        example=MAILED,
        refuses=[TooManyRequests],
        tags=["Account"],
    )
    def post(self, request: Request) -> Response:
        """The answer is the same whether an account waits for it or not."""
        services.request_verification(**parse(EmailInput, request))
        return done(MAILED)
