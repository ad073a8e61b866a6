"""What happens at the same moment, in connections of their own."""

import threading
from collections import Counter
from collections.abc import Callable
from contextlib import suppress

import pytest
from django.db import connection, transaction

from shop.core.events import publish
from shop.orders.events import OrderPaid
from shop.webhooks import sending, services
from shop.webhooks.errors import TooManyEndpoints
from shop.webhooks.models import Delivery, Endpoint
from shop.webhooks.services.endpoints import MAX_PER_OWNER
from shop.webhooks.tests.make import Receiver, make_endpoint, relay, tell

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(action: Callable[[], object], *, times: int) -> None:
    barrier = threading.Barrier(times)

    def run() -> None:
        barrier.wait()
        try:
            action()
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def send_all() -> None:
    while services.send_due():
        pass


def test_workers_share_the_deliveries(receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sending, "PATIENCE", 60.0)  # a busy machine is not a slow receiver
    for _ in range(4):
        make_endpoint(url=receiver.url)
    tell(*(OrderPaid(order_id=number) for number in range(1, 11)))
    at_once(send_all, times=3)
    assert set(Delivery.objects.values_list("state", "attempts")) == {("delivered", 1)}
    heard = Counter(request.headers["webhook-id"] for request in receiver.heard)
    assert set(heard.values()) == {4}, "each event once for each endpoint"
    assert len(heard) == 10


def test_nobody_gets_one_endpoint_too_many() -> None:
    for _ in range(MAX_PER_OWNER - 2):
        make_endpoint()

    def one_more() -> None:
        with suppress(TooManyEndpoints):
            make_endpoint()

    at_once(one_more, times=5)
    assert Endpoint.objects.count() == MAX_PER_OWNER


def test_an_endpoint_that_is_deleted_meanwhile_holds_up_no_event() -> None:
    endpoint, other = make_endpoint(), make_endpoint()
    with transaction.atomic():
        publish(OrderPaid(order_id=1))
    problems: list[Exception] = []

    def hand_over() -> None:
        try:
            relay()
        except Exception as problem:
            problems.append(problem)
        finally:
            connection.close()

    thread = threading.Thread(target=hand_over)
    with transaction.atomic():
        services.delete_endpoint(endpoint_id=endpoint.pk)
        thread.start()
        thread.join(0.5)
        assert thread.is_alive(), "it waits for what becomes of the endpoint"
    thread.join()
    assert problems == []
    assert Delivery.objects.get().endpoint_id == other.pk
