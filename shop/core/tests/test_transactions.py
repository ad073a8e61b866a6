"""`retry_on_conflict`: whole transactions again, and only for what a repetition can cure."""

import pytest
from django.db import OperationalError, transaction
from psycopg.errors import DeadlockDetected, LockNotAvailable
from psycopg_pool import PoolTimeout

from shop.core.models import RateLimitCounter
from shop.core.tests.outage import end_this_session
from shop.core.transactions import ATTEMPTS, CommitUnclear, atomic, retry_on_conflict


class Conflicting:
    """An action that meets `error` the first `times` times."""

    def __init__(self, error: Exception, times: int) -> None:
        self.error, self.times, self.calls = error, times, 0

    def __call__(self) -> str:
        self.calls += 1
        if self.calls <= self.times:
            raise OperationalError("conflict") from self.error
        return "done"


def retried(action: Conflicting) -> str:
    @retry_on_conflict
    def run() -> str:
        return action()

    return run()


@pytest.mark.django_db(transaction=True)
def test_runs_the_action_again_after_a_deadlock() -> None:
    action = Conflicting(DeadlockDetected(), times=ATTEMPTS - 1)
    assert retried(action) == "done"
    assert action.calls == ATTEMPTS


@pytest.mark.django_db(transaction=True)
def test_gives_up_in_the_end_and_at_once_for_other_errors() -> None:
    for error, calls in (
        (DeadlockDetected(), ATTEMPTS),
        (LockNotAvailable(), 1),
        (PoolTimeout(), 1),
    ):
        action = Conflicting(error, times=99)
        with pytest.raises(OperationalError):
            retried(action)
        assert action.calls == calls


@pytest.mark.django_db
def test_leaves_it_to_the_outermost_transaction() -> None:
    action = Conflicting(DeadlockDetected(), times=1)
    with pytest.raises(OperationalError), transaction.atomic():
        retried(action)
    assert action.calls == 1


def count(key: str) -> None:
    RateLimitCounter.objects.create(key=key, window_start="2026-01-01T00:00Z")


def counted() -> list[str]:
    return list(RateLimitCounter.objects.order_by("key").values_list("key", flat=True))


@pytest.mark.django_db(transaction=True)
def test_runs_the_action_again_when_the_database_went_in_the_middle() -> None:
    calls = []

    @retry_on_conflict
    @atomic
    def action() -> str:
        calls.append(1)
        count("first")
        if len(calls) == 1:
            end_this_session()
        count("second")
        return "done"

    assert action() == "done"
    assert len(calls) == 2
    assert counted() == ["first", "second"]


@pytest.mark.django_db(transaction=True)
def test_does_not_when_it_went_at_the_commit() -> None:
    calls = []

    @retry_on_conflict
    @atomic
    def action() -> None:
        calls.append(1)
        count("only")
        end_this_session()

    with pytest.raises(CommitUnclear):
        action()
    assert len(calls) == 1
