"""POST /api/auth/email/verify/ and …/resend/."""

from typing import Any

import pytest

from shop.accounts import limits, mail_tokens
from shop.accounts.models import User
from shop.accounts.tests.make import delivered_mails, mailed, make_user
from tests.api import client_of, codes

pytestmark = pytest.mark.django_db

VERIFY, RESEND = "/api/auth/email/verify/", "/api/auth/email/resend/"


@pytest.fixture
def alice() -> User:
    return make_user("alice@example.test", is_verified=False)


def verify(token: Any) -> Any:
    return client_of().post(VERIFY, {"token": token})


def resend(email: Any = "alice@example.test") -> Any:
    return client_of().post(RESEND, {"email": email})


def test_confirms_the_address_that_the_mail_went_to(alice: User) -> None:
    assert resend().status_code == 200
    token = mailed("token")
    assert verify(token).status_code == 200
    alice.refresh_from_db()
    assert alice.is_verified
    assert verify(token).status_code == 200


def test_refuses_the_token_of_another_address(alice: User) -> None:
    token = mail_tokens.verification_token(alice)
    alice.email = "new@example.test"
    alice.save()
    response = verify(token)
    assert response.status_code == 400
    assert codes(response) == ["mail_token_not_valid"]
    alice.refresh_from_db()
    assert not alice.is_verified


def test_refuses_an_old_token(alice: User, monkeypatch: pytest.MonkeyPatch) -> None:
    token = mail_tokens.verification_token(alice)
    monkeypatch.setattr(mail_tokens, "VERIFICATION_LIFETIME", -1)
    assert codes(verify(token)) == ["mail_token_not_valid"]


@pytest.mark.parametrize("token", ["rubbish", "a:b:c", "é", "WzFd:1vLx2K:abc"])
def test_refuses_a_forged_token(token: str) -> None:
    assert codes(verify(token)) == ["mail_token_not_valid"]


@pytest.mark.parametrize("value", [None, 5, True, [], {}, "", "x" * 5000])
def test_refuses_what_is_no_text(value: Any) -> None:
    assert verify(value).status_code == 400
    assert resend(value).status_code == 400


def test_answers_the_same_and_mails_only_who_waits(alice: User) -> None:
    make_user("bob@example.test", is_verified=True)
    make_user("carol@example.test", is_verified=False, is_active=False)
    addresses = ["alice", "bob", "carol", "nobody"]
    answers = [resend(f"{name}@example.test") for name in addresses]
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.content for answer in answers}) == 1
    assert len(delivered_mails()) == 1


def test_does_not_flood_a_mailbox(alice: User) -> None:
    most = limits.VERIFICATION_MAIL_TO_ACCOUNT.times
    answers = [resend() for _ in range(most + 3)]
    assert {answer.status_code for answer in answers} == {200}
    assert len(delivered_mails()) == most


def test_is_limited_per_address() -> None:
    for _ in range(limits.VERIFICATION_FROM_ADDRESS.times):
        resend("nobody@example.test")
    assert resend().status_code == 429
