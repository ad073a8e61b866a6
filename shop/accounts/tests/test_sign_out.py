"""POST /api/auth/logout/."""

from typing import Any

import pytest
from rest_framework.test import APIClient

from shop.accounts import services, tokens
from shop.accounts.models import AuthSession, User
from shop.accounts.tests.make import make_session, make_user
from tests.api import client_of, codes

pytestmark = pytest.mark.django_db

URL = "/api/auth/logout/"


@pytest.fixture
def alice() -> User:
    return make_user()


def signed_in(session: AuthSession) -> APIClient:
    client = client_of()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {tokens.pair_for(session)['access']}")
    return client


def is_alive(session: AuthSession) -> bool:
    return bool(signed_in(session).get("/api/auth/user/").status_code == 200)


def test_ends_the_session_of_the_refresh_token(alice: User) -> None:
    here, there = make_session(alice), make_session(alice)
    refresh = tokens.pair_for(here)["refresh"]
    response = signed_in(here).post(URL, {"refresh": refresh})
    assert response.status_code == 205
    assert response.content == b""
    assert (is_alive(here), is_alive(there)) == (False, True)
    assert client_of().post("/api/auth/jwt/refresh/", {"refresh": refresh}).status_code == 401


def test_takes_a_spent_token_of_the_session(alice: User) -> None:
    session = make_session(alice)
    spent = tokens.pair_for(session)["refresh"]
    services.refresh_session(refresh=spent)
    assert signed_in(session).post(URL, {"refresh": spent}).status_code == 205
    assert not is_alive(session)


def test_ends_every_session_when_asked(alice: User) -> None:
    here, there, bobs = make_session(alice), make_session(alice), make_session(make_user())
    assert signed_in(here).post(URL, {"all": True}).status_code == 205
    assert [is_alive(session) for session in (here, there, bobs)] == [False, False, True]


def test_leaves_other_peoples_sessions_alone(alice: User) -> None:
    bobs = make_session(make_user())
    response = client_of(alice).post(URL, {"refresh": tokens.pair_for(bobs)["refresh"]})
    assert response.status_code == 401
    assert codes(response) == ["token_not_valid"]
    assert is_alive(bobs)


@pytest.mark.parametrize(
    "data",
    [{}, {"all": False}, {"all": "maybe"}, {"all": []}, {"refresh": None}, {"refresh": 5}],
)
def test_refuses_a_body_that_names_no_session(alice: User, data: dict[str, Any]) -> None:
    session = make_session(alice)
    assert signed_in(session).post(URL, data).status_code == 400
    assert is_alive(session)


def test_needs_a_token() -> None:
    response = client_of().post(URL, {"all": True})
    assert response.status_code == 401
    assert codes(response) == ["not_authenticated"]
