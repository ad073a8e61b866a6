"""People, roles and sign-ins in the admin; and the outbox, the operator's page."""

import pytest
from django.contrib.auth.models import Group, Permission
from django.test import Client
from django.urls import reverse

from shop.accounts import limits
from shop.accounts.models import Address, AuthSession, User
from shop.accounts.tests.make import PASSWORD, access_token, make_staff, make_user
from shop.core.models import OutboxEvent
from shop.orders.models import Order
from shop.orders.tests.make import make_order
from tests.api import client_of
from tests.back_office import (
    browser_of,
    form_of,
    in_dialog,
    make_superuser,
    page,
    said,
)

pytestmark = pytest.mark.django_db

LOGIN = "/admin/login/"


@pytest.fixture
def alice() -> User:
    return make_user("alice@example.test", first_name="Alice")


@pytest.fixture
def boss() -> User:
    return make_superuser()


class TestSigningIn:
    def sign_in(self, email: str, password: str) -> int:
        return Client().post(LOGIN, {"username": email, "password": password}).status_code

    def test_takes_the_email_in_any_case(self, boss: User) -> None:
        assert self.sign_in("Boss@Example.TEST", PASSWORD) == 302
        assert self.sign_in(boss.email, "wrong") == 200

    def test_is_for_staff(self, alice: User) -> None:
        assert self.sign_in(alice.email, PASSWORD) == 200

    def test_is_limited_like_the_apis(self, boss: User) -> None:
        for _ in range(limits.SIGN_IN_OF_ACCOUNT.times):
            assert self.sign_in(boss.email, "wrong") == 200
        response = Client().post(LOGIN, {"username": boss.email, "password": PASSWORD})
        assert response.status_code == 200
        assert "Too many attempts" in response.content.decode()
        api = client_of().post("/api/auth/jwt/create/", {"email": boss.email, "password": PASSWORD})
        assert api.status_code == 429

    def test_leads_to_the_first_page(self, boss: User) -> None:
        response = Client().post(LOGIN, {"username": boss.email, "password": PASSWORD})
        assert response.headers["Location"] == reverse("admin:index")


class TestPeople:
    def test_are_made_by_email(self, boss: User) -> None:
        client = browser_of(boss)
        sent = {
            "email": "New@Example.test",
            "usable_password": "true",
            "password1": PASSWORD,
            "password2": PASSWORD,
        }
        client.post(reverse("admin:accounts_user_add"), sent)
        made = User.objects.get(email="new@example.test")
        assert made.check_password(PASSWORD)
        assert made.username == made.email
        again = client.post(reverse("admin:accounts_user_add"), sent)
        assert again.context["adminform"].form.errors["email"]

    def test_get_another_email_in_one_spelling_and_unconfirmed(
        self, boss: User, alice: User
    ) -> None:
        client = browser_of(boss)
        address = page(User, alice.pk)
        client.post(address, form_of(client.get(address), email="Other@Example.test"))
        alice.refresh_from_db()
        assert (alice.email, alice.is_verified) == ("other@example.test", False)
        assert OutboxEvent.objects.filter(name="user.email_changed").exists()

    def test_are_signed_out_by_another_password(self, boss: User, alice: User) -> None:
        access_token(alice)
        client = browser_of(boss)
        sent = {"usable_password": "true"} | dict.fromkeys(["password1", "password2"], "x9-quiet-k")
        client.post(reverse("admin:auth_user_password_change", args=[alice.pk]), sent)
        alice.refresh_from_db()
        assert alice.check_password("x9-quiet-k")
        assert not AuthSession.objects.filter(user=alice, revoked_at=None).exists()

    def test_are_signed_out_everywhere(self, boss: User, alice: User) -> None:
        alices_api = client_of(alice)
        assert alices_api.get("/api/store/wishlists/").status_code == 200
        client = browser_of(boss)
        in_dialog(client, page(User, alice.pk, do="sign_out_everywhere"), {})
        assert alices_api.get("/api/store/wishlists/").status_code == 401

    def test_are_erased_and_not_deleted(self, boss: User, alice: User) -> None:
        order = make_order(alice)
        client = browser_of(boss)
        delete = reverse("admin:accounts_user_delete", args=[alice.pk])
        assert "Everything personal" in client.get(delete).content.decode()
        client.post(delete, {"post": "yes"})
        alice.refresh_from_db()
        assert (alice.first_name, alice.is_active) == ("", False)
        assert "alice" not in alice.email
        assert Order.objects.get(pk=order.pk).user == alice

    def test_have_one_default_address_of_each_kind(self, boss: User, alice: User) -> None:
        first, second = (
            Address.objects.create(
                user=alice,
                full_name="Alice",
                line1=f"{n} High Street",
                city="Bonn",
                country="DE",
                is_default_shipping=n == 0,
            )
            for n in range(2)
        )
        client = browser_of(boss)
        sent = form_of(client.get(page(User, alice.pk)))
        response = client.post(
            page(User, alice.pk), sent | {"addresses-1-is_default_shipping": "on"}
        )
        assert response.status_code == 302
        assert Address.objects.get(is_default_shipping=True) == second
        sent = form_of(client.get(page(User, alice.pk)))
        client.post(page(User, alice.pk), sent | {"addresses-0-DELETE": "on"})
        assert not Address.objects.filter(pk=first.pk).exists()


