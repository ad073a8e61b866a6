"""POST /api/auth/password/change/."""

from typing import Any

import pytest
from django.core import mail

from shop.accounts import limits, tokens
from shop.accounts.models import User
from shop.accounts.tests.make import PASSWORD, delivered_mails, make_session, make_user
from tests.api import body, client_of, codes

pytestmark = pytest.mark.django_db

URL = "/api/auth/password/change/"
NEW = "staple-battery-4-ever"


@pytest.fixture
def alice() -> User:
    return make_user("alice@example.test")


def test_ends_every_session_but_this_one(alice: User) -> None:
    other = tokens.pair_for(make_session(alice))
    client = client_of(alice)
    response = client.post(URL, {"current_password": PASSWORD, "new_password": NEW})
    assert response.status_code == 200
    alice.refresh_from_db()
    assert alice.check_password(NEW)
    assert client.get("/api/auth/user/").status_code == 200
    assert client.post("/api/auth/jwt/refresh/", {"refresh": other["refresh"]}).status_code == 401


def test_tells_the_owner_by_mail(alice: User) -> None:
    client_of(alice).post(URL, {"current_password": PASSWORD, "new_password": NEW})
    (text,) = delivered_mails()
    assert mail.outbox[0].to == ["alice@example.test"]
    assert NEW not in text


def test_needs_the_present_password(alice: User) -> None:
    other = tokens.pair_for(make_session(alice))
    client = client_of(alice)
    response = client.post(URL, {"current_password": "wrong", "new_password": NEW})
    assert response.status_code == 400
    assert codes(response) == ["wrong_password"]
    assert body(response)["errors"][0]["attr"] == "current_password"
    alice.refresh_from_db()
    assert alice.check_password(PASSWORD)
    assert client.post("/api/auth/jwt/refresh/", {"refresh": other["refresh"]}).status_code == 200


def test_does_not_help_to_guess_the_present_password(alice: User) -> None:
    client = client_of(alice)
    for _ in range(limits.PASSWORD_CHECK_OF_ACCOUNT.times):
        client.post(URL, {"current_password": "wrong", "new_password": NEW})
    right = client.post(URL, {"current_password": PASSWORD, "new_password": NEW})
    assert right.status_code == 429
    assert right["Retry-After"]


@pytest.mark.parametrize(
    ("data", "attr"),
    [
        ({"current_password": PASSWORD, "new_password": "short"}, "new_password"),
        ({"current_password": PASSWORD, "new_password": "alice@example.test"}, "new_password"),
        ({"current_password": PASSWORD, "new_password": 12345678}, "new_password"),
        ({"current_password": PASSWORD, "new_password": "x" * 300}, "new_password"),
        ({"current_password": PASSWORD}, "new_password"),
        ({"new_password": NEW}, "current_password"),
        ({"current_password": [], "new_password": NEW}, "current_password"),
    ],
)
def test_refuses_a_bad_body(alice: User, data: dict[str, Any], attr: str) -> None:
    response = client_of(alice).post(URL, data)
    assert response.status_code == 400
    assert {error["attr"] for error in body(response)["errors"]} == {attr}
    alice.refresh_from_db()
    assert alice.check_password(PASSWORD)


def test_needs_a_token() -> None:
    assert client_of().post(URL, {}).status_code == 401
