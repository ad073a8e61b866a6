"""`retry_on_conflict`: whole transactions again, and only for what a repetition can cure."""

import pytest
from django.db import OperationalError, transaction
from psycopg.errors import DeadlockDetected, LockNotAvailable

from shop.core.transactions import ATTEMPTS, retry_on_conflict


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
    for error, calls in ((DeadlockDetected(), ATTEMPTS), (LockNotAvailable(), 1)):
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
