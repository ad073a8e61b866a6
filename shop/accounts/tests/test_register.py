"""POST /api/auth/registration/."""

import threading
from typing import Any

import pytest
from django.core import mail
from django.db import connections

from shop.accounts import limits
from shop.accounts.models import User
from shop.accounts.tests.make import PASSWORD, delivered_mails, make_user
from tests.api import body, client_of, codes

URL = "/api/auth/registration/"
ALICE = {"email": "alice@example.test", "password": PASSWORD}


def register(**fields: Any) -> Any:
    return client_of().post(URL, ALICE | fields)


@pytest.mark.django_db
def test_answers_the_account_and_tokens_that_work() -> None:
    response = register(first_name="Alice", last_name="Archer", phone_number="+1 555-0100")
    assert response.status_code == 201
    answer = body(response)
    assert set(answer) == {"user", "access", "refresh"}
    assert answer["user"] | {"id": 0, "date_joined": ""} == {
        "id": 0,
        "email": "alice@example.test",
        "username": "alice@example.test",
        "first_name": "Alice",
        "last_name": "Archer",
        "phone_number": "+15550100",
        "is_verified": False,
        "date_joined": "",
    }
    client = client_of()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {answer['access']}")
    assert body(client.get("/api/auth/user/"))["id"] == answer["user"]["id"]
    assert client.post("/api/auth/jwt/refresh/", {"refresh": answer["refresh"]}).status_code == 200


@pytest.mark.django_db
def test_mails_a_token_that_confirms_the_address() -> None:
    register()
    (text,) = delivered_mails()
    assert mail.outbox[0].to == ["alice@example.test"]
    assert "/verify-email?token=" in text


@pytest.mark.django_db
def test_knows_one_spelling_per_mailbox() -> None:
    assert body(register(email="ＡLICE@Example.Test"))["user"]["email"] == "alice@example.test"
    again = register(email="Alice@EXAMPLE.test")
    assert again.status_code == 409
    assert codes(again) == ["email_taken"]
    assert body(again)["errors"][0]["attr"] == "email"
    assert User.objects.count() == 1


@pytest.mark.django_db
def test_takes_a_username_once() -> None:
    assert body(register(username="ally"))["user"]["username"] == "ally"
    again = register(email="bob@example.test", username="ally")
    assert again.status_code == 409
    assert codes(again) == ["username_taken"]


@pytest.mark.django_db
def test_finds_another_username_when_somebody_chose_the_address() -> None:
    make_user("bob@example.test", username="alice@example.test")
    response = register()
    assert response.status_code == 201
    assert body(response)["user"]["username"].startswith("alice@example.test-")


@pytest.mark.django_db
def test_ignores_privileged_fields() -> None:
    register(is_staff=True, is_superuser=True, is_verified=True, is_active=False, id=77)
    user = User.objects.get()
    assert (user.is_staff, user.is_superuser, user.is_verified) == (False, False, False)
    assert user.is_active
    assert user.pk != 77


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("short1!", "password_too_short"),
        ("password123", "password_too_common"),
        ("9347501264", "password_entirely_numeric"),
        ("alice@example", "password_too_similar"),
        ("x" * 257, "max_length"),
        ("", "blank"),
        (None, "null"),
        (12345678901, "invalid"),
        (["correct-horse-battery"], "invalid"),
    ],
)
def test_refuses_a_bad_password(password: Any, code: str) -> None:
    response = register(password=password)
    assert response.status_code == 400
    assert code in codes(response)
    assert body(response)["type"] == "validation_error"
    assert {error["attr"] for error in body(response)["errors"]} == {"password"}
    assert not User.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("email", "alice", "invalid"),
        ("email", "a" * 250 + "@example.test", "max_length"),
        ("email", 5, "invalid"),
        ("email", True, "invalid"),
        ("email", {"a": 1}, "invalid"),
        ("email", None, "null"),
        ("username", "no spaces", "invalid"),
        ("username", "x" * 151, "max_length"),
        ("first_name", "x" * 151, "max_length"),
        ("last_name", 7, "invalid"),
        ("phone_number", "5550100", "invalid_phone_number"),
        ("phone_number", "+99912345678", "invalid_phone_number"),
        ("phone_number", "+1 call me", "invalid_phone_number"),
        ("phone_number", "+1" + "5" * 30, "invalid_phone_number"),
        ("phone_number", "+15550100 ext. 5", "invalid_phone_number"),
        ("phone_number", 15550100, "invalid"),
    ],
)
def test_refuses_a_bad_field(field: str, value: Any, code: str) -> None:
    response = register(**{field: value})
    assert response.status_code == 400
    assert code in codes(response)
    assert {error["attr"] for error in body(response)["errors"]} == {field}
    assert not User.objects.exists()


@pytest.mark.django_db
def test_is_limited_per_address(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    limit = limits.REGISTRATION_FROM_ADDRESS
    for n in range(limit.times):
        assert client_of().post(URL, {"email": n}).status_code == 400
    refused = register()
    assert refused.status_code == 429
    assert codes(refused) == ["throttled"]
    assert 0 < int(refused["Retry-After"]) <= limit.per.total_seconds()
    assert client_of().post(URL, ALICE, REMOTE_ADDR="192.0.2.7").status_code == 201
    settings.RATE_LIMIT_SCALE = 10
    assert register(email="bob@example.test").status_code == 201


@pytest.mark.django_db(transaction=True)
def test_gives_an_address_to_one_of_many_at_once() -> None:
    statuses: list[int] = []

    def run() -> None:
        statuses.append(register().status_code)
        connections.close_all()

    threads = [threading.Thread(target=run) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(statuses) == [201, 409, 409, 409, 409, 409]
