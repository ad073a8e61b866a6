"""RabbitMQ is away, silent or full: shoppers notice nothing, and afterwards all is done once."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import pytest

from tests.faults.books import mails_to, prove
from tests.faults.children import eventually
from tests.faults.conftest import Say
from tests.faults.load import Load, browse_and_buy, register
from tests.faults.shop import RELAY, WEB, WORKER, Shop

pytestmark = pytest.mark.outage

BEFORE = 10.0
DRAINED_WITHIN = 60.0
# A request that waited for the broker would wait for as long as the relay does.
BROKER_PATIENCE = 4.0

Outage = Callable[[Shop], AbstractContextManager[None]]


@contextmanager
def stopped(shop: Shop) -> Iterator[None]:
    shop.servers.rabbitmq.stop()
    try:
        yield
    finally:
        shop.servers.rabbitmq.start()


def silent(shop: Shop) -> AbstractContextManager[None]:
    return shop.servers.rabbitmq.frozen()


@contextmanager
def full(shop: Shop) -> Iterator[None]:
    """The workers do not keep up, and their queue refuses what it is sent."""
    rabbitmq = shop.servers.rabbitmq
    limit = '{"max-length": 5, "overflow": "reject-publish"}'
    rabbitmq.control("set_policy", "full", ".*", limit, "--apply-to", "queues")
    try:
        with shop.part(WORKER).frozen():
            yield
    finally:
        rabbitmq.control("clear_policy", "full")


@contextmanager
def out_of_memory(shop: Shop) -> Iterator[None]:
    """It reads nothing more from those who send."""
    shop.servers.rabbitmq.control("set_vm_memory_high_watermark", "0")
    try:
        yield
    finally:
        shop.servers.rabbitmq.control("set_vm_memory_high_watermark", "0.4")


@pytest.mark.parametrize(
    ("outage", "seconds"), [(stopped, 30), (silent, 20), (full, 10), (out_of_memory, 10)]
)
def test_shoppers_notice_nothing_and_mails_come_late(
    outage: Outage, seconds: float, shop: Shop, say: Say
) -> None:
    for part in (WEB, RELAY, WORKER):
        shop.start_part(part)
    with Load(shop, clients=6, pause=0.2, walks=[browse_and_buy, browse_and_buy, register]) as load:
        before = load.run_for(BEFORE)
        with outage(shop):
            during = load.run_for(seconds)
            waiting = shop.waiting_events()
        load.run_for(1)
    seconds_to_drain = shop.drain(within=DRAINED_WITHIN)
    registered = load.notes.registered
    eventually(
        lambda: len(mails_to(shop, registered)) >= len(registered),
        within=DRAINED_WITHIN,
        what="a mail to everybody",
    )
    books = prove(shop, paid=load.notes.paid)
    say(
        f"before: {before}; during: {during}; "
        f"{waiting} events waited, drained in {seconds_to_drain:.1f} s, {len(registered)} mails; "
        f"{len(load.notes.paid)} orders, {books}"
    )
    assert not load.report().failed
    assert waiting > 0
    assert during.worst < max(BROKER_PATIENCE, 2 * before.worst)
    assert during.percentile(99) < 2 * before.percentile(99) + 0.5
    assert sorted(mails_to(shop, registered)) == sorted(registered), "one mail each"
