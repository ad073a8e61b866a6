"""Mails that were given up, in the admin; and what becomes of old ones."""

from datetime import timedelta

import pytest
from django.core import mail
from django.db.models.functions import Now

from shop.accounts.models import User
from shop.notifications import services, tasks
from shop.notifications.models import Mail
from shop.notifications.tests.make import mail_of, make_mail
from shop.orders.tests.make import make_order
from tests.back_office import browser_of, make_superuser, page, said

pytestmark = pytest.mark.django_db


def give_up(row: Mail) -> None:
    long_ago = Now() - timedelta(days=4)
    Mail.objects.filter(pk=row.pk).update(
        failed_at=Now(), attempts=400, waiting_since=long_ago, available_at=long_ago
    )


def test_staff_have_it_sent_again(alice: User) -> None:
    make_order(alice)
    row = mail_of("order_placed")
    give_up(row)
    assert services.send_waiting() == 0
    client = browser_of(make_superuser())
    selected = {"action": "send_again", "_selected_action": [row.pk]}
    response = client.post(page(Mail), selected, follow=True)
    assert said(response) == [("success", "1 mails wait to be sent again.")]
    assert services.send_waiting() == 1
    row.refresh_from_db()
    assert (row.state, row.attempts) == (Mail.State.SENT, 1)


def test_it_has_its_three_days_anew(alice: User, monkeypatch: pytest.MonkeyPatch) -> None:
    make_order(alice)
    row = mail_of("order_placed")
    give_up(row)
    services.send_again(mails=Mail.objects.all())

    def refuse(_: Mail) -> None:
        raise TimeoutError

    monkeypatch.setattr("shop.notifications.server.hand_over", refuse)
    services.send_waiting()
    row.refresh_from_db()
    assert row.state == Mail.State.WAITING


def test_what_was_sent_or_waits_is_left_alone(alice: User) -> None:
    make_order(alice)
    mail_of("order_placed")
    assert services.send_again(mails=Mail.objects.all()) == 0
    services.send_waiting()
    assert services.send_again(mails=Mail.objects.all()) == 0
    assert services.send_waiting() == 0
    assert len(mail.outbox) == 1


def test_a_mail_without_its_token_is_not_sent(alice: User) -> None:
    row = make_mail(alice)
    give_up(row)
    Mail.objects.update(text="", html="")
    assert services.send_again(mails=Mail.objects.all()) == 0


def test_staff_do_not_read_tokens(alice: User) -> None:
    row = make_mail(alice)
    client = browser_of(make_superuser())
    for address in (page(Mail), page(Mail, row.pk)):
        assert "/reset-password?" not in client.get(address).content.decode()


@pytest.mark.parametrize("state", ["waiting", "sent", "failed", "nobody", "nonsense"])
def test_the_list_is_filtered_by_state(state: str, alice: User, vera: User) -> None:
    waiting, failed, sent = make_mail(alice), make_mail(vera), make_mail(vera)
    give_up(failed)
    Mail.objects.filter(pk=sent.pk).update(sent_at=Now())
    nobody = Mail.objects.create(kind="stock_low")
    rows = {"waiting": waiting, "sent": sent, "failed": failed, "nobody": nobody}
    html = browser_of(make_superuser()).get(f"{page(Mail)}?state={state}").content.decode()
    shown = {name for name, row in rows.items() if page(Mail, row.pk) in html}
    assert shown == ({state} if state in rows else set(rows))


def test_old_ones_are_deleted(alice: User) -> None:
    old, new = make_mail(alice), make_mail(alice)
    Mail.objects.filter(pk=old.pk).update(created_at=Now() - timedelta(days=91))
    tasks.prune_mails()
    assert list(Mail.objects.all()) == [new]
