"""Redis is away or silent while many shoppers buy: they go on, a little slower."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import pytest

from tests.faults.books import prove
from tests.faults.children import eventually
from tests.faults.conftest import Say
from tests.faults.load import Load
from tests.faults.servers import Redis
from tests.faults.shop import Shop

pytestmark = pytest.mark.outage

AWAY = 8.0  # seconds; the shop looks after it every five
Outage = Callable[[Redis], AbstractContextManager[None]]


@contextmanager
def killed(redis: Redis) -> Iterator[None]:
    redis.kill()
    try:
        yield
    finally:
        redis.start()


def silent(redis: Redis) -> AbstractContextManager[None]:
    return redis.frozen()


@pytest.mark.parametrize("outage", [killed, silent])
def test_browsing_and_buying_go_on(outage: Outage, shop: Shop, say: Say) -> None:
    shop.open()
    with Load(shop) as load:
        before = load.run_for(4)
        with outage(shop.servers.redis):
            during = load.run_for(AWAY)
        load.run_for(2)
    books = prove(shop, paid=load.notes.paid)
    say(f"before: {before}; during: {during}; {len(load.notes.paid)} orders, {books}")
    assert not load.report().failed
    assert during.answers
    assert load.notes.paid
    eventually(lambda: shop.reads("/readyz")["checks"]["cache"] == "ok", within=15, what="a cache")
