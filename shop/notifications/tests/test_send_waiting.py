"""Mails wait until the server takes them; nobody gets one twice without need."""

import smtplib
import threading
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.db import DatabaseError, OperationalError, connection
from django.db.models import F
from django.db.models.functions import Now

from shop.accounts.models import User
from shop.notifications import services
from shop.notifications.models import Mail
from shop.notifications.tests.make import Server, ids_of, mail_of, make_mail
from shop.orders.tests.make import make_order

pytestmark = pytest.mark.django_db

AWAY = ConnectionRefusedError("the mail server is away")


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Server:
    stand_in = Server()
    monkeypatch.setattr("shop.notifications.server.hand_over", stand_in.hand_over)
    return stand_in


def make_due() -> None:
    """As if the pause after a failure were over."""
    Mail.objects.update(available_at=Now())


def wait_for(days: float) -> None:
    Mail.objects.update(waiting_since=Now() - timedelta(days=days), available_at=Now())


def test_sends_text_and_html_under_a_name_of_its_own(alice: User) -> None:
    row = make_mail(alice)
    assert services.send_waiting() == 1
    (sent,) = mail.outbox
    assert sent.to == [alice.email]
    assert sent.subject == "Set a new password for Nexus"
    message = sent.message()
    assert message["Message-ID"] == row.message_id
    assert message["Auto-Submitted"] == "auto-generated"
    assert [part.get_content_type() for part in message.get_payload()] == [  # type: ignore[union-attr]
        "text/plain",
        "text/html",
    ]


def test_sends_each_once(alice: User) -> None:
    make_mail(alice)
    assert [services.send_waiting() for _ in range(3)] == [1, 0, 0]
    assert len(mail.outbox) == 1
    row = Mail.objects.get()
    assert (row.state, row.attempts) == (Mail.State.SENT, 1)


def test_a_token_is_not_kept_once_it_is_sent(alice: User) -> None:
    row = make_mail(alice)
    assert "token" in row.text
    assert "token" in row.html
    services.send_waiting()
    row.refresh_from_db()
    assert (row.text, row.html) == ("", "")
    assert "token" in str(mail.outbox[0].body)


def test_other_mails_are_kept_to_be_looked_up(alice: User) -> None:
    order = make_order(alice)
    row = mail_of("order_placed")
    services.send_waiting()
    row.refresh_from_db()
    assert order.number in row.text


def test_waits_ever_longer_for_a_server_that_is_away(alice: User, server: Server) -> None:
    make_mail(alice)
    server.refusals = [AWAY] * 12
    pauses = []
    for _ in range(12):
        make_due()
        assert services.send_waiting() == 1
        paused = Mail.objects.annotate(pause=F("available_at") - Now()).get()
        pauses.append(round(paused.pause.total_seconds()))
        assert "away" in paused.last_error
    assert pauses[:4] == [15, 30, 60, 120]
    assert pauses[-1] == 600
    assert services.send_waiting() == 0, "it is not due yet"
    make_due()
    services.send_waiting()
    row = Mail.objects.get()
    assert (row.state, row.last_error) == (Mail.State.SENT, "")
    assert server.taken == [row.message_id]


def test_gives_up_after_three_days(alice: User, server: Server) -> None:
    make_mail(alice)
    server.refusals = [AWAY, AWAY]
    for days, state in ((2.9, "waiting"), (3.1, "failed")):
        wait_for(days=days)
        services.send_waiting()
        assert Mail.objects.get().state == state
    assert Mail.objects.get().text == "", "its token is good for nothing"
    make_due()
    assert services.send_waiting() == 0


@pytest.mark.parametrize(
    ("error", "state"),
    [
        (smtplib.SMTPRecipientsRefused({"a@b.test": (550, b"no such user")}), "failed"),
        (smtplib.SMTPRecipientsRefused({"a@b.test": (450, b"busy")}), "waiting"),
        (smtplib.SMTPDataError(554, b"spam"), "failed"),
        (smtplib.SMTPDataError(451, b"later"), "waiting"),
        (smtplib.SMTPAuthenticationError(535, b"wrong password"), "waiting"),
        (TimeoutError("slow"), "waiting"),
    ],
    ids=str,
)
def test_gives_up_at_once_what_the_server_never_takes(
    error: Exception, state: str, alice: User, server: Server
) -> None:
    make_mail(alice)
    server.refusals = [error]
    services.send_waiting()
    assert Mail.objects.get().state == state


