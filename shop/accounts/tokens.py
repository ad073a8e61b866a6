"""Signed tokens: simplejwt signs and verifies, our session table says what is still valid."""

import uuid
from typing import Any, TypeVar

from django.db import connection
from rest_framework_simplejwt.exceptions import TokenError
from rest_framework_simplejwt.tokens import AccessToken, RefreshToken, Token, UntypedToken

from shop.accounts.errors import TokenNotValid
from shop.accounts.models import AuthSession, User

T = TypeVar("T", bound=Token)

SESSION_CLAIM = "sid"

_SESSION = [field.attname for field in AuthSession._meta.concrete_fields]
_USER = [field.attname for field in User._meta.concrete_fields]
# By hand, because every signed-in request begins with it: building it by the ORM took
# longer than PostgreSQL takes to answer it.
_LIVE_SESSION = f"""
    SELECT {", ".join(f"session.{name}" for name in _SESSION)},
           {", ".join(f"person.{name}" for name in _USER)}
    FROM {AuthSession._meta.db_table} AS session
    JOIN {User._meta.db_table} AS person ON person.id = session.user_id
    WHERE session.id = %s AND session.refresh_jti = coalesce(%s, session.refresh_jti)
      AND session.revoked_at IS NULL AND session.expires_at > statement_timestamp()
      AND person.is_active
"""  # noqa: S608 (the names come from the models)


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


def _live_session(token: Token, *, refresh_jti: uuid.UUID | None = None) -> AuthSession:
    with connection.cursor() as cursor:
        cursor.execute(_LIVE_SESSION, [_uuid_claim(token, SESSION_CLAIM), refresh_jti])
        row = cursor.fetchone()
    if row is None:
        raise TokenNotValid
    session = AuthSession.from_db(connection.alias, _SESSION, row[: len(_SESSION)])
    session.user = User.from_db(connection.alias, _USER, row[len(_SESSION) :])
    return session


def _uuid_claim(token: Token, name: str) -> uuid.UUID:
    try:
        return uuid.UUID(str(token[name]))
    except (KeyError, ValueError):
        raise TokenNotValid from None
