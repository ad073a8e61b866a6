"""POST /api/auth/jwt/refresh/."""

import threading
import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.db import connections
from django.utils import timezone

from shop.accounts import tokens
from shop.accounts.models import AuthSession
from shop.accounts.tests.make import make_session, make_user
from tests.api import body, client_of, codes

URL = "/api/auth/jwt/refresh/"


def refresh(token: Any) -> Any:
    return client_of().post(URL, {"refresh": token})


def works(access: str) -> bool:
    client = client_of()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {access}")
    return bool(client.get("/api/auth/user/").status_code == 200)


@pytest.mark.django_db
def test_answers_a_new_pair_each_time() -> None:
    session = make_session(make_user())
    pair = tokens.pair_for(session)
    for _ in range(3):
        response = refresh(pair["refresh"])
        assert response.status_code == 200
        assert set(body(response)) == {"access", "refresh"}
        assert body(response)["refresh"] != pair["refresh"]
        pair = body(response)
    assert works(pair["access"])


@pytest.mark.django_db
def test_keeps_the_session_alive_for_as_long_as_a_new_one(settings: Any) -> None:
    session = make_session(make_user())
    refresh(tokens.pair_for(session)["refresh"])
    session.refresh_from_db()
    left = session.expires_at - timezone.now()
    assert abs(left - settings.REFRESH_TOKEN_LIFETIME) < timedelta(minutes=1)


@pytest.mark.django_db
def test_ends_the_family_when_a_spent_token_comes_back() -> None:
    alice = make_user()
    stolen = tokens.pair_for(make_session(alice))
    elsewhere = tokens.pair_for(make_session(alice))
    newest = body(refresh(stolen["refresh"]))

    again = refresh(stolen["refresh"])
    assert again.status_code == 401
    assert codes(again) == ["token_not_valid"]

    assert refresh(newest["refresh"]).status_code == 401
    assert not works(newest["access"])
    assert not works(stolen["access"])
    assert works(elsewhere["access"])
    assert refresh(elsewhere["refresh"]).status_code == 200


@pytest.mark.django_db(transaction=True)
def test_lets_one_of_many_parallel_uses_win() -> None:
    for _ in range(5):
        session = make_session(make_user())
        token = tokens.pair_for(session)["refresh"]
        answers: list[Any] = []
        start = threading.Barrier(8)

        def use(token: str = token, start: threading.Barrier = start) -> None:
            start.wait()
            answers.append(refresh(token))  # noqa: B023 (joined before the next round)
            connections.close_all()

        threads = [threading.Thread(target=use) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(answer.status_code for answer in answers) == [200] + [401] * 7
        # The others were uses of a spent token, so the family has ended.
        session.refresh_from_db()
        assert session.revoked_at


@pytest.mark.django_db
def test_refuses_ended_and_expired_sessions_and_inactive_people() -> None:
    ended, expired, inactive = (make_session(make_user()) for _ in range(3))
    pairs = [tokens.pair_for(session) for session in (ended, expired, inactive)]
    AuthSession.objects.filter(pk=ended.pk).update(revoked_at=timezone.now())
    AuthSession.objects.filter(pk=expired.pk).update(expires_at=timezone.now() - timedelta(hours=1))
    inactive.user.is_active = False
    inactive.user.save()
    for pair in pairs:
        assert codes(refresh(pair["refresh"])) == ["token_not_valid"]


@pytest.mark.django_db
def test_does_not_end_a_session_for_an_expired_token() -> None:
    session = make_session(make_user())
    session.expires_at = timezone.now() - timedelta(hours=1)
    assert refresh(tokens.pair_for(session)["refresh"]).status_code == 401
    session.refresh_from_db()
    assert session.revoked_at is None


@pytest.mark.django_db
def test_refuses_what_is_no_refresh_token(settings: Any) -> None:
    session = make_session(make_user())
    pair = tokens.pair_for(session)
    unknown = AuthSession(
        user=session.user, refresh_jti=uuid.uuid4(), expires_at=session.expires_at
    )
    head, payload, signature = pair["refresh"].split(".")
    forged = f"{head}.{payload}.{signature[::-1]}"
    for token in (pair["access"], tokens.pair_for(unknown)["refresh"], forged, "x", "a.b.c", "é"):
        response = refresh(token)
        assert response.status_code == 401
        assert codes(response) == ["token_not_valid"]
    assert refresh(pair["refresh"]).status_code == 200


@pytest.mark.django_db
@pytest.mark.parametrize("value", [None, "", 5, False, ["x"], {"a": "b"}, "x" * 5000])
def test_refuses_what_is_no_text(value: Any) -> None:
    response = refresh(value)
    assert response.status_code == 400
    assert codes(response)


@pytest.mark.django_db
def test_refuses_a_body_without_a_token() -> None:
    assert codes(client_of().post(URL, {})) == ["required"]
