"""The relay dies between telling a subscriber and noting it: the subscriber is told again."""

import time

from shop.webhooks.tests.make import receiving
from tests.faults.books import prove
from tests.faults.children import eventually
from tests.faults.conftest import Say
from tests.faults.load import Client, Notes, buy
from tests.faults.shop import KILLED, RELAY, WEB, WORKER, Shop


def test_twice_of_what_was_not_noted_under_one_id(shop: Shop, say: Say) -> None:
    shop.set(WEBHOOKS_ALLOW_HTTP="true", WEBHOOKS_ALLOWED_NETWORKS="127.0.0.0/8")
    shop.start_part(WEB)
    shop.start_part(WORKER)
    dying = shop.start_part(RELAY, FAILPOINT="webhooks.before_record")
    owner = Client(shop.port, shop.people["owner"], Notes())
    shopper = Client(shop.port, shop.people["shoppers"][0]["token"], Notes())
    with receiving() as subscriber:
        wanted = {"url": subscriber.url, "events": ["order.placed"]}
        owner.post("/api/store/webhooks/", wanted, expect=201)
        order = buy(shopper, shop.people["goods"][0]["variant"])
        assert dying.exit_code(within=60) == KILLED
        (first,) = subscriber.heard
        shop.start_part(RELAY)
        died = time.monotonic()
        eventually(lambda: len(subscriber.heard) == 2, within=60, what="it is told again")
        seconds = time.monotonic() - died
        books = prove(shop, paid=[order])
    assert len(subscriber.heard) == 2
    assert {heard.headers["webhook-id"] for heard in subscriber.heard} == {
        first.headers["webhook-id"]
    }
    assert shop.rows("SELECT state FROM webhooks_delivery") == [("delivered",)]
    say(f"told again after {seconds:.1f} s, {books}")
