"""Signed webhooks, and all that may befall them."""

import time

import pytest
import stripe
from stripe import StripeClient

from tests.stripe_simulator.receiver import Receiver
from tests.stripe_simulator.running import RunningStripe
from tests.stripe_simulator.steering import Sign
from tests.stripe_simulator.test_intents import confirm, make_intent

OF_A_PURCHASE = ["payment_intent.created", "charge.succeeded", "payment_intent.succeeded"]


def buy(client: StripeClient) -> str:
    return confirm(client, make_intent(client)).id


def test_tells_everything_in_order(
    client: StripeClient, simulator: RunningStripe, receiver: Receiver
) -> None:
    intent = make_intent(client)
    with pytest.raises(stripe.CardError):
        confirm(client, intent, "chargeDeclined")
    confirm(client, intent)
    refund = simulator.refund(intent.id, amount=1)
    simulator.settle(refund["id"], succeeds=False)
    simulator.close_dispute(simulator.dispute(intent.id)["id"], won=True)
    client.v1.payment_intents.cancel(make_intent(client).id)
    simulator.wait_until_delivered()
    assert receiver.types == [
        *("payment_intent.created", "charge.failed", "payment_intent.payment_failed"),
        *("charge.succeeded", "payment_intent.succeeded"),
        *("refund.created", "charge.refunded"),
        *("refund.failed", "refund.updated", "charge.refund.updated"),
        *("charge.dispute.created", "charge.dispute.funds_withdrawn"),
        *("charge.dispute.funds_reinstated", "charge.dispute.closed"),
        *("payment_intent.created", "payment_intent.canceled"),
    ]
    paid = receiver.events[4]
    assert paid["data"]["object"]["status"] == "succeeded", "as it was then"
    assert paid["api_version"] == stripe.api_version
    assert not paid["livemode"]
    assert client.v1.events.retrieve(paid["id"]).type == "payment_intent.succeeded"
    listed = client.v1.events.list({"type": "charge.refunded", "limit": 1})
    assert listed.data[0].id == receiver.events[6]["id"]
    assert not any(key.startswith("_") for key in paid["data"]["object"])


def test_repeats_what_was_not_received(
    client: StripeClient, simulator: RunningStripe, receiver: Receiver
) -> None:
    receiver.statuses[:] = [500, 404, 302]
    intent = make_intent(client)
    simulator.wait_until_delivered()
    assert receiver.types == ["payment_intent.created"]
    tried = [d["status"] for d in simulator.deliveries() if d["event"] == receiver.events[0]["id"]]
    assert tried == [500, 404, 302, 200]
    assert receiver.events[0]["data"]["object"]["id"] == intent.id


@pytest.mark.parametrize("order", ["created", "reversed"])
def test_holds_and_releases(
    client: StripeClient, simulator: RunningStripe, receiver: Receiver, order: str
) -> None:
    simulator.weather(hold=True)
    buy(client)
    assert simulator.waiting() == 3
    assert receiver.types == []
    simulator.heal()
    assert simulator.release(order) == 3  # type: ignore[arg-type]
    simulator.wait_until_delivered()
    assert receiver.types == (OF_A_PURCHASE if order == "created" else OF_A_PURCHASE[::-1])


def test_shuffles_what_was_held(
    client: StripeClient, simulator: RunningStripe, receiver: Receiver
) -> None:
    simulator.weather(hold=True)
    for _ in range(3):
        buy(client)
    simulator.release("shuffled", seed=7)
    simulator.wait_until_delivered()
    assert sorted(receiver.types) == sorted(OF_A_PURCHASE * 3)
    assert receiver.types != OF_A_PURCHASE * 3


def test_sends_copies_at_the_same_moment(
    client: StripeClient, simulator: RunningStripe, receiver: Receiver
) -> None:
    simulator.weather(copies=2, types=["payment_intent.succeeded"])
    buy(client)
    simulator.wait_until_delivered()
    assert receiver.types == [*OF_A_PURCHASE, "payment_intent.succeeded"]
    assert receiver.events[2] == receiver.events[3]


def test_loses_them_but_can_send_them_later(
    client: StripeClient, simulator: RunningStripe, receiver: Receiver
) -> None:
    simulator.weather(lose=True)
    intent = buy(client)
    assert simulator.waiting() == 0
    lost = simulator.events("payment_intent.succeeded")[-1]
    assert lost["data"]["object"]["id"] == intent, "Stripe knows of it all the same"
    assert simulator.send(lost["id"]).status == 200
    assert receiver.types == ["payment_intent.succeeded"]


def test_is_late(client: StripeClient, simulator: RunningStripe, receiver: Receiver) -> None:
    simulator.weather(delay=0.3, shuffle=0.1)
    started = time.monotonic()
    make_intent(client)
    simulator.wait_until_delivered()
    assert receiver.types == ["payment_intent.created"]
    assert time.monotonic() - started > 0.3


@pytest.mark.parametrize(
    ("sign", "age", "status"),
    [
        ("good", 0, 200),
        ("good", 299, 200),
        ("good", 301, 400),
        ("rotated", 0, 200),
        ("wrong", 0, 400),
        ("missing", 0, 400),
        ("empty", 0, 400),
        ("without_signature", 0, 400),
        ("garbage", 0, 400),
    ],
)
def test_signs_as_told(
    client: StripeClient,
    simulator: RunningStripe,
    receiver: Receiver,
    sign: Sign,
    age: int,
    status: int,
) -> None:
    make_intent(client)
    event = simulator.events()[-1]
    assert simulator.send(event["id"], sign=sign, age=age).status == status
    assert bool(receiver.refused) == (status == 400)


def test_forges_what_it_is_told_to(
    client: StripeClient, simulator: RunningStripe, receiver: Receiver
) -> None:
    make_intent(client)
    simulator.wait_until_delivered()
    event = simulator.events()[-1]
    simulator.send(event["id"], changes={"livemode": True, "account": "acct_of_another"})
    assert (receiver.events[-1]["livemode"], receiver.events[-1]["account"]) == (
        True,
        "acct_of_another",
    )
    assert receiver.events[-1]["id"] == event["id"]


def test_keeps_what_it_has_to_send_through_a_restart(
    client: StripeClient, simulator: RunningStripe, receiver: Receiver
) -> None:
    simulator.weather(hold=True)
    buy(client)
    simulator.stop()
    simulator.start()
    assert simulator.release() == 3
    simulator.wait_until_delivered()
    assert receiver.types == OF_A_PURCHASE
