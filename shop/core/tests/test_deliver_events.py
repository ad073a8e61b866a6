from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, ClassVar

import pytest
from django.db import transaction
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, Settings

from shop.core import relay
from shop.core.broker import Broker
from shop.core.errors import Away
from shop.core.events import Event, publish
from shop.core.models import DeadLetter, OutboxEvent
from shop.core.relay import MAX_ATTEMPTS, deliver_again, deliver_pending, revive

pytestmark = pytest.mark.django_db


@dataclass(frozen=True, kw_only=True)
class KettleBoiled(Event):
    name: ClassVar[str] = "kettle.boiled"
    kettle_id: int


class Listener:
    """Stands in for a Celery task: notes what it was given, and fails when told to."""

    def __init__(self, name: str = "kitchen.pour") -> None:
        self.name = name
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
SECOND = Listener()
ROUTES = {KettleBoiled: [LISTENER, SECOND]}
BATCH: list[str] = []


def note_batch(events: Sequence[OutboxEvent]) -> None:
    BATCH.extend(event.name for event in events)


BATCHES = [note_batch]


@pytest.fixture(autouse=True)
def listener(settings: Settings) -> Listener:
    LISTENER.__init__()  # type: ignore[misc]
    SECOND.__init__("kitchen.rinse")  # type: ignore[misc]
    BATCH.clear()
    settings.EVENT_ROUTES = f"{__name__}.ROUTES"
    settings.EVENT_BATCHES = f"{__name__}.BATCHES"
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
    assert listener.heard == [{"kettle_id": 7, "event_id": row.pk}]
    row.refresh_from_db()
    assert row.delivered_at is not None


def test_hands_over_to_the_broker_when_there_is_one(
    listener: Listener, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The way there is for tests/services, which have a real one.
    monkeypatch.setattr(Broker, "_open", lambda _: None)
    settings.CELERY_BROKER_URL = "amqp://somewhere"
    row = boil(7)
    deliver_pending()
    assert listener.sent == [{"kettle_id": 7, "event_id": row.pk}]
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
    assert [fields["kettle_id"] for fields in listener.heard] == [1]


def test_gives_up_after_the_last_attempt(listener: Listener) -> None:
    row = boil()
    listener.error = ValueError("no water")
    for _ in range(MAX_ATTEMPTS + 2):
        deliver_pending()
        make_due(row)
    row.refresh_from_db()
    assert row.attempts == MAX_ATTEMPTS
    assert row.failed_at is not None


def test_waits_for_who_is_away_however_long(listener: Listener) -> None:
    """An outage of Stripe for an hour must leave nothing that people have to mend."""
    row = boil()
    listener.error = Away()
    for _ in range(MAX_ATTEMPTS + 5):
        deliver_pending()
        row.refresh_from_db()
        assert row.available_at - timezone.now() < timedelta(minutes=22)
        make_due(row)
    assert (row.failed_at, DeadLetter.objects.count()) == (None, 0)
    listener.error = None
    deliver_pending()
    row.refresh_from_db()
    assert row.delivered_at is not None


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
    assert [fields["kettle_id"] for fields in listener.heard] == [2]


def test_a_listener_that_fails_does_not_keep_the_event_from_the_next(listener: Listener) -> None:
    row = boil()
    listener.error = ValueError("no water")
    deliver_pending()
    assert [fields["event_id"] for fields in SECOND.heard] == [row.pk]


def test_what_a_listener_never_took_is_a_dead_letter_until_it_is_retried(
    listener: Listener,
) -> None:
    row = boil()
    listener.error = ValueError("no water")
    for _ in range(MAX_ATTEMPTS):
        deliver_pending()
        make_due(row)
    letter = DeadLetter.objects.get()
    assert (letter.event_id, letter.handler, letter.retried_at) == (row.pk, "kitchen.pour", None)
    assert "no water" in letter.error
    listener.error = None
    assert revive(events=[row.pk]) == 1
    deliver_pending()
    row.refresh_from_db()
    letter.refresh_from_db()
    assert row.delivered_at is not None
    assert letter.retried_at is not None
    assert len(listener.heard) == 1


def test_a_retry_in_vain_is_the_same_letter_again(listener: Listener) -> None:
    row = boil()
    listener.error = ValueError("no water")
    for _ in range(2):
        for _ in range(MAX_ATTEMPTS):
            deliver_pending()
            make_due(row)
        revive(events=[row.pk])
        make_due(row)
    assert DeadLetter.objects.count() == 1


def test_what_was_delivered_is_not_revived() -> None:
    row = boil()
    deliver_pending()
    assert revive(events=[row.pk]) == 0
    assert deliver_pending() == 0


def test_numbers_events_in_their_order_once() -> None:
    rows = [boil(number) for number in range(3)]
    deliver_pending(limit=2)
    deliver_pending()
    for row in rows:
        row.refresh_from_db()
    assert [row.position for row in rows] == [1, 2, 3]
    OutboxEvent.objects.update(delivered_at=None, available_at=timezone.now() - timedelta(days=1))
    deliver_pending()
    assert [row.position for row in OutboxEvent.objects.order_by("id")] == [1, 2, 3]


def test_every_event_is_in_a_batch_whoever_hears_it() -> None:
    OutboxEvent.objects.create(name="nobody.hears", payload={})
    boil()
    deliver_pending()
    assert BATCH == ["nobody.hears", "kettle.boiled"]


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
    # Savepoint, place in the queue, claim, release; then the one that closes.
    with django_assert_num_queries(5):
        assert deliver_pending() == 40
    assert not OutboxEvent.objects.filter(delivered_at=None).exists()
