"""Keys: one effect and one answer for each, whatever happens in between."""

import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from cryptography.exceptions import InvalidTag
from django.db import OperationalError, connection, transaction
from django.db.models.functions import Now
from django.test.utils import CaptureQueriesContext
from psycopg.errors import DeadlockDetected

from shop.accounts.models import User
from shop.accounts.services import erase_user
from shop.accounts.tests.make import make_user
from shop.core import pruning
from shop.core.errors import (
    Conflict,
    IdempotencyKeyNotValid,
    IdempotencyKeyReused,
    RequestInProgress,
)
from shop.core.idempotency import (
    KeyedRequest,
    Replayed,
    answer_in_steps,
    answer_once,
    check_key,
    once,
)
from shop.core.models import IdempotencyKey, RateLimitCounter
from shop.core.rate_limits import RateLimit
from shop.core.tasks import prune_idempotency_keys
from shop.core.transactions import atomic
from shop.orders.tests.parallel import together

pytestmark = pytest.mark.django_db

EFFECT = RateLimit("effect", times=1000, per=timedelta(days=3650))
ways = pytest.mark.parametrize("answer", [answer_once, answer_in_steps])

Way = Callable[[KeyedRequest, Callable[[], Any]], Any]


@dataclass
class Given:
    """An answer of a view."""

    status_code: int = 201
    content: bytes = b'{"id": 1}'


def asked(
    key: str = "k-1", *, user: User | None = None, route: str = "/api/x/", content: bytes = b"{}"
) -> KeyedRequest:
    return KeyedRequest(user.pk if user else None, route, key, content)


def effects() -> int:
    """How often `act` did something that was committed."""
    counter = RateLimitCounter.objects.filter(key="effect:x").first()
    return counter.count if counter else 0


def act() -> Given:
    EFFECT.count("x")
    return Given(content=b"effect %d" % effects())


def unless(status: int) -> Callable[[], Given]:
    def refuse() -> Given:
        EFFECT.count("x")
        return Given(status, b"no")

    return refuse


# --- The answer ---------------------------------------------------------------------------


@ways
def test_gives_the_first_answer_again(answer: Way) -> None:
    assert answer(asked(), act) == Given(content=b"effect 1")
    assert answer(asked(), act) == Replayed(201, b"effect 1")
    assert effects() == 1


@ways
def test_tells_users_routes_and_keys_apart(answer: Way) -> None:
    alice, bob = make_user(), make_user()
    others = [
        asked(user=alice),
        asked(user=bob),
        asked(),
        asked(user=alice, route="/api/y/"),
        asked("k-2", user=alice),
        asked("k-2", user=alice, route="/api/" + "y" * 5000),
    ]
    for request in others:
        assert isinstance(answer(request, act), Given)
    assert effects() == len(others)


@ways
def test_refuses_a_key_with_another_request(answer: Way) -> None:
    answer(asked(content=b"one"), act)
    with pytest.raises(IdempotencyKeyReused):
        answer(asked(content=b"two"), act)
    assert effects() == 1


@ways
def test_a_refusal_is_not_kept_but_what_it_counted_is(answer: Way) -> None:
    assert answer(asked(content=b"one"), unless(409)).status_code == 409
    assert effects() == 1
    assert not IdempotencyKey.objects.exists()
    assert answer(asked(content=b"two"), act) == Given(content=b"effect 2")


@ways
def test_what_a_refused_service_did_is_undone(answer: Way) -> None:
    @atomic
    def refuse() -> None:
        EFFECT.count("y")
        raise Conflict

    def count_and_refuse() -> Given:
        EFFECT.count("x")
        with suppress(Conflict):
            refuse()
        return Given(409)

    answer(asked(), count_and_refuse)
    assert list(RateLimitCounter.objects.values_list("key", flat=True)) == ["effect:x"]


def test_a_failure_undoes_everything() -> None:
    assert answer_once(asked(), unless(503)).status_code == 503

    def fail() -> Given:
        act()
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        answer_once(asked(), fail)
    assert effects() == 0
    assert not IdempotencyKey.objects.exists()
    assert isinstance(answer_once(asked(), act), Given)


