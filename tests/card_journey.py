"""Buying by card, over HTTP: the shop, its shopper, and a Stripe that takes the money.

usage: python -m tests.card_journey BASE_URL STRIPE_URL

walks a shop that runs with STRIPE=sim; tests call the journeys one by one, also with
localstripe. Each step prints one line; the first surprise ends it with exit 1.
"""

import argparse
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from tests.journey_over_http import (
    Caller,
    Unexpected,
    buy,
    check,
    choose,
    leave,
    register_and_sign_in,
    say,
)
from tests.stripe_simulator.steering import StripeSimulator

Object = dict[str, Any]


class Stripe(Protocol):
    """What our simulator and localstripe have in common."""

    def confirm_as_stripe_js(self, client_secret: str, *, card: str = "visa") -> tuple[int, Object]:
        """What the shopper's browser does."""
        ...

    def money_taken(self, intent: str) -> list[Object]:
        """The charges of this intent that succeeded."""
        ...


@dataclass(frozen=True)
class Purchase:
    """An order whose payment by card is open."""

    shopper: Caller
    order: Object
    payment: Object

    @property
    def client_secret(self) -> str:
        return str(self.payment["client_secret"])

    @property
    def intent(self) -> str:
        return self.client_secret.partition("_secret_")[0]

    def status(self) -> str:
        return str(self.shopper.get(f"/api/store/orders/{self.order['id']}/")["status"])

    def wait_for(self, status: str, *, within: float = 30) -> None:
        deadline = time.monotonic() + within
        while (now := self.status()) != status:
            if time.monotonic() > deadline:
                raise Unexpected(f"the order is {now}, not {status}, after {within} s")
            time.sleep(0.1)

    def open_again(self) -> Object:
        """The POST of a client that did not hear the first answer, or forgot it."""
        body = {"order": self.order["id"], "method": "card"}
        again: Object = self.shopper.post("/api/store/payments/", body, expect=201)
        return again


def order_by_card(base_url: str) -> Purchase:
    """A new shopper's order, and the payment that waits for a card."""
    shopper = register_and_sign_in(base_url)
    methods = Caller(base_url).get("/api/store/payments/methods/")
    (card,) = (one for one in methods if one["method"] == "card")
    check(str(card["publishable_key"]).startswith("pk_"), "the browser gets Stripe's public key")
    _, variants = choose(Caller(base_url), None)
    order = buy(shopper, variants)
    body = {"order": order["id"], "method": "card"}
    payment = shopper.post("/api/store/payments/", body, expect=201)
    check(payment["provider"] == "stripe", "the payment is Stripe's")
    check(payment["amount"] == order["total_price"], "it asks for the order's total")
    check("_secret_" in str(payment["client_secret"]), "there is a secret for the browser")
    return Purchase(shopper, order, payment)


def confirm(purchase: Purchase, stripe: Stripe, card: str = "visa") -> None:
    status, answer = stripe.confirm_as_stripe_js(purchase.client_secret, card=card)
    check(status == 200, f"Stripe takes the card: {answer}")


def check_paid_once(purchase: Purchase, stripe: Stripe) -> None:
    """PAID once, by one charge of the right amount, and told so by every address."""
    shopper, order = purchase.shopper, purchase.order
    taken = stripe.money_taken(purchase.intent)
    check(len(taken) == 1, f"exactly one charge, not {len(taken)}")
    payment = shopper.get(f"/api/store/payments/{purchase.payment['id']}/")
    check(payment["status"] == "succeeded" and payment["paid_at"], "the payment has succeeded")
    history = shopper.get(f"/api/store/orders/{order['id']}/history/")
    moves = [move["to_status"] for move in history.get("results", history)]
    check(moves.count("PAID") == 1, f"the history tells of one payment: {moves}")


# --- The journeys -----------------------------------------------------------------------


def pay_and_return_later(base_url: str, stripe: Stripe) -> Purchase:
    """The webhook comes before the client does, or the client never comes."""
    purchase = order_by_card(base_url)
    confirm(purchase, stripe)
    purchase.wait_for("PAID")
    check_paid_once(purchase, stripe)
    say("paid by card, told by the webhook alone")
    return purchase


