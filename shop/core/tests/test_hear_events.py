import threading

import pytest
from django.db import connection, transaction

from shop.core.handlers import handler
from shop.core.models import HandledEvent, OutboxEvent

pytestmark = pytest.mark.django_db

HEARD: list[tuple[int, int | None]] = []


@pytest.fixture(autouse=True)
def nothing_heard_yet() -> None:
    HEARD.clear()


@handler("kitchen.pour")
def pour(*, kettle_id: int) -> None:
    HEARD.append((kettle_id, None))


@handler("kitchen.label")
def label(*, event_id: int, kettle_id: int) -> None:
    HEARD.append((kettle_id, event_id))


@handler("kitchen.spill")
def spill(*, kettle_id: int) -> None:
    OutboxEvent.objects.create(name="kettle.spilled", payload={})
    raise ValueError("hot")


@handler("kitchen.call", in_transaction=False)
def call(*, kettle_id: int) -> None:
    assert not connection.in_atomic_block
    HEARD.append((kettle_id, None))


def event() -> int:
    return OutboxEvent.objects.create(name="kettle.boiled", payload={"kettle_id": 7}).pk


def test_hears_an_event_once_however_often_it_is_delivered() -> None:
    first, second = event(), event()
    for event_id in (first, first, second, first):
        pour(event_id=event_id, kettle_id=event_id)
    assert [(first, None), (second, None)] == HEARD


def test_two_handlers_each_hear_it() -> None:
    event_id = event()
    pour(event_id=event_id, kettle_id=7)
    label(event_id=event_id, kettle_id=7)
    assert [(7, None), (7, event_id)] == HEARD, "the id only for who asks for it"


def test_runs_each_time_when_it_is_called_without_an_event() -> None:
    pour(kettle_id=1)
    pour(kettle_id=1)
    assert HEARD == [(1, None), (1, None)]
    assert not HandledEvent.objects.exists()


def test_a_failure_leaves_neither_the_effect_nor_the_note() -> None:
    event_id = event()
    with pytest.raises(ValueError, match="hot"), transaction.atomic():
        spill(event_id=event_id, kettle_id=7)
    assert not HandledEvent.objects.exists()
    assert not OutboxEvent.objects.filter(name="kettle.spilled").exists()


@pytest.mark.django_db(transaction=True)
def test_talks_to_others_outside_of_a_transaction_and_notes_it_afterwards() -> None:
    event_id = event()
    call(event_id=event_id, kettle_id=7)
    call(event_id=event_id, kettle_id=7)
    assert HEARD == [(7, None)]
    assert HandledEvent.objects.get().handler == "kitchen.call"


@pytest.mark.django_db(transaction=True)
def test_of_many_deliveries_at_once_one_is_heard() -> None:
    event_id = event()
    ready = threading.Barrier(6)

    def deliver() -> None:
        try:
            ready.wait(10)
            pour(event_id=event_id, kettle_id=7)
        finally:
            connection.close()

    threads = [threading.Thread(target=deliver) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert HEARD == [(7, None)]
