"""What is left of accounts by GraphQL: forgotten passwords, addresses, the end of an account."""

from typing import Any

import pytest
from rest_framework.test import APIClient

from shop.accounts import limits, mail_tokens, tokens
from shop.accounts.models import AuthSession, User
from shop.accounts.tests.make import (
    PASSWORD,
    delivered_mails,
    mailed,
    make_address,
    make_session,
    make_user,
)
from shop.core.graphql.inputs import global_id
from tests.api import client_of
from tests.graphql_door import ask, data, problem

pytestmark = pytest.mark.django_db

NEW = "staple-battery-4-ever"
FORGOT = "mutation($email: String!) { requestPasswordReset(email: $email) { done } }"
RESET = "mutation($input: ResetPasswordInput!) { resetPassword(input: $input) { done } }"
RESEND = "mutation($email: String!) { requestVerification(email: $email) { done } }"
VERIFY = "mutation($token: String!) { verifyEmail(token: $token) { done } }"
CHECK = "mutation($token: String!) { verifyToken(token: $token) { done } }"
ADDRESS = "query($id: ID!) { address(id: $id) { pk city } }"


@pytest.fixture
def alice() -> User:
    return make_user("alice@example.test", is_verified=False)


def with_an_old_token() -> APIClient:
    client = APIClient(raise_request_exception=False)
    client.credentials(HTTP_AUTHORIZATION="Bearer long-gone")
    return client


def test_a_forgotten_password_is_set_by_mail(alice: User) -> None:
    make_session(alice)
    client = with_an_old_token()
    asked = data(client, FORGOT, {"email": "Alice@example.test"})
    assert asked == {"requestPasswordReset": {"done": True}}
    proof = {"uid": mailed("uid"), "token": mailed("token"), "newPassword": NEW}
    assert data(client, RESET, {"input": proof}) == {"resetPassword": {"done": True}}
    alice.refresh_from_db()
    assert alice.check_password(NEW)
    assert not AuthSession.objects.filter(user=alice, revoked_at=None).exists()
    again = problem(ask(client, RESET, {"input": proof}))
    assert again[0] == "mail_token_not_valid"


def test_strangers_learn_nothing_of_who_has_an_account(alice: User) -> None:
    for mutation in (FORGOT, RESEND):
        of_nobody = data(client_of(), mutation, {"email": "nobody@example.test"})
        assert of_nobody == data(client_of(), mutation, {"email": alice.email})
    assert len(delivered_mails()) == 2


def test_a_weak_password_is_refused_by_its_field(alice: User) -> None:
    proof = {"uid": mail_tokens.reset_uid(alice), "token": mail_tokens.reset_token(alice)}
    answer = ask(client_of(), RESET, {"input": proof | {"newPassword": "password"}})
    assert problem(answer)[1:] == ("newPassword", 400)
    alice.refresh_from_db()
    assert alice.check_password(PASSWORD)


def test_an_address_is_confirmed_by_mail_also_twice(alice: User) -> None:
    client = with_an_old_token()
    data(client, RESEND, {"email": alice.email})
    token = mailed("token")
    for _ in range(2):
        assert data(client, VERIFY, {"token": token}) == {"verifyEmail": {"done": True}}
    alice.refresh_from_db()
    assert alice.is_verified
    assert problem(ask(client, VERIFY, {"token": "no"}))[0] == "mail_token_not_valid"


@pytest.mark.parametrize(
    ("limit", "mutation", "asked"),
    [
        ("RESET_FROM_ADDRESS", FORGOT, {"email": "a@example.test"}),
        ("VERIFICATION_FROM_ADDRESS", RESEND, {"email": "a@example.test"}),
        (
            "RESET_CONFIRM_FROM_ADDRESS",
            RESET,
            {"input": {"uid": "a", "token": "b", "newPassword": NEW}},
        ),
    ],
)
def test_both_doors_are_counted_together(limit: str, mutation: str, asked: Any) -> None:
    rate = getattr(limits, limit)
    for _ in range(rate.times):
        rate.count(limits.network_of("127.0.0.1"))
    answer = ask(client_of(), mutation, asked)
    assert problem(answer)[2] == 429


def test_a_token_is_verified_and_not_spent(alice: User) -> None:
    session = make_session(alice)
    pair = tokens.pair_for(session)
    for token in (pair["access"], pair["refresh"], pair["refresh"]):
        assert data(client_of(), CHECK, {"token": token}) == {"verifyToken": {"done": True}}
    session.delete()
    refusal = problem(ask(with_an_old_token(), CHECK, {"token": pair["access"]}))
    assert refusal == ("token_not_valid", None, 401)


def test_an_account_is_erased(alice: User) -> None:
    make_address(alice)
    bob = make_user()
    client, header = client_of(alice), {"Idempotency-Key": "the-end-of-alice"}
    erased = data(client, "mutation { eraseMe { done } }", None, **header)
    assert erased == {"eraseMe": {"done": True}}
    row = User.objects.get(pk=alice.pk)
    assert row.email.endswith("@erased.invalid")
    assert not row.is_active
    assert not AuthSession.objects.filter(user=alice).exists()
    assert User.objects.get(pk=bob.pk).is_active
    assert problem(ask(client_of(), "mutation { eraseMe { done } }"))[2] == 401


def test_one_address_is_read_by_whom_it_belongs_to(alice: User) -> None:
    address = make_address(alice, city="Shelbyville")
    client = client_of(alice)
    for named in (str(address.pk), global_id("Address", address.pk)):
        assert data(client, ADDRESS, {"id": named})["address"]["city"] == "Shelbyville"
    for named in ("0", "shelbyville", "٣", str(2**63), "9" * 30):
        assert problem(ask(client, ADDRESS, {"id": named})) == ("not_found", None, 404)
    bob = client_of(make_user())
    assert problem(ask(bob, ADDRESS, {"id": address.pk})) == ("not_found", None, 404)
    assert problem(ask(client_of(), ADDRESS, {"id": address.pk}))[2] == 401
