"""POST /api/auth/password/reset/ and …/reset/confirm/."""

from typing import Any

import pytest
from django.core import mail

from shop.accounts import limits, mail_tokens, tokens
from shop.accounts.models import User
from shop.accounts.tests.make import PASSWORD, delivered_mails, mailed, make_session, make_user
from tests.api import body, client_of, codes

pytestmark = pytest.mark.django_db

ASK, CONFIRM = "/api/auth/password/reset/", "/api/auth/password/reset/confirm/"
NEW = "staple-battery-4-ever"


@pytest.fixture
def alice() -> User:
    return make_user("alice@example.test", is_verified=False)


def ask(email: Any = "alice@example.test") -> Any:
    return client_of().post(ASK, {"email": email})


def confirm(**fields: Any) -> Any:
    return client_of().post(CONFIRM, {"new_password": NEW} | fields)


def proof(user: User) -> dict[str, str]:
    return {"uid": mail_tokens.reset_uid(user), "token": mail_tokens.reset_token(user)}


def test_sets_the_password_by_mail_and_ends_every_session(alice: User) -> None:
    session = tokens.pair_for(make_session(alice))
    assert ask("Alice@example.test").status_code == 200
    uid, token = mailed("uid"), mailed("token")
    assert mail.outbox[0].to == ["alice@example.test"]
    assert "/reset-password?uid=" in str(mail.outbox[0].body)
    assert confirm(uid=uid, token=token).status_code == 200
    alice.refresh_from_db()
    assert alice.check_password(NEW)
    assert alice.is_verified
    refreshed = client_of().post("/api/auth/jwt/refresh/", {"refresh": session["refresh"]})
    assert refreshed.status_code == 401


def test_answers_the_same_whoever_is_asked_for(alice: User) -> None:
    make_user("bob@example.test", is_active=False)
    answers = [ask(), ask("nobody@example.test"), ask("bob@example.test")]
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.content for answer in answers}) == 1
    assert len(delivered_mails()) == 1


def test_takes_a_token_once(alice: User) -> None:
    once = proof(alice)
    assert confirm(**once).status_code == 200
    response = confirm(**once, new_password="another-staple-9")
    assert response.status_code == 400
    assert codes(response) == ["mail_token_not_valid"]
    alice.refresh_from_db()
    assert alice.check_password(NEW)


def test_refuses_a_token_for_another_account_address_or_password(alice: User) -> None:
    bob = make_user()
    assert confirm(uid=proof(bob)["uid"], token=proof(alice)["token"]).status_code == 400
    old = proof(alice)
    alice.email = "new@example.test"
    alice.save()
    assert confirm(**old).status_code == 400
    old = proof(alice)
    alice.set_password("something-else-1")
    alice.save()
    assert confirm(**old).status_code == 400


def test_refuses_an_old_token(alice: User, settings: Any) -> None:
    settings.PASSWORD_RESET_TIMEOUT = -1
    assert codes(confirm(**proof(alice))) == ["mail_token_not_valid"]


def test_keeps_the_token_when_the_password_is_refused(alice: User) -> None:
    once = proof(alice)
    weak = confirm(**once, new_password="12345678")
    assert weak.status_code == 400
    assert "password_too_common" in codes(weak)
    assert body(weak)["errors"][0]["attr"] == "new_password"
    assert confirm(**once).status_code == 200


@pytest.mark.parametrize(
    "uid", ["x", "é", "LTE", "MA", "OTk5OTk5OTk5OTk5OTk5OTk5OTk5OTk5OTk5", "bm90IGEgbnVtYmVy"]
)
def test_refuses_a_uid_of_nobody(alice: User, uid: str) -> None:
    response = confirm(uid=uid, token=proof(alice)["token"])
    assert response.status_code == 400
    assert codes(response) == ["mail_token_not_valid"]


@pytest.mark.parametrize("value", [None, 5, [], {}, "", "x" * 5000])
@pytest.mark.parametrize("field", ["uid", "token", "new_password"])
def test_refuses_what_is_no_text(alice: User, field: str, value: Any) -> None:
    response = confirm(**(proof(alice) | {"new_password": NEW, field: value}))
    assert response.status_code == 400
    assert body(response)["errors"][0]["attr"] == field
    alice.refresh_from_db()
    assert alice.check_password(PASSWORD)


@pytest.mark.parametrize("value", [None, 5, [], {}, "", "nothing", "x" * 5000])
def test_refuses_what_is_no_address(value: Any) -> None:
    assert ask(value).status_code == 400


def test_does_not_flood_a_mailbox(alice: User) -> None:
    most = limits.RESET_MAIL_TO_ACCOUNT.times
    answers = [ask() for _ in range(most + 3)]
    assert {answer.status_code for answer in answers} == {200}
    assert len(delivered_mails()) == most


def test_is_limited_per_address() -> None:
    for n in range(limits.RESET_FROM_ADDRESS.times):
        assert ask(f"user{n}@example.test").status_code == 200
    refused = ask()
    assert refused.status_code == 429
    assert refused["Retry-After"]