def return_before_the_webhook(base_url: str, simulator: StripeSimulator) -> Purchase:
    """The client is back first, and asks again; then the webhooks come, twice each."""
    simulator.weather(hold=True, copies=2)
    purchase = order_by_card(base_url)
    confirm(purchase, simulator)
    check(purchase.status() == "PENDING", "nobody has told the shop yet")
    again = purchase.open_again()
    check(again["id"] == purchase.payment["id"], "a client that asks again gets the same payment")
    simulator.heal()
    simulator.release("reversed")
    purchase.wait_for("PAID")
    simulator.wait_until_delivered()
    check_paid_once(purchase, simulator)
    say("paid by card, the webhooks late, doubled and in the wrong order")
    return purchase


def return_and_ask(base_url: str, stripe: Stripe) -> Purchase:
    """The client is back first and has the shop ask Stripe; then the webhook comes."""
    purchase = order_by_card(base_url)
    confirm(purchase, stripe)
    path = f"/api/store/payments/{purchase.payment['id']}/confirm/"
    told = purchase.shopper.post(path, {})
    check(told["status"] == "succeeded", f"the shop asks Stripe: {told['status']}")
    check(purchase.status() == "PAID", "the order is paid before any webhook")
    time.sleep(2)  # localstripe's webhooks are a second late
    check_paid_once(purchase, stripe)
    say("paid by card, the client back before the webhook")
    return purchase


def pay_without_webhook(base_url: str, stripe: Stripe, reconcile: Callable[[], None]) -> Purchase:
    """Neither webhook nor client comes, which the caller sees to; the reconciler asks."""
    purchase = order_by_card(base_url)
    confirm(purchase, stripe)
    check(purchase.status() == "PENDING", "nobody has told the shop")
    reconcile()
    purchase.wait_for("PAID")
    check_paid_once(purchase, stripe)
    say("paid by card, the webhooks lost")
    return purchase


def pay_at_the_second_attempt(base_url: str, simulator: StripeSimulator) -> Purchase:
    """Declined, then a bank that wants to know who it is, then paid: all by one intent."""
    purchase = order_by_card(base_url)
    status, answer = simulator.confirm_as_stripe_js(purchase.client_secret, card="chargeDeclined")
    check(status == 402, f"the card is declined: {answer}")
    simulator.wait_until_delivered()
    check(purchase.status() == "PENDING", "a declined card is only an attempt")
    again = purchase.open_again()
    check(again["client_secret"] == purchase.client_secret, "the same payment goes on")
    confirm(purchase, simulator, "authenticationRequired")
    check(purchase.status() == "PENDING", "nothing is paid before the bank agrees")
    simulator.authenticate(purchase.intent)
    purchase.wait_for("PAID")
    check_paid_once(purchase, simulator)
    say("paid by card at the second attempt, with authentication")
    return purchase


def pay_though_stripe_stumbles(base_url: str, simulator: StripeSimulator) -> Purchase:
    """Stripe makes the intent but its answer is lost; the retry finds the same intent."""
    before = len(simulator.intents())
    simulator.fail("timeout_after", path="POST /v1/payment_intents$", seconds=0.1)
    purchase = order_by_card(base_url)
    simulator.heal()
    check(len(simulator.intents()) == before + 1, "one intent, though the shop asked twice")
    confirm(purchase, simulator)
    purchase.wait_for("PAID")
    check_paid_once(purchase, simulator)
    say("paid by card, an answer of Stripe lost")
    return purchase


def walk(base_url: str, stripe_url: str) -> None:
    """The journeys that need nothing but the two addresses."""
    simulator = StripeSimulator(stripe_url, webhook_secret="")
    pay_and_return_later(base_url, simulator)
    return_before_the_webhook(base_url, simulator)
    return_and_ask(base_url, simulator)
    pay_at_the_second_attempt(base_url, simulator)
    pay_though_stripe_stumbles(base_url, simulator)


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="card_journey", description=(__doc__ or "").split("\n")[0]
    )
    parser.add_argument("base_url")
    parser.add_argument("stripe_url")
    given = parser.parse_args()
    started = time.monotonic()
    try:
        walk(given.base_url.rstrip("/"), given.stripe_url.rstrip("/"))
    except (Unexpected, OSError, RuntimeError) as error:
        leave(f"card journey: {error}")
    print(f"card journey: done in {time.monotonic() - started:.1f} s")


if __name__ == "__main__":
    main()
