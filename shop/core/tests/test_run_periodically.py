from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db import connection

from shop.core.locks import number_of
from shop.core.schedule import Periodic, Scheduler, periodic

pytestmark = pytest.mark.django_db

DONE: list[str] = []


@periodic("garden.water")
def water() -> None:
    DONE.append("watered")


@periodic("garden.burn")
def burn() -> None:
    raise ValueError("fire")


@pytest.fixture(autouse=True)
def nothing_done_yet() -> None:
    DONE.clear()


@pytest.fixture
def somebody_waters() -> Iterator[None]:
    """Another process is at it: it holds the lock in a connection of its own."""
    other = connection.copy()
    with other.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [number_of("periodic garden.water")])
    yield
    # Said, not left to the end of the connection, which the server notices a moment later.
    with other.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_unlock(%s)", [number_of("periodic garden.water")])
    other.close()


def test_runs_again_and_again() -> None:
    water()
    water()
    assert DONE == ["watered", "watered"], "the lock is given back"


@pytest.mark.usefixtures("somebody_waters")
def test_leaves_it_to_the_one_who_is_at_it() -> None:
    water()
    assert DONE == []


def test_a_failure_gives_the_lock_back() -> None:
    for _ in range(2):
        with pytest.raises(ValueError, match="fire"):
            burn()


def test_one_broken_task_does_not_stop_the_others() -> None:
    Scheduler([Periodic(burn, timedelta(hours=1)), Periodic(water, timedelta(hours=1))]).run_due()
    assert DONE == ["watered"]


def test_runs_what_is_due_and_nothing_else() -> None:
    scheduler = Scheduler([Periodic(water, timedelta(hours=1))])
    scheduler.run_due()
    scheduler.run_due()
    assert DONE == ["watered"]