def test_one_that_fails_keeps_no_other_waiting(alice: User, vera: User, server: Server) -> None:
    make_mail(alice)
    good = make_mail(vera)
    server.refusals = [AWAY]
    assert services.send_waiting() == 2
    assert server.taken == [good.message_id]


@pytest.mark.django_db(transaction=True)
def test_talks_to_the_server_outside_of_a_transaction(
    alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = []
    monkeypatch.setattr(
        "shop.notifications.server.hand_over", lambda _: seen.append(connection.in_atomic_block)
    )
    make_mail(alice)
    services.send_waiting()
    assert seen == [False]


@pytest.mark.django_db(transaction=True)
def test_two_processes_never_send_the_same_mail_at_once(
    alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = make_mail(alice)
    taken: list[str] = []
    at_it, go_on = threading.Event(), threading.Event()

    def slow(sent: Mail) -> None:
        at_it.set()
        assert go_on.wait(10)
        taken.append(sent.message_id)

    monkeypatch.setattr("shop.notifications.server.hand_over", slow)

    def run() -> None:
        try:
            services.send_waiting()
        finally:
            connection.close()

    first = threading.Thread(target=run)
    first.start()
    assert at_it.wait(10)
    # Even if the first one takes longer than the pause.
    make_due()
    assert services.send_waiting() == 0
    go_on.set()
    first.join()
    make_due()
    assert services.send_waiting() == 0
    assert taken == [row.message_id]


@pytest.mark.django_db(transaction=True)
def test_many_processes_share_the_work(alice: User, server: Server) -> None:
    rows = [make_mail(alice) for _ in range(3)]
    ready = threading.Barrier(4)

    def run() -> None:
        try:
            ready.wait(10)
            services.send_waiting()
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    services.send_waiting()
    assert sorted(server.taken) == sorted(row.message_id for row in rows)


class Killed(BaseException):
    """As `kill -9`: nothing below catches it."""


def test_a_crash_after_sending_repeats_the_mail_under_the_same_name(
    alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = make_mail(alice)

    def die(mail: Mail) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr("shop.notifications.services._note_success", die)
        with pytest.raises(Killed):
            services.send_waiting()
    make_due()
    services.send_waiting()
    services.send_waiting()
    assert ids_of(mail.outbox) == [row.message_id, row.message_id]
    assert Mail.objects.get().state == Mail.State.SENT


def test_a_crash_before_sending_loses_nothing(alice: User, server: Server) -> None:
    row = make_mail(alice)
    server.refusals = [Killed()]  # type: ignore[list-item]
    with pytest.raises(Killed):
        services.send_waiting()
    assert services.send_waiting() == 0, "one that ends the process does not come back at once"
    make_due()
    services.send_waiting()
    assert server.taken == [row.message_id]


@pytest.mark.django_db(transaction=True)
def test_notes_what_was_sent_when_the_database_is_back(
    alice: User, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = make_mail(alice)
    answers: list[DatabaseError | None] = [OperationalError("away"), None]
    real = services._without_secret

    def without_secret(sent: Mail) -> dict[str, str]:
        if problem := answers.pop(0):
            raise problem
        return real(sent)

    monkeypatch.setattr("shop.notifications.services._without_secret", without_secret)
    services.send_waiting()
    assert Mail.objects.get().state == Mail.State.SENT
    assert server.taken == [row.message_id]


@pytest.mark.parametrize(
    "became",
    [
        {"sent_at": Now()},
        {"failed_at": Now()},
        {"available_at": Now() + timedelta(minutes=1)},
        {"recipient": ""},
    ],
    ids=["sent", "given up", "tried", "forgotten"],
)
def test_looks_once_more_whether_a_mail_still_waits(
    became: dict[str, Any], alice: User, vera: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another process was at it since this one made its list."""
    first, second = make_mail(alice), make_mail(vera)
    taken = []

    def take(mail: Mail) -> None:
        taken.append(mail.pk)
        Mail.objects.filter(pk=second.pk).update(**became)

    monkeypatch.setattr("shop.notifications.server.hand_over", take)
    assert services.send_waiting() == 1
    assert taken == [first.pk]
