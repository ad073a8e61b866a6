"""Processes die while a seller's money is booked and paid out: all of it is there, once."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.faults.books import prove
from tests.faults.children import Child, eventually
from tests.faults.conftest import Say
from tests.faults.load import Client, Notes, buy
from tests.faults.shop import KILLED, RELAY, SOLO_WORKER, WEB, Shop
from tests.stripe_simulator.running import RunningStripe, running_stripe

DIES_WITHIN = 60.0
CAUSES = "SELECT count(*) FROM ledger_transaction WHERE kind = %s"
PAID = "SELECT status, amount FROM ledger_payout ORDER BY id"
DELIVERED_LONG_AGO = """
    UPDATE orders_vendororder SET delivered_at = delivered_at - interval '30 days'
    WHERE order_id = %s RETURNING id
"""


@pytest.fixture
def stripe(shop: Shop) -> Iterator[RunningStripe]:
    webhooks = f"http://127.0.0.1:{shop.port}/api/store/payments/webhooks/stripe/"
    with running_stripe(webhook_url=webhooks) as stripe:
        shop.set(**stripe.environment)
        yield stripe


def client(shop: Shop, token: str) -> Client:
    return Client(shop.port, token, Notes())


def test_a_sale_is_booked_and_paid_out_once(shop: Shop, stripe: RunningStripe, say: Say) -> None:
    shop.start_part(WEB)
    shop.start_part(RELAY)
    order = buy_of_the_seller(shop)
    told = prove(shop, paid=[order])
    assert shop.count(CAUSES, "sale") == 1

    deliver(shop, order)
    number = pay_out(shop)
    sent = post_and_die(shop, f"{number}/send/", {}, dies_at="payout.after_provider")
    assert sent["status"] == "sent"
    say(f"booked: {told}; paid out: {prove(shop, paid=[order])}")
    assert [transfer["amount"] for transfer in stripe.transfers()] == [4500]
    assert shop.rows(PAID) == [("sent", 45)]
    assert shop.count(CAUSES, "payout") == 1


def buy_of_the_seller(shop: Shop) -> int:
    """The worker dies before the sale is booked, and the next one as soon as it is."""
    shop.start_part(SOLO_WORKER, FAILPOINT="booking.before_commit")
    order = buy(client(shop, shop.people["shoppers"][0]["token"]), shop.people["seller"]["variant"])
    for following, booked in (("booking.after_commit", 0), ("", 1)):
        worker = shop.part(SOLO_WORKER)
        dies(worker)
        assert worker.exit_code() == KILLED
        assert shop.count(CAUSES, "sale") == booked
        shop.start_part(SOLO_WORKER, FAILPOINT=following)
    return order


def deliver(shop: Shop, order: int) -> None:
    clerk = client(shop, shop.people["clerk"])
    for step in ("process", "ship", "deliver"):
        clerk.post(f"/api/store/orders/{order}/{step}/", {})
    with shop.session() as session:
        session.execute(DELIVERED_LONG_AGO, [order])


def pay_out(shop: Shop) -> str:
    """The number of the payout; the run's first answer is lost."""
    asked = {"vendors": [shop.people["seller"]["slug"]]}
    (payout,) = post_and_die(shop, "run/", asked, dies_at="payout.after_commit")["payouts"]
    return str(payout["number"])


def post_and_die(shop: Shop, path: str, asked: Any, *, dies_at: str) -> Any:
    """The web server dies of it, and the same request is answered by the next one."""
    dying = shop.restart_part(WEB, FAILPOINT=dies_at)
    steward = client(shop, shop.people["steward"])
    with ThreadPoolExecutor(1) as pool:
        answer = pool.submit(steward.post, f"/api/store/payouts/{path}", asked)
        dies(dying)
        shop.start_part(WEB)
        return answer.result(60)


def dies(part: Child) -> None:
    eventually(lambda: not part.is_running(), within=DIES_WITHIN, what=f"{part.name} dies")
