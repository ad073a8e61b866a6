import pytest
from django.db import DatabaseError, InternalError, connection, transaction
from pytest_django import Settings

from shop.core import audits, sql
from shop.core.audits import Statement, one_moment
from shop.core.events import Event
from shop.core.handlers import handler
from shop.core.models import DeadLetter, HandledEvent, OutboxEvent
from shop.core.tests.plant import plant, told


class ShelfFell(Event):
    name = "shelf.fell"


@handler("shelf.mend")
def mend_shelf() -> None:
    """Nobody calls it."""


ROUTES = {ShelfFell: [mend_shelf]}


def make_event() -> OutboxEvent:
    event = OutboxEvent.objects.create(name=ShelfFell.name, payload={})
    event.refresh_from_db()
    return event


@pytest.mark.django_db
def test_finds_an_event_that_nobody_takes() -> None:
    event = make_event()
    assert told(audits.events_waiting) == []
    plant("UPDATE core_outboxevent SET available_at = '2026-01-02 03:04:05Z'")
    assert told(audits.events_waiting) == [
        (
            f"OutboxEvent {event.pk} (shelf.fell): "
            "it was due at 2026-01-02 03:04:05 and nobody has taken it"
        )
    ]
    plant("UPDATE core_outboxevent SET delivered_at = now()")
    assert told(audits.events_waiting) == []


@pytest.mark.django_db
def test_finds_an_event_that_was_given_up() -> None:
    event = make_event()
    assert told(audits.events_given_up) == []
    plant(
        "UPDATE core_outboxevent SET failed_at = now(), attempts = 5, "
        "last_error = E'it rained\\nfor days'"
    )
    assert told(audits.events_given_up) == [
        f"OutboxEvent {event.pk} (shelf.fell): it was given up after 5 attempts: it rained"
    ]


@pytest.mark.django_db
def test_names_who_gave_up() -> None:
    event = make_event()
    DeadLetter.objects.create(event=event, handler="shelf.mend", error="it rained")
    plant("UPDATE core_outboxevent SET failed_at = now(), attempts = 5, last_error = 'it rained'")
    assert told(audits.events_given_up) == [
        (
            f"OutboxEvent {event.pk} (shelf.fell): "
            "shelf.mend was given up after 5 attempts: it rained"
        )
    ]


@pytest.mark.django_db
def test_finds_an_event_that_one_of_its_handlers_never_heard(settings: Settings) -> None:
    settings.EVENT_ROUTES = f"{__name__}.ROUTES"
    before, first, lost = (
        OutboxEvent.objects.create(name=ShelfFell.name, payload={}, position=position)
        for position in (1, 2, 3)
    )
    plant("UPDATE core_outboxevent SET delivered_at = now() - interval '1 hour'")
    # Nobody has heard anything: there may be no such handler yet.
    assert told(audits.events_heard) == []
    HandledEvent.objects.create(event=first, handler=mend_shelf.name)
    plant("UPDATE core_outboxevent SET delivered_at = now() - interval '9 min'")
    assert told(audits.events_heard) == []
    plant("UPDATE core_outboxevent SET delivered_at = '2026-01-02 03:04:05Z'")
    assert told(audits.events_heard) == [
        (
            f"OutboxEvent {lost.pk} ({lost.name}): "
            f"it was delivered at 2026-01-02 03:04:05, and {mend_shelf.name} never heard it"
        )
    ]
    assert before.pk < first.pk < lost.pk
    HandledEvent.objects.create(event=lost, handler=mend_shelf.name)
    assert told(audits.events_heard) == []


def test_speaks_of_the_columns_that_its_statement_answers(db: None) -> None:
    audit = Statement(
        "shelf.height",
        "SELECT n AS id, %(high)s AS high FROM generate_series(1, 2) AS n",
        rows="Shelf {id}",
        text="it is {high} high",
        params={"high": 3},
    )
    assert told(audit) == ["Shelf 1: it is 3 high", "Shelf 2: it is 3 high"]


@pytest.mark.django_db(transaction=True)
def test_sees_one_moment_and_changes_nothing() -> None:
    isolation = "SELECT current_setting('transaction_isolation') AS level"
    with one_moment():
        assert sql.rows(isolation) == [{"level": "repeatable read"}]
        with pytest.raises((InternalError, DatabaseError), match="read-only"), transaction.atomic():
            make_event()
    assert sql.rows(isolation) == [{"level": "read committed"}]
    assert not connection.in_atomic_block
