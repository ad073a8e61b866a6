"""POST /api/auth/jwt/create/."""

from typing import Any

import pytest

from shop.accounts import limits
from shop.accounts.models import AuthSession, User
from shop.accounts.tests.make import PASSWORD, make_user
from shop.core.models import RateLimitCounter
from tests.api import body, client_of, codes

pytestmark = pytest.mark.django_db

URL = "/api/auth/jwt/create/"
MOST = limits.SIGN_IN_OF_ACCOUNT.times


@pytest.fixture
def alice() -> User:
    return make_user("alice@example.test")


def sign_in(
    email: str = "alice@example.test", password: str = PASSWORD, address: str = "192.0.2.1"
) -> Any:
    return client_of().post(URL, {"email": email, "password": password}, REMOTE_ADDR=address)


def test_answers_tokens_that_work(alice: User) -> None:
    response = sign_in()
    assert response.status_code == 200
    assert set(body(response)) == {"access", "refresh"}
    client = client_of()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {body(response)['access']}")
    assert body(client.get("/api/auth/user/"))["id"] == alice.pk
    alice.refresh_from_db()
    assert alice.last_login


def test_does_not_care_how_the_address_is_spelled(alice: User) -> None:
    assert sign_in(" ALICE@example.test").status_code == 200


def test_remembers_where_the_session_began(alice: User) -> None:
    data = {"email": alice.email, "password": PASSWORD}
    client_of().post(URL, data, HTTP_USER_AGENT="x" * 999, REMOTE_ADDR="192.0.2.1")
    session = AuthSession.objects.get()
    assert (session.address, session.user_agent) == ("192.0.2.1", "x" * 200)


def test_ignores_a_dead_token_in_the_header(alice: User) -> None:
    client = client_of()
    client.credentials(HTTP_AUTHORIZATION="Bearer rubbish")
    response = client.post(URL, {"email": alice.email, "password": PASSWORD})
    assert response.status_code == 200


def test_says_the_same_of_wrong_unknown_and_inactive(alice: User) -> None:
    make_user("bob@example.test", is_active=False)
    answers = [
        sign_in(password="wrong"),
        sign_in("nobody@example.test"),
        sign_in("bob@example.test"),
    ]
    assert [answer.status_code for answer in answers] == [401, 401, 401]
    assert len({answer.content for answer in answers}) == 1
    assert codes(answers[0]) == ["invalid_credentials"]
    assert answers[0]["WWW-Authenticate"] == "Bearer"


def test_hashes_for_unknown_accounts_too(monkeypatch: pytest.MonkeyPatch) -> None:
    hashed: list[str | None] = []
    monkeypatch.setattr(User, "set_password", lambda _, raw: hashed.append(raw))
    sign_in("nobody@example.test", "secret")
    assert hashed == ["secret"]


@pytest.mark.parametrize("field", ["email", "password"])
@pytest.mark.parametrize("value", [None, "", 5, True, [], {}, "x" * 300])
def test_refuses_what_is_no_text(field: str, value: Any) -> None:
    data = {"email": "alice@example.test", "password": PASSWORD} | {field: value}
    response = client_of().post(URL, data)
    assert response.status_code == 400
    assert codes(response)
    assert body(response)["errors"][0]["attr"] == field


def test_is_limited_per_account_whatever_the_scale(alice: User, settings: Any) -> None:
    settings.RATE_LIMIT_SCALE = 1000
    for n in range(MOST):
        assert sign_in(password="wrong", address=f"192.0.2.{n}").status_code == 401
    right, wrong = sign_in(), sign_in(password="wrong")
    assert (right.status_code, wrong.status_code) == (429, 429)
    assert body(right) == body(wrong)
    assert 0 < int(right["Retry-After"]) <= 900
    assert sign_in("bob@example.test").status_code == 401


def test_limits_unknown_accounts_alike() -> None:
    for _ in range(MOST):
        assert sign_in("nobody@example.test").status_code == 401
    assert sign_in("nobody@example.test").status_code == 429


def test_does_not_let_strangers_lock_the_owner_out(alice: User) -> None:
    assert sign_in().status_code == 200
    for _ in range(MOST + 1):
        sign_in(password="wrong", address="198.51.100.9")
    assert sign_in(address="198.51.100.9").status_code == 429
    assert sign_in().status_code == 200


def test_limits_places_where_the_account_was_used_too(alice: User) -> None:
    sign_in()
    for _ in range(MOST):
        assert sign_in(password="wrong").status_code == 401
    assert sign_in().status_code == 429


def test_does_not_count_what_succeeds(alice: User) -> None:
    for _ in range(MOST + 1):
        assert sign_in().status_code == 200


def test_keeps_no_addresses_of_mailboxes_in_its_counters(alice: User) -> None:
    sign_in(password="wrong")
    assert not RateLimitCounter.objects.filter(key__contains="alice").exists()


def test_is_limited_per_address(settings: Any) -> None:
    limit = limits.SIGN_IN_FROM_ADDRESS
    for n in range(limit.times):
        assert client_of().post(URL, {"email": n}, REMOTE_ADDR="2001:db8::1").status_code == 400
    # A neighbor in the same /64 is the same household.
    assert sign_in(address="2001:db8::2").status_code == 429
    assert sign_in(address="2001:db8:0:1::2").status_code == 401
    settings.RATE_LIMIT_SCALE = 2
    assert sign_in(address="2001:db8::2").status_code == 401
