"""PostgreSQL is away for three seconds while many shoppers buy."""

import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.faults.books import prove
from tests.faults.children import eventually
from tests.faults.conftest import Say
from tests.faults.load import Load
from tests.faults.shop import Shop

pytestmark = pytest.mark.outage

OUTAGE = 3.0
ENOUGH = 8000  # requests, so that the one per client which the outage cuts off are few


def test_shoppers_are_told_to_come_back_and_nothing_is_lost(shop: Shop, say: Say) -> None:
    shop.open()
    postgres = shop.servers.postgres
    with Load(shop) as load:
        load.run_for(5)
        postgres.stop()
        load.run_for(OUTAGE)
        postgres.start()
        back = time.monotonic()
        eventually(lambda: shop.status_of("/readyz") == 200, within=5, what="the shop is back")
        recovered = time.monotonic() - back
        load.run_for(5)
        load.run_until(ENOUGH, within=240)
    report = load.report()
    last_failure = max((answer.at for answer in report.failed), default=back) - back
    books = prove(shop, paid=load.notes.paid)
    say(
        f"{report}; open again after {recovered:.2f} s, last failure after {last_failure:.2f} s; "
        f"{len(load.notes.paid)} orders, {books}"
    )
    assert not report.problems
    assert len(report.failed) < 0.003 * len(report.answers)
    assert last_failure < 5


def test_who_waits_is_served_when_it_is_back_also_when_all_threads_wait(
    shop: Shop, say: Say
) -> None:
    shop.open(WEB_WORKERS="1", WEB_THREADS="2")
    postgres = shop.servers.postgres
    for _ in range(10):
        assert shop.status_of("/readyz") == 200
    postgres.stop()
    with ThreadPoolExecutor(2) as pool:
        waiting = [pool.submit(shop.status_of, "/api/store/categories/") for _ in range(2)]
        time.sleep(OUTAGE)
        postgres.start()
        back = time.monotonic()
        assert [answer.result() for answer in waiting] == [200, 200]
    say(f"answered {time.monotonic() - back:.2f} s after it was back")
