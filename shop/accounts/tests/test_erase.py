"""DELETE /api/auth/user/."""

import pytest

from shop.accounts import services, tokens
from shop.accounts.errors import TokenNotValid
from shop.accounts.models import Address, AuthSession, User
from shop.accounts.tests.make import (
    PASSWORD,
    delivered_mails,
    make_address,
    make_session,
    make_staff,
    make_user,
)
from shop.core.models import OutboxEvent
from tests.api import client_of

pytestmark = pytest.mark.django_db

URL = "/api/auth/user/"


@pytest.fixture
def alice() -> User:
    return make_user(
        "alice@example.test",
        username="ally",
        first_name="Alice",
        last_name="Archer",
        phone_number="+15550100",
    )


def test_leaves_nothing_personal_behind(alice: User) -> None:
    make_address(alice)
    bobs = make_address(make_user())
    assert client_of(alice).delete(URL).status_code == 204
    row = User.objects.filter(pk=alice.pk).values().get()
    assert not {"alice", "ally", "archer", "+15550100"} & {str(v).lower() for v in row.values()}
    assert row["email"].endswith("@erased.invalid")
    assert not row["is_active"]
    assert list(Address.objects.all()) == [bobs]
    assert not AuthSession.objects.filter(user=alice).exists()
    assert OutboxEvent.objects.get(name="user.erased").payload == {"user_id": alice.pk}


def test_ends_every_session_and_sign_in(alice: User) -> None:
    pair = tokens.pair_for(make_session(alice))
    client_of(alice).delete(URL)
    client = client_of()
    assert client.post("/api/auth/jwt/refresh/", {"refresh": pair["refresh"]}).status_code == 401
    credentials = {"email": "alice@example.test", "password": PASSWORD}
    assert client.post("/api/auth/jwt/create/", credentials).status_code == 401
    client.post("/api/auth/password/reset/", {"email": "alice@example.test"})
    assert delivered_mails() == []


def test_frees_the_address_for_a_new_account(alice: User) -> None:
    client_of(alice).delete(URL)
    credentials = {"email": "alice@example.test", "password": PASSWORD}
    assert client_of().post("/api/auth/registration/", credentials).status_code == 201


def test_takes_the_rights_of_staff() -> None:
    staff = make_staff("support")
    client_of(staff).delete(URL)
    staff.refresh_from_db()
    assert not staff.is_staff
    assert not staff.groups.exists()


def test_cannot_be_undone_by_a_request_that_was_under_way(alice: User) -> None:
    services.erase_user(user=alice)
    with pytest.raises(TokenNotValid):
        services.change_user(user=alice, changes={"first_name": "Alice"})
    with pytest.raises(TokenNotValid):
        make_address(alice)


def test_needs_a_token() -> None:
    assert client_of().delete(URL).status_code == 401
