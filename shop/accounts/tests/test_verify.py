"""POST /api/auth/jwt/verify/."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from shop.accounts import services, tokens
from shop.accounts.models import AuthSession
from shop.accounts.tests.make import make_session, make_user
from tests.api import body, client_of, codes

pytestmark = pytest.mark.django_db


def verify(token: Any) -> Any:
    return client_of().post("/api/auth/jwt/verify/", {"token": token})


@pytest.fixture
def session() -> AuthSession:
    return make_session(make_user())


def assert_dead(pair: dict[str, str]) -> None:
    for token in pair.values():
        response = verify(token)
        assert response.status_code == 401
        assert codes(response) == ["token_not_valid"]


def test_accepts_both_kinds_and_spends_none(session: AuthSession) -> None:
    for token in list(tokens.pair_for(session).values()) * 2:
        response = verify(token)
        assert response.status_code == 200
        assert body(response) == {}


def test_refuses_a_spent_refresh_token_without_ending_the_session(session: AuthSession) -> None:
    spent = tokens.pair_for(session)["refresh"]
    newest = tokens.pair_for(services.refresh_session(refresh=spent))
    assert verify(spent).status_code == 401
    assert verify(newest["refresh"]).status_code == 200


def test_refuses_tokens_of_somebody_who_signed_out(session: AuthSession) -> None:
    services.end_all_sessions(user=session.user)
    assert_dead(tokens.pair_for(session))


def test_refuses_tokens_of_inactive_people(session: AuthSession) -> None:
    session.user.is_active = False
    session.user.save()
    assert_dead(tokens.pair_for(session))


def test_refuses_tokens_of_erased_people(session: AuthSession) -> None:
    pair = tokens.pair_for(session)
    services.erase_user(user=session.user)
    assert_dead(pair)


def test_refuses_tokens_of_expired_sessions(session: AuthSession) -> None:
    pair = tokens.pair_for(session)
    AuthSession.objects.update(expires_at=timezone.now() - timedelta(hours=1))
    assert_dead(pair)


@pytest.mark.parametrize("token", ["rubbish", "a.b.c", "e30.e30.e30"])
def test_refuses_what_is_no_token(token: str) -> None:
    assert verify(token).status_code == 401


@pytest.mark.parametrize("token", [None, 5, [], {}, "", "x" * 5000])
def test_refuses_what_is_no_text(token: Any) -> None:
    assert verify(token).status_code == 400
