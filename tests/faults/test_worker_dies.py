"""A task worker is killed in the middle of a task: another one does it, once."""

from tests.faults.books import prove
from tests.faults.children import eventually
from tests.faults.conftest import Say
from tests.faults.load import Client, Notes, buy
from tests.faults.shop import RELAY, WEB, WORKER, Shop

REFUNDS = """
    SELECT r.status, r.amount, p.refunded_amount FROM payments_refund r
    JOIN payments_payment p ON p.id = r.payment_id WHERE p.order_id = %s
"""
WAITS_FOR_A_LOCK = """
    SELECT count(*) FROM pg_stat_activity
    WHERE datname = current_database() AND wait_event_type = 'Lock'
"""


def test_the_refund_of_a_cancelled_order_is_given_once(shop: Shop, say: Say) -> None:
    shop.start_part(WEB)
    shop.start_part(RELAY)
    worker = shop.start_part(WORKER)
    client = Client(shop.port, shop.people["shoppers"][0]["token"], Notes())
    order = buy(client, shop.people["goods"][0]["variant"])
    with shop.session() as session:
        # The task cannot end while we hold what it needs; so it is killed in its middle.
        session.execute("SELECT FROM payments_payment WHERE order_id = %s FOR UPDATE", [order])
        client.post(f"/api/store/orders/{order}/cancel/", {})
        eventually(lambda: shop.count(WAITS_FOR_A_LOCK), within=30, what="a task at the payment")
        worker.kill()
        session.rollback()
    assert shop.rows(REFUNDS, order) == [], "it was killed before it had done anything"
    shop.start_part(WORKER)
    eventually(lambda: shop.rows(REFUNDS, order), within=60, what="the refund")
    books = prove(shop, paid=[order])
    ((status, amount, refunded),) = shop.rows(REFUNDS, order)
    say(f"one refund of {amount}; {books}")
    assert (status, refunded) == ("succeeded", amount)
