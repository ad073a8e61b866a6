"""One mail per event, kind and recipient, however often the event is delivered."""

import re
import threading

import pytest
from django.core import mail
from django.db import connection

from shop.accounts import services as accounts
from shop.accounts.models import User
from shop.core.models import OutboxEvent
from shop.notifications import services, tasks
from shop.notifications.letters import Letter
from shop.notifications.models import Mail
from shop.notifications.tests.make import make_mail, tell_events
from shop.orders.tests.make import make_order

pytestmark = pytest.mark.django_db


def placed(user: User) -> OutboxEvent:
    order = make_order(user)
    return OutboxEvent.objects.get(name="order.placed", payload={"order_id": order.pk})


def deliver(event: OutboxEvent) -> None:
    tasks.write_order_placed(event_id=event.pk, **event.payload)


def test_writes_once_however_often_the_event_is_delivered(alice: User) -> None:
    event = placed(alice)
    for _ in range(3):
        deliver(event)
    row = Mail.objects.get()
    assert (row.event, row.kind, row.recipient) == (event, "order_placed", alice.email)
    assert row.user == alice


@pytest.mark.django_db(transaction=True)
def test_of_many_deliveries_at_once_one_is_written(alice: User) -> None:
    event = placed(alice)
    ready = threading.Barrier(5)

    def run() -> None:
        try:
            ready.wait(10)
            deliver(event)
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Mail.objects.count() == 1


def test_the_database_keeps_it_to_one_even_if_the_event_is_forgotten_to_be_heard(
    alice: User,
) -> None:
    event = placed(alice)
    for text in ("first", "second"):
        letter = Letter(to=alice.email, subject=text, context={"link": text})
        services.write_mails(event_id=event.pk, kind="order_delivered", letters=[letter])
    assert Mail.objects.get().subject == "first"


def test_sends_nothing_itself(alice: User) -> None:
    deliver(placed(alice))
    assert mail.outbox == []
    assert Mail.objects.get().state == Mail.State.WAITING


def test_notes_that_there_was_nobody_to_write_to(alice: User) -> None:
    accounts.request_password_reset(email=alice.email)
    User.objects.update(is_active=False)
    tell_events()
    row = Mail.objects.get()
    assert (row.kind, row.recipient, row.state) == ("reset_password", "", Mail.State.NOBODY)
    assert services.send_waiting() == 0


def test_writes_again_for_another_event(alice: User) -> None:
    first, second = make_mail(alice), make_mail(alice)
    assert first.pk != second.pk
    assert first.message_id != second.message_id


def test_names_the_mail_by_event_kind_and_recipient(alice: User) -> None:
    event = placed(alice)
    names = set()
    for _ in range(2):
        deliver(event)
        names.add(Mail.objects.get().message_id)
        Mail.objects.all().delete()
        event.handled.all().delete()
    (name,) = names
    assert re.fullmatch(r"<order_placed\.[0-9a-f]{32}@localhost>", name)


def test_another_shop_names_it_otherwise(alice: User, settings: object) -> None:
    event = placed(alice)
    deliver(event)
    here = Mail.objects.get().message_id
    Mail.objects.all().delete()
    event.handled.all().delete()
    settings.SECRET_KEY = "another" * 9  # type: ignore[attr-defined]
    deliver(event)
    assert Mail.objects.get().message_id != here


def test_a_subject_stays_on_one_line(alice: User) -> None:
    letter = Letter(to=alice.email, subject="Low:\r\nBcc: bob@example.test " + "x" * 300)
    services.write_mails(event_id=None, kind="stock_low", letters=[letter])
    subject = Mail.objects.get().subject
    assert subject.startswith("Low: Bcc: bob@example.test xxx")
    assert len(subject) == 200


def test_an_order_that_is_not_there_is_told_again_later() -> None:
    event = OutboxEvent.objects.create(name="order.placed", payload={"order_id": 7})
    tell_events()
    event.refresh_from_db()
    assert event.delivered_at is None
    assert "DoesNotExist" in event.last_error
