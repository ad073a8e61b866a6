from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, ClassVar

import pytest
from django.db import transaction
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, Settings

from shop.core import relay
from shop.core.broker import Broker
from shop.core.events import Event, publish
from shop.core.models import OutboxEvent
from shop.core.relay import MAX_ATTEMPTS, deliver_again, deliver_pending

pytestmark = pytest.mark.django_db


@dataclass(frozen=True, kw_only=True)
class KettleBoiled(Event):
    name: ClassVar[str] = "kettle.boiled"
    kettle_id: int


class Listener:
    """Stands in for a Celery task: notes what it was given, and fails when told to."""

    name = "kitchen.pour"

    def __init__(self) -> None:
        self.heard: list[Mapping[str, Any]] = []
        self.sent: list[Mapping[str, Any]] = []
        self.ids: list[str] = []
        self.error: Exception | None = None
        self.fails_at_once = False

    def apply(self, *, kwargs: Mapping[str, Any], throw: bool) -> None:
        if self.error:
            raise self.error
        self.heard.append(kwargs)

    def apply_async(self, *, kwargs: Mapping[str, Any], **options: Any) -> None:
        self.sent.append(kwargs)
        self.ids.append(options["task_id"])
        if self.fails_at_once:
            deliver_again(options["task_id"], ValueError("no water"))


LISTENER = Listener()
ROUTES = {KettleBoiled: [LISTENER]}


@pytest.fixture(autouse=True)
def listener(settings: Settings) -> Listener:
    LISTENER.__init__()  # type: ignore[misc]
    settings.EVENT_ROUTES = f"{__name__}.ROUTES"
    settings.CELERY_BROKER_URL = ""
    return LISTENER


class Post:
    """Stands in for the connection to the broker."""

    def send(self, task: Listener, arguments: Mapping[str, Any], *, task_id: str) -> None:
        task.apply_async(kwargs=arguments, task_id=task_id)


@pytest.fixture
def broker(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.CELERY_BROKER_URL = "amqp://somewhere"
    monkeypatch.setattr(relay, "_broker", Post())


def boil(kettle_id: int = 1) -> OutboxEvent:
    with transaction.atomic():
        publish(KettleBoiled(kettle_id=kettle_id))
    return OutboxEvent.objects.latest("id")


def make_due(row: OutboxEvent) -> None:
    OutboxEvent.objects.filter(pk=row.pk).update(available_at=timezone.now() - timedelta(days=1))


def test_tells_those_who_hear_it_once(listener: Listener) -> None:
    row = boil(7)
    assert deliver_pending() == 1
    assert deliver_pending() == 0
    assert listener.heard == [{"kettle_id": 7}]
    row.refresh_from_db()
    assert row.delivered_at is not None


def test_hands_over_to_the_broker_when_there_is_one(
    listener: Listener, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The way there is for tests/services, which have a real one.
    monkeypatch.setattr(Broker, "_open", lambda _: None)
    settings.CELERY_BROKER_URL = "amqp://somewhere"
    boil(7)
    deliver_pending()
    assert listener.sent == [{"kettle_id": 7}]
    assert listener.heard == []


def test_tries_again_later_when_a_listener_fails(listener: Listener) -> None:
    row = boil()
    listener.error = ValueError("no water")
    deliver_pending()
    row.refresh_from_db()
    assert row.delivered_at is None
    assert "no water" in row.last_error
    assert deliver_pending() == 0, "not before its time"
    listener.error = None
    make_due(row)
    deliver_pending()
    assert listener.heard == [{"kettle_id": 1}]


def test_gives_up_after_the_last_attempt(listener: Listener) -> None:
    row = boil()
    listener.error = ValueError("no water")
    for _ in range(MAX_ATTEMPTS + 2):
        deliver_pending()
        make_due(row)
    row.refresh_from_db()
    assert row.attempts == MAX_ATTEMPTS
    assert row.failed_at is not None


@pytest.mark.usefixtures("broker")
def test_comes_back_when_its_celery_task_failed(listener: Listener) -> None:
    row = boil()
    deliver_pending()
    (task_id,) = listener.ids
    deliver_again(task_id, ValueError("no water"))
    row.refresh_from_db()
    assert (row.delivered_at, row.attempts) == (None, 1)
    assert "no water" in row.last_error
    make_due(row)
    deliver_pending()
    assert len(listener.sent) == 2


@pytest.mark.usefixtures("broker")
def test_a_task_that_fails_before_it_counts_as_sent_comes_back(listener: Listener) -> None:
    listener.fails_at_once = True
    row = boil()
    deliver_pending()
    row.refresh_from_db()
    assert row.delivered_at is None
    assert "no water" in row.last_error


def test_passes_over_tasks_that_no_event_started() -> None:
    row = boil()
    deliver_again("0b8c6f7a-periodic", ValueError("no water"))
    deliver_again(f"event-{row.pk + 1}-1-kitchen.pour", ValueError("no water"))
    row.refresh_from_db()
    assert row.last_error == ""


def test_a_broken_event_does_not_hold_up_the_next(listener: Listener) -> None:
    with transaction.atomic():
        OutboxEvent.objects.create(name="nobody.hears", payload={})
    boil(2)
    assert deliver_pending() == 2
    assert listener.heard == [{"kettle_id": 2}]


def test_vanishes_with_the_transaction_that_failed() -> None:
    with transaction.atomic():
        publish(KettleBoiled(kettle_id=1))
        transaction.set_rollback(True)
    assert not OutboxEvent.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_refuses_to_be_published_outside_a_transaction() -> None:
    with pytest.raises(RuntimeError, match="transaction"):
        publish(KettleBoiled(kettle_id=1))


def test_closes_what_nobody_hears_in_one_statement(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    OutboxEvent.objects.bulk_create(OutboxEvent(name="nobody.hears", payload={}) for _ in range(40))
    with django_assert_num_queries(2):
        assert deliver_pending() == 40
    assert not OutboxEvent.objects.filter(delivered_at=None).exists()
