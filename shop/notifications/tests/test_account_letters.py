"""What people read about their accounts; what the tokens do is told in shop/accounts/tests."""

import pytest

from shop.accounts import services as accounts
from shop.accounts.models import User
from shop.accounts.tests.make import PASSWORD
from shop.notifications.models import Mail
from shop.notifications.tests.make import mail_of, tell_events

pytestmark = pytest.mark.django_db


def register(**fields: str) -> User:
    return accounts.register_user(email="ada@example.test", password=PASSWORD, **fields)


def test_welcomes_and_asks_to_confirm_the_address() -> None:
    register(first_name="Ada")
    row = mail_of("welcome")
    assert row.subject == "Welcome to Nexus: please confirm your address"
    assert row.text.startswith("Hello Ada,\n\nwelcome to Nexus")
    for body in (row.text, row.html):
        assert "/verify-email?token=" in body
        assert "/api/auth/email/verify/" in body
    assert row.has_secret


def test_what_people_call_themselves_is_no_markup() -> None:
    register(first_name="<b>Ada & Co</b>")
    row = mail_of("welcome")
    assert "Hello <b>Ada & Co</b>," in row.text
    assert "Hello &lt;b&gt;Ada &amp; Co&lt;/b&gt;," in row.html


def test_another_request_is_no_second_welcome() -> None:
    user = register()
    accounts.request_verification(email=user.email)
    assert mail_of("verify_email").subject == "Confirm your e-mail address for Nexus"


def test_a_new_address_is_asked_itself(alice: User) -> None:
    accounts.change_user(user=alice, changes={"email": "new@example.test"})
    row = mail_of("verify_email")
    assert (row.recipient, row.user) == ("new@example.test", alice)


def test_a_confirmed_address_is_not_asked(alice: User) -> None:
    user = register()
    User.objects.filter(pk=user.pk).update(is_verified=True)
    assert mail_of("welcome").state == Mail.State.NOBODY


def test_a_forgotten_password(alice: User) -> None:
    accounts.request_password_reset(email=alice.email)
    row = mail_of("reset_password")
    for body in (row.text, row.html):
        assert "/reset-password?uid=" in body
        assert "within 72 hours" in body
    assert row.has_secret


def test_a_changed_password_is_told_without_secrets(alice: User) -> None:
    accounts.change_password(
        user=alice, current_password=PASSWORD, new_password="another-fine-day", keep=None
    )
    row = mail_of("password_changed")
    assert not row.has_secret
    assert "another-fine-day" not in row.text + row.html
    assert '{"email": "alice@example.test"}' in row.text


def test_an_erased_account_is_forgotten(alice: User, vera: User) -> None:
    for person in (alice, vera):
        accounts.request_password_reset(email=person.email)
    tell_events()
    accounts.erase_user(user=alice)
    tell_events()
    hers = Mail.objects.get(kind="reset_password", recipient="")
    assert (hers.subject, hers.text, hers.html, hers.user) == ("", "", "", None)
    assert hers.state == Mail.State.NOBODY, "what waited is not sent"
    assert Mail.objects.get(recipient=vera.email).text