class TestPowers:
    """Whoever may edit people must not be able to make themselves the boss."""

    @pytest.fixture
    def clerk(self) -> User:
        clerk = make_staff("support")
        group = Group.objects.create(name="clerks")
        codenames = ["view_user", "change_user", "delete_user"]
        group.permissions.set(Permission.objects.filter(codename__in=codenames))
        clerk.groups.add(group)
        return clerk

    def test_are_handed_out_by_superusers_only(self, clerk: User) -> None:
        client = browser_of(clerk)
        sent = form_of(client.get(page(User, clerk.pk)), first_name="Cleo")
        assert not {"is_superuser", "is_staff", "groups"} & sent.keys()
        client.post(page(User, clerk.pk), sent | {"is_superuser": "on", "groups": ["1"]})
        clerk.refresh_from_db()
        assert (clerk.first_name, clerk.is_superuser) == ("Cleo", False)
        assert clerk.groups.count() == 2

    def test_of_superusers_are_out_of_reach(self, clerk: User, boss: User) -> None:
        client = browser_of(clerk)
        assert client.post(page(User, boss.pk), {"email": "x@example.test"}).status_code == 403
        password = reverse("admin:auth_user_password_change", args=[boss.pk])
        assert client.get(password).status_code == 403
        delete = reverse("admin:accounts_user_delete", args=[boss.pk])
        assert client.post(delete, {"post": "yes"}).status_code == 403
        chosen = {"action": "delete_selected", "_selected_action": [boss.pk], "post": "yes"}
        client.post(page(User), chosen)
        sign_out = page(User, boss.pk, do="sign_out_everywhere")
        assert client.get(sign_out).status_code == 403
        before = boss.email
        boss.refresh_from_db()
        assert (boss.email, boss.is_superuser) == (before, True)


def test_a_sign_in_is_ended(boss: User, alice: User) -> None:
    alices_api = client_of(alice)
    session = AuthSession.objects.get(user=alice)
    chosen = {"action": "revoke", "_selected_action": [session.pk]}
    response = browser_of(boss).post(page(AuthSession), chosen, follow=True)
    assert said(response) == [("success", "1 sign-ins ended.")]
    assert alices_api.get("/api/store/wishlists/").status_code == 401


def test_a_failed_event_is_tried_again(boss: User, alice: User) -> None:
    failed = OutboxEvent.objects.create(name="x.happened", payload={}, attempts=5)
    OutboxEvent.objects.update(failed_at=failed.created_at)
    chosen = {"action": "retry", "_selected_action": [failed.pk]}
    client = browser_of(boss)
    assert said(client.post(page(OutboxEvent), chosen, follow=True))[0][0] == "success"
    failed.refresh_from_db()
    assert (failed.failed_at, failed.attempts) == (None, 0)
