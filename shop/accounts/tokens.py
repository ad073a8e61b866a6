"""Signed tokens: simplejwt signs and verifies, our session table says what is still valid."""

import uuid
from typing import Any, TypeVar

from rest_framework_simplejwt.exceptions import TokenError
from rest_framework_simplejwt.tokens import AccessToken, RefreshToken, Token

from shop.accounts.errors import TokenNotValid
from shop.accounts.models import AuthSession

T = TypeVar("T", bound=Token)

SESSION_CLAIM = "sid"


def decode(kind: type[T], raw: str) -> T:
    """The verified token of `kind`; raises `TokenNotValid`."""
    try:
        # simplejwt's stubs want its own Token here; it takes the text.
        raw_token: Any = raw
        return kind(raw_token)
    except (TokenError, TypeError, ValueError):
        raise TokenNotValid from None


def session_id(token: Token) -> uuid.UUID:
    try:
        return uuid.UUID(str(token[SESSION_CLAIM]))
    except (KeyError, ValueError):
        raise TokenNotValid from None


def session_of_access_token(raw: str) -> AuthSession:
    """The live session that the access token `raw` belongs to, with its active user."""
    token = decode(AccessToken, raw)
    session = (
        AuthSession.objects.select_related("user")
        .filter(pk=session_id(token), revoked_at=None, user__is_active=True)
        .first()
    )
    if session is None:
        raise TokenNotValid
    return session


def pair_for(session: AuthSession) -> dict[str, str]:
    """`{"access", "refresh"}` for the session's present `refresh_jti`."""
    refresh = RefreshToken()
    access = AccessToken()
    for token in (refresh, access):
        token[SESSION_CLAIM] = str(session.pk)
        token["user_id"] = str(session.user_id)
    refresh["jti"] = session.refresh_jti.hex
    refresh["exp"] = int(session.expires_at.timestamp())
    return {"access": str(access), "refresh": str(refresh)}
