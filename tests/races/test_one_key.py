"""One key in several processes at once, or in one that is killed: one effect all the same."""

import http.client
import json
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import urlsplit

import pytest

from shop.accounts.models import User
from shop.accounts.tests.make import ADDRESS, access_token, make_user
from shop.orders.tests.make import make_order
from shop.payments.models import Payment
from tests.server import running_server

CLIENTS = 12
ROUNDS = 10

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

Answer = tuple[int, str, bytes]


@pytest.fixture
def alice() -> User:
    return make_user()


def add_address(shop: str, token: str, key: str) -> Answer:
    return post(shop, "/api/store/addresses/", ADDRESS, token, key)


def post(shop: str, path: str, body: dict[str, Any], token: str, key: str) -> Answer:
    """Status, `Idempotent-Replayed` and body."""
    connection = http.client.HTTPConnection(urlsplit(shop).netloc, timeout=30)
    headers = {
        "Authorization": f"Bearer {token}",
        "Content-Type": "application/json",
        "Idempotency-Key": key,
    }
    try:
        connection.request("POST", path, json.dumps(body), headers)
        response = connection.getresponse()
        return response.status, response.headers.get("Idempotent-Replayed", ""), response.read()
    finally:
        connection.close()


def test_processes_that_race_for_a_key_do_it_once(alice: User) -> None:
    token = access_token(alice)
    with running_server(workers=2) as shop, ThreadPoolExecutor(CLIENTS) as pool:
        for round_number in range(ROUNDS):
            everybody_is_ready = threading.Barrier(CLIENTS)

            def add(key: str, ready: threading.Barrier = everybody_is_ready) -> Answer:
                ready.wait(30)
                return add_address(shop, token, key)

            key = f"round {round_number}"
            answers = list(pool.map(add, [key] * CLIENTS))
            done = [answer for answer in answers if answer[0] == 201]
            refused = [json.loads(body) for status, _, body in answers if status == 409]
            assert len(done) + len(refused) == CLIENTS
            assert len({body for _, _, body in done}) == 1
            assert [replayed for _, replayed, _ in done].count("") == 1
            assert {answer["errors"][0]["code"] for answer in refused} <= {"request_in_progress"}
            assert alice.addresses.count() == round_number + 1


@pytest.mark.parametrize(
    ("place", "committed"),
    [("idempotency.before_commit", False), ("idempotency.after_commit", True)],
)
def test_a_killed_process_leaves_a_key_that_can_be_repeated(
    alice: User, monkeypatch: pytest.MonkeyPatch, place: str, committed: bool
) -> None:
    token = access_token(alice)
    monkeypatch.setenv("FAILPOINT", place)
    with running_server() as shop, pytest.raises((OSError, http.client.HTTPException)):
        add_address(shop, token, "k-1")
    assert alice.addresses.count() == int(committed)
    monkeypatch.delenv("FAILPOINT")
    with running_server() as shop:
        status, replayed, _ = add_address(shop, token, "k-1")
    assert (status, replayed) == (201, "true" if committed else "")
    assert alice.addresses.count() == 1


def test_a_killed_request_in_steps_goes_on_where_it_ended(
    alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    token, path = access_token(alice), "/api/store/payments/"
    body = {"order": make_order(alice).number, "method": "test"}
    monkeypatch.setenv("FAILPOINT", "idempotency.before_commit")
    with running_server() as shop, pytest.raises((OSError, http.client.HTTPException)):
        post(shop, path, body, token, "k-1")
    payment = Payment.objects.get()
    monkeypatch.delenv("FAILPOINT")
    with running_server() as shop:
        answers = [post(shop, path, body, token, "k-1") for _ in range(2)]
    assert [(status, replayed) for status, replayed, _ in answers] == [(201, ""), (201, "true")]
    assert {json.loads(answer)["id"] for _, _, answer in answers} == {payment.pk}
    assert Payment.objects.count() == 1