@pytest.mark.django_db(transaction=True)
def test_repeats_the_whole_after_a_deadlock() -> None:
    attempts = []

    def meet_another() -> Given:
        answer = act()
        attempts.append(answer.content)
        if len(attempts) == 1:
            raise OperationalError("conflict") from DeadlockDetected()
        return answer

    assert answer_once(asked(), meet_another).status_code == 201
    assert attempts == [b"effect 1", b"effect 1"]


def test_costs_five_statements() -> None:
    request, user = asked(user=make_user()), make_user()
    with CaptureQueriesContext(connection) as first:
        answer_once(request, Given)
    with CaptureQueriesContext(connection) as again:
        answer_once(request, Given)
    assert (len(first), len(again)) == (5, 4)
    with CaptureQueriesContext(connection) as in_steps:
        answer_in_steps(asked(user=user), Given)
    assert len(in_steps) == 5


# --- While the first one runs ---------------------------------------------------------------


def from_elsewhere(request: KeyedRequest, answer: Way) -> Any:
    """What another connection gets for `request`."""
    (got,) = together([lambda: answer(request, act)])
    return got


@ways
@pytest.mark.django_db(transaction=True)
def test_a_request_in_progress_is_not_begun_again(answer: Way) -> None:
    got = []

    def act_slowly() -> Given:
        got.append(from_elsewhere(asked(), answer))
        got.append(from_elsewhere(asked("k-2"), answer))
        return act()

    assert answer(asked(), act_slowly).status_code == 201
    assert got == [RequestInProgress, Given(content=b"effect 1")]
    assert from_elsewhere(asked(), answer) == Replayed(201, b"effect 2")


@ways
@pytest.mark.django_db(transaction=True)
def test_many_at_once_have_one_effect(answer: Way) -> None:
    for round_number in range(5):
        request = asked(f"round {round_number}")
        got = together([partial(answer, request, act)] * 8)
        first = [one for one in got if isinstance(one, Given)]
        assert len(first) == 1
        for one in got:
            assert one in (RequestInProgress, Replayed(201, first[0].content), first[0])
    assert effects() == 5


# --- Steps ------------------------------------------------------------------------------------


def pay_in_steps(*, killed_after: int) -> Given:
    """A promise, a call, a record, as refunds are made of."""

    def promise() -> int:
        EFFECT.count("x")
        return effects()

    with transaction.atomic():
        number = once("promise", promise)
    if killed_after == 1:
        raise KeyboardInterrupt
    with transaction.atomic():
        once("record", lambda: EFFECT.count("y"))
    if killed_after == 2:
        raise KeyboardInterrupt
    return Given(content=b"promise %d" % number)


@pytest.mark.django_db(transaction=True)
def test_goes_on_after_the_steps_that_were_done() -> None:
    for killed_after, steps in ((1, {"promise": 1}), (2, {"promise": 1, "record": None})):
        for _ in range(2):
            with pytest.raises(KeyboardInterrupt):
                answer_in_steps(asked(), partial(pay_in_steps, killed_after=killed_after))
        kept = IdempotencyKey.objects.get()
        assert (kept.steps, kept.status) == (steps, None)
    done = answer_in_steps(asked(), partial(pay_in_steps, killed_after=0))
    assert done == Given(content=b"promise 1")
    assert set(RateLimitCounter.objects.values_list("key", "count")) == {
        ("effect:x", 1),
        ("effect:y", 1),
    }


@pytest.mark.django_db(transaction=True)
def test_a_step_that_was_undone_is_done_again() -> None:
    def act_twice() -> Given:
        with transaction.atomic():
            once("promise", lambda: EFFECT.count("x"))
            transaction.set_rollback(True)
        with transaction.atomic():
            once("promise", lambda: EFFECT.count("x"))
        return Given()

    answer_in_steps(asked(), act_twice)
    assert effects() == 1


def test_keeps_the_steps_of_a_request_that_was_refused_later() -> None:
    def promise_in_vain() -> Given:
        with transaction.atomic():
            once("promise", lambda: EFFECT.count("x"))
        return Given(409)

    for _ in range(2):
        assert answer_in_steps(asked(), promise_in_vain).status_code == 409
    assert effects() == 1


