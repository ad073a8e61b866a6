"""Signed tokens: simplejwt signs and verifies, our session table says what is still valid."""

import uuid
from typing import Any, TypeVar

from django.db.models.functions import Now
from rest_framework_simplejwt.exceptions import TokenError
from rest_framework_simplejwt.tokens import AccessToken, RefreshToken, Token, UntypedToken

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


def read_refresh_token(raw: str) -> tuple[uuid.UUID, uuid.UUID]:
    """The session's id and the `jti` that tells its refresh tokens apart."""
    token = decode(RefreshToken, raw)
    return _uuid_claim(token, SESSION_CLAIM), _uuid_claim(token, "jti")


def session_of_access_token(raw: str) -> AuthSession:
    """The live session that the access token `raw` belongs to, with its active user."""
    return _live_session(decode(AccessToken, raw))


def verify(raw: str) -> None:
    """Raises `TokenNotValid` unless `raw`, access or refresh, would be accepted now."""
    token = decode(UntypedToken, raw)
    if token.get("token_type") == RefreshToken.token_type:
        _live_session(token, refresh_jti=_uuid_claim(token, "jti"))
    else:
        _live_session(decode(AccessToken, raw))


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


def _live_session(token: Token, **more: Any) -> AuthSession:
    session = (
        AuthSession.objects.select_related("user")
        .filter(
            pk=_uuid_claim(token, SESSION_CLAIM),
            revoked_at=None,
            expires_at__gt=Now(),
            user__is_active=True,
            **more,
        )
        .first()
    )
    if session is None:
        raise TokenNotValid
    return session


def _uuid_claim(token: Token, name: str) -> uuid.UUID:
    try:
        return uuid.UUID(str(token[name]))
    except (KeyError, ValueError):
        raise TokenNotValid from None
