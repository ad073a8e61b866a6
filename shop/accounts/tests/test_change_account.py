"""GET and PATCH /api/auth/user/ and /api/store/users/me/."""

from typing import Any

import pytest
from django.apps import apps
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext

from shop.accounts.models import User
from shop.accounts.tests.make import delivered_mails, mailed, make_staff, make_user
from tests.api import body, client_of, codes

pytestmark = pytest.mark.django_db

ACCOUNT, PROFILE = "/api/auth/user/", "/api/store/users/me/"
BOTH = pytest.mark.parametrize("url", [ACCOUNT, PROFILE])


@pytest.fixture
def alice() -> User:
    return make_user("alice@example.test", first_name="Alice")


def join(user: User, name: str, *, status: str = "approved", role: str = "owner") -> None:
    # By name: vendors stand above accounts, and accounts know nothing of them.
    vendors = apps.get_app_config("vendors")
    vendor = vendors.get_model("Vendor")._default_manager.create(
        name=name, slug=name.lower(), status=status
    )
    vendors.get_model("VendorMember")._default_manager.create(vendor=vendor, user=user, role=role)


def test_shows_the_account(alice: User) -> None:
    answer = body(client_of(alice).get(ACCOUNT))
    assert answer["id"] == alice.pk
    assert answer["email"] == "alice@example.test"
    assert answer["username"] == "alice@example.test"
    assert answer["is_verified"] is True
    assert answer["date_joined"].endswith("Z")
    assert "password" not in answer


def test_shows_a_customer_without_vendors(alice: User) -> None:
    answer = body(client_of(alice).get(PROFILE))
    assert (answer["roles"], answer["vendors"]) == (["customer"], [])


def test_shows_the_vendors_that_vera_acts_for() -> None:
    vera = make_user()
    join(vera, "Oak")
    join(vera, "Iron", status="pending", role="manager")
    answer = body(client_of(vera).get(PROFILE))
    assert answer["roles"] == ["customer", "vendor"]
    assert [(v["name"], v["slug"], v["status"], v["role"]) for v in answer["vendors"]] == [
        ("Iron", "iron", "pending", "manager"),
        ("Oak", "oak", "approved", "owner"),
    ]


def test_does_not_call_an_applicant_a_vendor(alice: User) -> None:
    join(alice, "Oak", status="pending")
    assert body(client_of(alice).get(PROFILE))["roles"] == ["customer"]


def test_shows_the_groups_of_staff() -> None:
    staff = make_staff("support", "order managers")
    assert body(client_of(staff).get(PROFILE))["roles"] == ["customer", "order managers", "support"]
    admin = make_user(is_staff=True, is_superuser=True)
    assert body(client_of(admin).get(PROFILE))["roles"] == ["customer", "admin"]


def test_asks_the_same_number_of_questions_for_1_and_50_vendors(alice: User) -> None:
    client = client_of(alice)
    join(alice, "V0")
    with CaptureQueriesContext(connection) as one:
        client.get(PROFILE)
    for n in range(1, 50):
        join(alice, f"V{n}")
    with CaptureQueriesContext(connection) as fifty:
        assert len(body(client.get(PROFILE))["vendors"]) == 50
    assert len(one) == len(fifty) <= 3


@BOTH
def test_changes_what_is_named_and_nothing_else(alice: User, url: str) -> None:
    changes = {"username": "ally", "last_name": "Archer", "phone_number": "+44 20 7946 0958"}
    response = client_of(alice).patch(url, changes)
    assert response.status_code == 200
    assert body(response)["phone_number"] == "+442079460958"
    alice.refresh_from_db()
    assert (alice.username, alice.first_name, alice.last_name) == ("ally", "Alice", "Archer")
    assert alice.is_verified
    assert delivered_mails() == []


@BOTH
def test_makes_a_new_address_prove_itself(alice: User, url: str) -> None:
    response = client_of(alice).patch(url, {"email": "New@Example.test"})
    assert response.status_code == 200
    assert (body(response)["email"], body(response)["is_verified"]) == ("new@example.test", False)
    token = mailed("token")
    assert mail.outbox[0].to == ["new@example.test"]
    assert client_of().post("/api/auth/email/verify/", {"token": token}).status_code == 200
    assert body(client_of(alice).get(url))["is_verified"] is True


@BOTH
def test_does_not_unconfirm_an_address_that_stays(alice: User, url: str) -> None:
    assert body(client_of(alice).patch(url, {"email": "ALICE@example.test"}))["is_verified"] is True


@BOTH
def test_refuses_what_another_one_has(alice: User, url: str) -> None:
    make_user("bob@example.test", username="bob")
    for field, value in (("email", "Bob@example.test"), ("username", "bob")):
        response = client_of(alice).patch(url, {"first_name": "Eve", field: value})
        assert response.status_code == 409
        assert codes(response) == [f"{field}_taken"]
        assert body(response)["errors"][0]["attr"] == field
    alice.refresh_from_db()
    assert (alice.email, alice.first_name) == ("alice@example.test", "Alice")


@BOTH
def test_ignores_privileged_fields(alice: User, url: str) -> None:
    alice.is_verified = False
    alice.save()
    fields = {
        "id": 1,
        "is_verified": True,
        "is_staff": True,
        "is_superuser": True,
        "is_active": False,
        "roles": ["admin"],
        "groups": [1],
        "vendors": [{"id": 1}],
        "password": "x",
        "date_joined": "2000-01-01T00:00:00Z",
    }
    before = User.objects.filter(pk=alice.pk).values().get()
    assert client_of(alice).patch(url, fields).status_code == 200
    after = User.objects.filter(pk=alice.pk).values().get()
    assert after | {"updated_at": None} == before | {"updated_at": None}
    assert not alice.groups.exists()


@BOTH
@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("email", "nothing"),
        ("email", ""),
        ("email", None),
        ("email", ["a@example.test"]),
        ("username", ""),
        ("username", "a b"),
        ("username", 5),
        ("first_name", None),
        ("first_name", "x" * 10_000),
        ("last_name", {}),
        ("phone_number", "12345"),
        ("phone_number", 12345),
        ("phone_number", None),
    ],
)
def test_refuses_a_bad_field(alice: User, url: str, field: str, value: Any) -> None:
    response = client_of(alice).patch(url, {field: value})
    assert response.status_code == 400
    assert codes(response)
    assert body(response)["errors"][0]["attr"] == field


@BOTH
def test_needs_a_token(url: str) -> None:
    assert client_of().get(url).status_code == 401
    assert client_of().patch(url, {"first_name": "Eve"}).status_code == 401