def test_without_a_key_every_step_is_done() -> None:
    assert [once("promise", lambda: "done") for _ in range(2)] == ["done", "done"]
    answer_in_steps(asked(), Given)
    assert once("promise", lambda: "again") == "again"


def wait_until_unlocked(request: KeyedRequest) -> None:
    """The server needs a moment to see that a connection was closed."""
    deadline = time.monotonic() + 10
    while from_elsewhere(request, answer_in_steps) is RequestInProgress:
        assert time.monotonic() < deadline
        time.sleep(0.01)


def leave_by_error() -> Given:
    raise ZeroDivisionError


def break_the_connection() -> Given:
    connection.connection.close()
    raise ZeroDivisionError


POOL: list[Any] = []


def change_the_connection() -> Given:
    POOL.append(connection.connection)
    connection.connection = None
    connection.connect()
    raise ZeroDivisionError


@pytest.mark.parametrize("leave", [leave_by_error, break_the_connection, change_the_connection])
@pytest.mark.django_db(transaction=True)
def test_leaves_no_lock_behind(leave: Callable[[], Given]) -> None:
    try:
        with pytest.raises(ZeroDivisionError):
            answer_in_steps(asked(), leave)
        # With this connection still open: a pool would not close it either.
        wait_until_unlocked(asked())
    finally:
        connection.close()
        for pooled in POOL:
            pooled.close()


# --- What is stored ---------------------------------------------------------------------------


def test_the_table_tells_nothing_of_bodies_and_answers() -> None:
    answer_once(asked(content=b"my password"), lambda: Given(content=b"a token"))
    with connection.cursor() as cursor:
        cursor.execute("SELECT t.*, t::text FROM core_idempotencykey t")
        row = [
            bytes(value) if isinstance(value, memoryview) else value for value in cursor.fetchone()
        ]
    assert "my password" not in repr(row)
    assert "a token" not in repr(row)


def test_an_answer_cannot_be_read_with_another_body() -> None:
    answer_once(asked(content=b"one"), Given)
    stored = bytes(IdempotencyKey.objects.get().answer or b"")
    assert asked(content=b"one").decrypt(stored) == Given().content
    for other in (asked(content=b"two"), asked("k-2", content=b"one")):
        with pytest.raises(InvalidTag):
            other.decrypt(stored)


def test_forgets_keys_after_seven_days() -> None:
    for days in (6, 8):
        answer_once(asked(f"{days} days"), act)
        IdempotencyKey.objects.filter(key=f"{days} days").update(
            created_at=Now() - timedelta(days=days)
        )
    prune_idempotency_keys()
    assert [kept.key for kept in IdempotencyKey.objects.all()] == ["6 days"]


def test_forgets_in_pieces_what_has_piled_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pruning, "PIECE", 2)
    for number in range(5):
        answer_once(asked(str(number)), act)
    IdempotencyKey.objects.update(created_at=Now() - timedelta(days=8))
    with CaptureQueriesContext(connection) as queries:
        prune_idempotency_keys()
    assert sum("DELETE" in query["sql"] for query in queries) == 3
    assert not IdempotencyKey.objects.exists()


def test_forgets_the_answers_of_an_erased_account() -> None:
    alice, bob = make_user(), make_user()
    for user in (alice, bob):
        answer_once(asked(user=user), act)
    erase_user(user=alice)
    assert [kept.user for kept in IdempotencyKey.objects.all()] == [bob]


@pytest.mark.parametrize("key", ["", " ", "x" * 256, "ключ", "a\nb", "a\x7f", "\xe9"])
def test_refuses_keys_that_are_none(key: str) -> None:
    with pytest.raises(IdempotencyKeyNotValid):
        check_key(key)


@pytest.mark.parametrize("key", ["1", "x" * 255, '"8e03978e-40d5-43dd-bc93-6894a57f9324"', "a b"])
def test_takes_printable_keys(key: str) -> None:
    check_key(key)
