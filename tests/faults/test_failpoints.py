"""A process of the shop dies at a named place; it is started again, and clients repeat.

One journey by card: a shopper orders, pays and is paid for, a clerk gives the money back. Each
of their requests has an Idempotency-Key and is repeated under it until it is answered. Of
everything there must be exactly one afterwards, at the shop, at Stripe and in the mailbox.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.faults.books import prove
from tests.faults.children import ROOT, eventually
from tests.faults.conftest import Say, new_shop
from tests.faults.journey import Journey, Step
from tests.faults.shop import KILLED, RELAY, SOLO_WORKER, WEB, Servers, Shop
from tests.stripe_simulator.running import RunningStripe, running_stripe

DIES_WITHIN = 60.0
ORDERS = "SELECT id, status FROM orders_order WHERE user_id = %s"
MAILS = ("order_placed", "order_paid", "payment_refunded")


@dataclass(frozen=True)
class Death:
    """`part` dies at `failpoint`; with `keyed`, only this request has an Idempotency-Key."""

    failpoint: str
    part: str
    keyed: Step | None = None

    def __str__(self) -> str:
        return f"{self.failpoint}, {self.keyed or self.part}"


DEATHS = [
    Death("order.before_commit", WEB),
    Death("order.after_commit", WEB),
    *(
        Death(f"idempotency.{moment}_commit", WEB, keyed=step)
        for step in ("order", "payment", "refund")
        for moment in ("before", "after")
    ),
    Death("payment.before_open", WEB),
    Death("payment.after_open", WEB),
    Death("webhook.before_store", WEB),
    Death("webhook.after_store", WEB),
    Death("webhook.before_commit", SOLO_WORKER),
    Death("webhook.after_commit", SOLO_WORKER),
    Death("refund.before_provider", WEB),
    Death("refund.after_provider", WEB),
    Death("refund.before_commit", WEB),
    Death("relay.after_publish", RELAY),
    Death("task.before_commit", SOLO_WORKER),
    Death("task.after_commit", SOLO_WORKER),
    Death("mail.before_send", RELAY),
    Death("mail.after_send", RELAY),
]

SUBSCRIBERS = "webhooks.before_record"  # see test_subscribers_hear.py
# See test_books_die.py, and shop/ledger/tests/payouts/test_killed.py.
MONEY = {
    *("booking.before_commit", "booking.after_commit"),
    *("payout.before_commit", "payout.after_commit", "payout.before_provider"),
    *("payout.after_provider", "payout.before_sent"),
}


@pytest.fixture(scope="module")
def stage(
    servers: Servers, people: Mapping[str, Any], folder: Path
) -> Iterator[tuple[Shop, RunningStripe]]:
    """One shop for all of them: what one death leaves behind must not trouble the next."""
    with new_shop(servers, people, folder) as shop:
        webhooks = f"http://127.0.0.1:{shop.port}/api/store/payments/webhooks/stripe/"
        with running_stripe(webhook_url=webhooks) as stripe:
            shop.set(**stripe.environment)
            for part in (WEB, RELAY, SOLO_WORKER):
                shop.start_part(part)
            yield shop, stripe


@pytest.mark.parametrize("death", DEATHS, ids=str)
def test_there_is_one_of_everything_after(
    death: Death, stage: tuple[Shop, RunningStripe], say: Say
) -> None:
    shop, stripe = stage
    shopper = shop.people["shoppers"][DEATHS.index(death)]
    dying = shop.restart_part(death.part, FAILPOINT=death.failpoint)
    with Journey(shop, stripe, shopper, only_key=death.keyed) as journey:
        eventually(lambda: not dying.is_running(), within=DIES_WITHIN, what=f"{death} is reached")
        code = dying.exit_code()
        shop.start_part(death.part)
        journey.finish(within=60)
    expected = dict.fromkeys(MAILS, 1)
    eventually(lambda: journey.mails() == expected, within=60, what="one mail of each kind")
    # No protocol for mail can tell whether the server took one: that one is sent again.
    is_mail_unclear = death.failpoint == "mail.after_send"
    books = prove(shop, paid=[journey.order], sent_again=int(is_mail_unclear))
    stripe.wait_until_delivered()
    say(f"{code}; {journey.repeated} requests repeated, {books}")
    # The web server's process is a child of granian, which then ends with 1.
    assert code == (1 if death.part == WEB else KILLED)
    assert shop.rows(ORDERS, shopper["id"]) == [(journey.order, "REFUNDED")]
    assert len(stripe.money_taken(journey.intent)) == 1
    assert [r["amount"] for r in stripe.refunds() if r["payment_intent"] == journey.intent] == [
        journey.cents
    ]
    assert journey.mails() == expected


def test_no_failpoint_is_forgotten() -> None:
    named = set()
    for file in (ROOT / "shop").rglob("*.py"):
        named |= set(re.findall(r'failpoint(?:_after_commit)?\("([^"]+)"\)', file.read_text()))
    assert named == {death.failpoint for death in DEATHS} | {SUBSCRIBERS} | MONEY
