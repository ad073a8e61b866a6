"""Events on their way through RabbitMQ: none is lost, whatever is away or dies."""

import re
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.db import OperationalError
from django.db.models.functions import Now
from django.utils import timezone
from kombu import Connection

from config.celery import app, return_to_the_outbox
from config.schedule import SCHEDULE
from shop.core.failpoints import EXIT_CODE
from shop.core.models import OutboxEvent
from shop.notifications.models import Mail
from tests.api import client_of
from tests.services.conftest import Backstage, address_of, channel_of, eventually


def register(email: str = "ada@example.test") -> OutboxEvent:
    """Somebody registers over HTTP; the event waits in the outbox."""
    body = {"email": email, "password": "correct-horse-battery"}
    started = time.monotonic()
    response = client_of().post("/api/auth/registration/", body, format="json")
    assert response.status_code == 201
    assert time.monotonic() - started < 2, "a request never waits for the broker"
    return OutboxEvent.objects.get(name="user.registered")


def waiting(backstage: Backstage) -> int:
    with Connection(backstage.broker) as rabbit:
        answer = channel_of(rabbit).queue_declare(backstage.queue, passive=True)
        return int(answer.message_count)


def test_a_worker_does_what_was_committed(backstage: Backstage) -> None:
    row = register()
    backstage.relay()
    row.refresh_from_db()
    assert row.delivered_at is not None
    assert waiting(backstage) == 1, "kept until somebody does it"
    backstage.worker()
    eventually(Mail.objects.exists)
    eventually(lambda: waiting(backstage) == 0)
    backstage.relay()
    (mail,) = backstage.mails()
    assert "To: ada@example.test" in mail


def test_the_queue_survives_the_broker(backstage: Backstage) -> None:
    register()
    backstage.relay()
    with Connection(backstage.broker) as rabbit:
        channel = channel_of(rabbit)
        # Declared again as another kind, the broker says of which kind it is.
        with pytest.raises(rabbit.channel_errors, match="quorum"):
            channel.queue_declare(backstage.queue, durable=True, auto_delete=False)


def test_a_task_of_a_worker_that_dies_is_done_by_another(backstage: Backstage) -> None:
    register()
    backstage.relay()
    assert backstage.worker("task.before_commit").wait(60) == EXIT_CODE
    assert not Mail.objects.exists()
    backstage.worker()
    eventually(Mail.objects.exists)


def test_a_task_that_was_done_when_the_worker_died_is_not_done_again(backstage: Backstage) -> None:
    register()
    backstage.relay()
    assert backstage.worker("task.after_commit").wait(60) == EXIT_CODE
    assert Mail.objects.count() == 1
    assert waiting(backstage) == 1, "the broker was not told"
    backstage.worker()
    eventually(lambda: waiting(backstage) == 0)
    assert Mail.objects.count() == 1


@pytest.mark.parametrize(("failpoint", "before"), [("mail.before_send", 0), ("mail.after_send", 1)])
def test_a_mail_survives_who_sends_it(failpoint: str, before: int, backstage: Backstage) -> None:
    """Repeated, if it must be, under the same name."""
    register()
    backstage.relay()
    backstage.worker()
    eventually(Mail.objects.exists)
    assert backstage.start("run_worker", "--once", failpoint=failpoint).wait(60) == EXIT_CODE
    assert len(backstage.mails()) == before
    Mail.objects.update(available_at=Now())
    backstage.relay()
    backstage.relay()
    assert len(backstage.mails()) == before + 1
    names = {re.search(r"^Message-ID: .*$", mail, re.MULTILINE) for mail in backstage.mails()}
    assert len({name and name[0] for name in names}) == 1


def test_a_task_that_fails_comes_back_later(backstage: Backstage) -> None:
    row = OutboxEvent.objects.create(name="order.placed", payload={"order_id": 1})
    backstage.relay()
    backstage.worker()
    eventually(lambda: OutboxEvent.objects.exclude(last_error="").exists())
    row.refresh_from_db()
    assert "DoesNotExist" in row.last_error, "there is no such order"
    assert (row.delivered_at, row.failed_at, row.attempts) == (None, None, 1)
    assert row.available_at > timezone.now()
    assert waiting(backstage) == 0, "the outbox has it, the broker no longer"


def test_what_waited_for_the_broker_goes_out_when_it_is_back(backstage: Backstage) -> None:
    row = register()
    there, backstage.broker = backstage.broker, "amqp://guest:guest@127.0.0.1:1//"
    backstage.relay()
    row.refresh_from_db()
    assert (row.delivered_at, row.attempts) == (None, 0)
    backstage.broker = there
    backstage.relay()
    row.refresh_from_db()
    assert row.delivered_at is not None
    assert waiting(backstage) == 1


@contextmanager
def silent_server() -> Iterator[int]:
    """Takes connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield int(server.getsockname()[1])


@pytest.mark.parametrize("kind", ["refusing", "silent"])
@pytest.mark.django_db(transaction=True)
def test_events_wait_for_a_broker_that_is(kind: str, tmp_path: Path) -> None:
    row = register()
    with silent_server() as port:
        number = 1 if kind == "refusing" else port
        stage = Backstage(f"amqp://guest:guest@127.0.0.1:{number}//", tmp_path)
        stage.relay()
    row.refresh_from_db()
    assert (row.delivered_at, row.failed_at, row.attempts) == (None, None, 0)
    assert row.available_at <= timezone.now(), "at once again when the broker is back"


@pytest.mark.django_db
def test_a_failure_is_noted_when_the_database_is_back(monkeypatch: pytest.MonkeyPatch) -> None:
    noted: list[str] = []
    answers = [OperationalError("the database is away"), None]

    def deliver_again(task_id: str, error: BaseException) -> None:
        if problem := answers.pop(0):
            raise problem
        noted.append(task_id)

    monkeypatch.setattr("shop.core.relay.deliver_again", deliver_again)
    monkeypatch.setattr("config.celery.PAUSE", 0)
    return_to_the_outbox(task_id="event-1-1-some.task", exception=ValueError())
    assert noted == ["event-1-1-some.task"]


def test_beat_runs_the_schedule() -> None:
    app.finalize()
    planned = {name: entry["task"] for name, entry in app.conf.beat_schedule.items()}
    assert planned == {entry.task.name: entry.task.name for entry in SCHEDULE}


def test_the_broker_that_is_named_answers() -> None:
    with Connection(address_of("CELERY_BROKER_URL"), connect_timeout=5) as rabbit:
        rabbit.ensure_connection(max_retries=1)
