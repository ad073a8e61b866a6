"""Signing in, staying signed in, signing out."""

import uuid
from datetime import timedelta

from django.conf import settings
from django.contrib.auth import authenticate
from django.db import connection, transaction
from django.db.models import QuerySet
from django.db.models.functions import Now
from django.utils import timezone

from shop.accounts import limits, querysets, tokens
from shop.accounts.errors import CredentialsNotValid, TokenNotValid
from shop.accounts.models import AuthSession, User, normalize_email
from shop.core.pruning import delete_in_pieces
from shop.core.transactions import atomic

KEEP_EXPIRED_SESSIONS = timedelta(days=30)


def sign_in(*, email: str, password: str, address: str = "", user_agent: str = "") -> AuthSession:
    """A new session; raises `CredentialsNotValid` or, after many failures, `TooManyRequests`.

    Unknown, inactive and existing accounts take the same time and the same limit. Past the
    limit the password is not even looked at, so that a right one cannot be told from a wrong
    one. This is no transaction: a failure must stay counted.
    """
    email = normalize_email(email)
    known = address if querysets.has_signed_in_from(email=email, address=address) else None
    subject = limits.sign_in_subject(email, known_address=known)
    limits.SIGN_IN_OF_ACCOUNT.count(subject)
    user = authenticate(username=email, password=password)
    if not isinstance(user, User):
        raise CredentialsNotValid
    limits.SIGN_IN_OF_ACCOUNT.give_back(subject)
    return open_session(user=user, address=address, user_agent=user_agent)


@atomic
def open_session(*, user: User, address: str = "", user_agent: str = "") -> AuthSession:
    """A session of `user`, whoever they proved to be; `tokens.pair_for` makes its tokens."""
    User.objects.filter(pk=user.pk).update(last_login=Now())
    return AuthSession.objects.create(
        user=user,
        refresh_jti=uuid.uuid4(),
        address=address[:64],
        user_agent=user_agent.replace("\0", "")[:200],
        expires_at=timezone.now() + settings.REFRESH_TOKEN_LIFETIME,
    )


def refresh_session(*, refresh: str) -> AuthSession:
    """Spend the token `refresh`: the session with its next `refresh_jti` and a new expiry.

    A token that was spent before is in two hands: the session ends and this raises
    `TokenNotValid`. Of parallel uses one wins, and the others end the session.
    """
    session_id, jti = tokens.read_refresh_token(refresh)
    # The end of the session must be committed although the call is refused: that comes after.
    with transaction.atomic():
        session = _rotate(session_id, jti)
        if session is None:
            reused = AuthSession.objects.filter(pk=session_id).exclude(refresh_jti=jti)
            _end(reused)
    if session is None:
        raise TokenNotValid
    return session


@atomic
def end_session(*, user: User, refresh: str) -> None:
    """Sign `user` out of the session that `refresh`, spent or not, belongs to."""
    session_id, _ = tokens.read_refresh_token(refresh)
    own = AuthSession.objects.filter(pk=session_id, user=user)
    if not own.exists():
        raise TokenNotValid
    _end(own)


@atomic
def end_all_sessions(*, user: User, keep: AuthSession | None = None) -> None:
    """Sign `user` out everywhere, or everywhere but in `keep`."""
    sessions = AuthSession.objects.filter(user=user)
    _end(sessions.exclude(pk=keep.pk) if keep else sessions)


def prune_sessions() -> int:
    """Delete sessions that expired long ago; returns how many."""
    return delete_in_pieces(
        AuthSession.objects.filter(expires_at__lt=Now() - KEEP_EXPIRED_SESSIONS)
    )


def _end(sessions: QuerySet[AuthSession]) -> None:
    sessions.filter(revoked_at=None).update(revoked_at=Now())


def _rotate(session_id: uuid.UUID, jti: uuid.UUID) -> AuthSession | None:
    """One statement decides who wins.

    Its conditions are on the row itself: PostgreSQL checks them again after waiting for
    another one's UPDATE, which it would not do inside a subquery.
    """
    sessions = connection.ops.quote_name(AuthSession._meta.db_table)
    users = connection.ops.quote_name(User._meta.db_table)
    rows = AuthSession.objects.raw(
        f"""
        UPDATE {sessions} AS s
        SET refresh_jti = %s, refreshed_at = now(), expires_at = now() + %s
        FROM {users} AS u
        WHERE s.id = %s AND s.refresh_jti = %s AND s.revoked_at IS NULL AND s.expires_at > now()
          AND u.id = s.user_id AND u.is_active
        RETURNING s.*
        """,  # noqa: S608 (the tables' names come from the models)
        [uuid.uuid4(), settings.REFRESH_TOKEN_LIFETIME, session_id, jti],
    )
    return next(iter(rows), None)
